import { capLimits } from "../question/cap-limits.js";
import type { Configuration } from "../question/configuration.js";
import type { PlanProblem } from "../question/plan-problem.js";
import {
  type CompactProgram,
  type CompactRow,
  countOf,
  countRows,
  coverOf,
  coverRows,
  mostFurther,
  type ObjectiveLimit,
  objectiveOfDevice,
  objectiveOfFurther,
  withObjectiveLimit,
} from "./formulation-rows.js";
import type { IntegerProgram, Term, Variable } from "./integer-program.js";

/** So many devices in one configuration, and how many mini-batches they run in all after each one's first. */
export interface Group {
  readonly configuration: Configuration;
  readonly devices: number;
  /** Undefined where every device runs as many as it can. */
  readonly further: number | undefined;
}

/** A problem as an integer program, and the way back from its values. */
export interface Formulation {
  readonly program: IntegerProgram;
  /** The groups of devices that the values of its variables stand for. */
  decode(values: readonly number[]): Group[];
}

export interface CompactFormulation extends Formulation {
  readonly program: CompactProgram;
}

/**
 * The compact model where only the number of devices counts: for each configuration the number of its devices, all with
 * their best t. See `mostCapable` for the configurations that it needs.
 */
export function countFormulation(
  problem: PlanProblem,
  columns: readonly Configuration[],
  limit: ObjectiveLimit = {},
): CompactFormulation {
  const variables = columns.map(
    (configuration): Variable => ({
      name: `n_${configuration.type}_${configuration.workload}_${configuration.schedule.choice.miniBatchSize}`,
      upper: countOf(problem, configuration, configuration.schedule.capacity),
      integer: true,
      objective: objectiveOfDevice(problem, configuration, configuration.schedule.capacity),
    }),
  );
  const rows: CompactRow[] = [
    ...countRows(problem, columns, (index) => index),
    ...coverRows(problem, (workload, images) =>
      columns.flatMap(({ schedule, workload: served }, index) =>
        served === (workload ?? served) ? [[index, BigInt(coverOf(problem, images, schedule.capacity))]] : [],
      ),
    ),
    ...capLimits(problem).map(({ name, limit: upper, first }) => ({
      kind: "cap" as const,
      name,
      terms: columns.map((configuration, index) => [index, first(configuration)] as const),
      upper,
    })),
  ];
  return {
    program: withObjectiveLimit(problem, variables, rows, limit),
    decode: (values) =>
      columns.flatMap((configuration, index) => {
        const devices = values[index] ?? 0;
        return devices > 0 ? [{ configuration, devices, further: undefined }] : [];
      }),
  };
}

/**
 * The compact model in full: for each configuration the number n of its devices and the number s ≤ t·n of mini-batches
 * that they run after their first ones. Any such s can be dealt out to n devices, so nothing is lost by not naming
 * them.
 */
export function compactFormulation(
  problem: PlanProblem,
  configurations: readonly Configuration[],
  limit: ObjectiveLimit = {},
): CompactFormulation {
  const variables: Variable[] = [];
  const rows: CompactRow[] = [];
  for (const [index, configuration] of configurations.entries()) {
    const { type, workload, schedule } = configuration;
    const size = schedule.choice.miniBatchSize;
    const count = countOf(problem, configuration, size);
    const suffix = `${type}_${workload}_${size}`;
    const first = objectiveOfDevice(problem, configuration, size);
    variables.push(
      { name: `n_${suffix}`, upper: count, integer: true, objective: first },
      {
        name: `s_${suffix}`,
        upper: Math.min(count * schedule.furtherMiniBatches, mostFurther(problem, workload, size)),
        integer: true,
        objective: objectiveOfFurther(problem, configuration),
      },
    );
    const terms = [
      [2 * index, -BigInt(schedule.furtherMiniBatches)],
      [2 * index + 1, 1n],
    ] as const;
    rows.push({ kind: "further", name: `further_${suffix}`, terms, upper: 0n });
  }
  rows.push(
    ...countRows(problem, configurations, (index) => 2 * index),
    ...coverRows(problem, (workload) =>
      configurations.flatMap(({ schedule: { choice }, workload: served }, index): Term[] => {
        const size = BigInt(choice.miniBatchSize);
        return served === (workload ?? served)
          ? [
              [2 * index, size],
              [2 * index + 1, size],
            ]
          : [];
      }),
    ),
    ...capLimits(problem).map(({ name, limit: upper, first, further }) => ({
      kind: "cap" as const,
      name,
      terms: configurations.flatMap((configuration, index) => [
        [2 * index, first(configuration)] as const,
        [2 * index + 1, further(configuration)] as const,
      ]),
      upper,
    })),
  );
  if (problem.maxSizes !== undefined) addSizeRows(problem, problem.maxSizes, configurations, variables, rows);
  return {
    program: withObjectiveLimit(problem, variables, rows, limit),
    decode: (values) =>
      configurations.flatMap((configuration, index) => {
        const devices = values[2 * index] ?? 0;
        return devices > 0 ? [{ configuration, devices, further: values[2 * index + 1] ?? 0 }] : [];
      }),
  };
}

/** A binary for each mini-batch size that says whether any device uses it, and at most so many of them. */
function addSizeRows(
  { types }: PlanProblem,
  maxSizes: number,
  configurations: readonly Configuration[],
  variables: Variable[],
  rows: CompactRow[],
): void {
  const sizes = [...new Set(configurations.map(({ schedule }) => schedule.choice.miniBatchSize))];
  const offset = variables.length;
  for (const size of sizes) variables.push({ name: `used_${size}`, upper: 1, integer: true, objective: 0n });
  for (const [index, { type, workload, schedule }] of configurations.entries()) {
    const size = schedule.choice.miniBatchSize;
    const terms = [
      [2 * index, 1n],
      [offset + sizes.indexOf(size), -BigInt(types[type]?.count ?? 0)],
    ] as const;
    rows.push({ kind: "size", name: `size_${type}_${workload}_${size}`, terms, upper: 0n });
  }
  const terms = sizes.map((_, index) => [offset + index, 1n] as const);
  rows.push({ kind: "size", name: "sizes", terms, upper: BigInt(maxSizes) });
}
