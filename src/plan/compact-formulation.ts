import { capLimits } from "./cap-limits.js";
import { furtherFor } from "./capacity.js";
import type { Configuration } from "./configuration.js";
import type { IntegerProgram, Row, Term, Variable } from "./integer-program.js";
import type { Objective, PlanProblem } from "./plan-problem.js";

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
  decode(values: readonly number[]): Group[];
}

/** A limit on the objective's value, in the program's units: at most when minimising, at least when maximising. */
export interface ObjectiveLimit {
  readonly objectiveLimit?: bigint;
}

/**
 * The compact model where only the number of devices counts: for each configuration the number of its devices, all with
 * their best t. See `mostCapable` for the configurations that it needs.
 */
export function countFormulation(
  problem: PlanProblem,
  columns: readonly Configuration[],
  limit: ObjectiveLimit = {},
): Formulation {
  const variables = columns.map(
    (configuration): Variable => ({
      name: `n_${configuration.type}_${configuration.workload}_${configuration.use.choice.miniBatchSize}`,
      upper: countOf(problem, configuration, configuration.use.capacity),
      integer: true,
      objective: objectiveOfDevice(problem, configuration, configuration.use.capacity),
    }),
  );
  const rows: Row[] = [
    ...countRows(problem, columns, (index) => index),
    ...coverRows(problem, (workload, images) =>
      columns.flatMap(({ use, workload: served }, index) =>
        served === (workload ?? served) ? [[index, BigInt(coverOf(problem, images, use.capacity))]] : [],
      ),
    ),
    ...capLimits(problem).map(({ name, limit: upper, first }) => ({
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
 * that they run after their first ones. Any such s can be dealt out to n devices, so nothing is lost by not naming them.
 */
export function compactFormulation(
  problem: PlanProblem,
  configurations: readonly Configuration[],
  limit: ObjectiveLimit = {},
): Formulation {
  const variables: Variable[] = [];
  const rows: Row[] = [];
  for (const [index, configuration] of configurations.entries()) {
    const { type, workload, use } = configuration;
    const size = use.choice.miniBatchSize;
    const count = countOf(problem, configuration, size);
    const suffix = `${type}_${workload}_${size}`;
    const first = objectiveOfDevice(problem, configuration, size);
    variables.push(
      { name: `n_${suffix}`, upper: count, integer: true, objective: first },
      {
        name: `s_${suffix}`,
        upper: Math.min(count * use.uses, mostFurther(problem, workload, size)),
        integer: true,
        objective: objectiveOfFurther(problem, configuration),
      },
    );
    const terms = [
      [2 * index, -BigInt(use.uses)],
      [2 * index + 1, 1n],
    ] as const;
    rows.push({ name: `further_${suffix}`, terms, upper: 0n });
  }
  rows.push(
    ...countRows(problem, configurations, (index) => 2 * index),
    ...coverRows(problem, (workload) =>
      configurations.flatMap(({ use: { choice }, workload: served }, index): Term[] => {
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

/**
 * The images of each workload; where none is asked for, one of any workload, because a plan uses a device.
 *
 * @param termsOf what serves a workload, or any of them, where so many images are asked for
 */
function coverRows(
  { workloads }: PlanProblem,
  termsOf: (workload: number | undefined, images: number) => readonly Term[],
): Row[] {
  if (workloads.every(({ images }) => images === 0)) {
    return [{ name: "cover", terms: termsOf(undefined, 1), lower: 1n }];
  }
  return workloads.map(({ images }, workload) => ({
    name: `cover_${workload}`,
    terms: termsOf(workload, images),
    lower: BigInt(images),
  }));
}

/** How many devices of a configuration a plan can be in need of, if each classifies at least so many images. */
function countOf({ types, workloads, objective }: PlanProblem, { type, workload }: Configuration, images: number) {
  const count = types[type]?.count ?? 0;
  return objective === "images"
    ? count
    : Math.min(count, Math.ceil(Math.max(1, workloads[workload]?.images ?? 0) / images));
}

/** How many mini-batches after the devices' first ones a plan can be in need of at a workload. */
function mostFurther({ workloads, objective }: PlanProblem, workload: number, miniBatchSize: number): number {
  return objective === "images"
    ? Number.POSITIVE_INFINITY
    : furtherFor(workloads[workload]?.images ?? 0, miniBatchSize);
}

/** What a device counts where so many images are asked for: no more than these. */
function coverOf({ objective }: PlanProblem, images: number, capacity: number): number {
  return objective === "images" ? capacity : Math.min(Math.max(1, images), capacity);
}

/** A binary for each mini-batch size that says whether any device uses it, and at most so many of them. */
function addSizeRows(
  { types }: PlanProblem,
  maxSizes: number,
  configurations: readonly Configuration[],
  variables: Variable[],
  rows: Row[],
): void {
  const sizes = [...new Set(configurations.map(({ use }) => use.choice.miniBatchSize))];
  const offset = variables.length;
  for (const size of sizes) variables.push({ name: `used_${size}`, upper: 1, integer: true, objective: 0n });
  for (const [index, { type, workload, use }] of configurations.entries()) {
    const size = use.choice.miniBatchSize;
    const terms = [
      [2 * index, 1n],
      [offset + sizes.indexOf(size), -BigInt(types[type]?.count ?? 0)],
    ] as const;
    rows.push({ name: `size_${type}_${workload}_${size}`, terms, upper: 0n });
  }
  rows.push({ name: "sizes", terms: sizes.map((_, index) => [offset + index, 1n] as const), upper: BigInt(maxSizes) });
}

/** How many devices there are of each type that can be used. */
function countRows(
  { types }: PlanProblem,
  columns: readonly Configuration[],
  variableOf: (column: number) => number,
): Row[] {
  const terms = types.map((): Term[] => []);
  for (const [index, { type }] of columns.entries()) terms[type]?.push([variableOf(index), 1n]);
  return types.flatMap(({ count }, type) => {
    const own = terms[type] ?? [];
    return own.length > 0 ? [{ name: `count_${type}`, terms: own, upper: BigInt(count) }] : [];
  });
}

/** What one device with so many images from it adds to the objective. */
function objectiveOfDevice({ objective }: PlanProblem, configuration: Configuration, images: number): bigint {
  switch (objective) {
    case "devices":
      return 1n;
    case "images":
      return BigInt(images);
    case "cost":
      return configuration.firstCost;
    case "energy":
      return configuration.firstEnergyNj;
  }
}

function objectiveOfFurther({ objective }: PlanProblem, configuration: Configuration): bigint {
  switch (objective) {
    case "devices":
      return 0n;
    case "images":
      return BigInt(configuration.use.choice.miniBatchSize);
    case "cost":
      return configuration.furtherCost;
    case "energy":
      return configuration.furtherEnergyNj;
  }
}

/** What a program's objective counts. */
export const OBJECTIVE_UNITS: Readonly<Record<Objective, string>> = {
  devices: "devices",
  images: "images",
  cost: "millionths of the currency per hour times microseconds (3.6e15 are one of the currency)",
  energy: "nanojoules",
};

function withObjectiveLimit(
  { objective }: PlanProblem,
  variables: readonly Variable[],
  rows: Row[],
  { objectiveLimit }: ObjectiveLimit,
): IntegerProgram {
  const direction = objective === "images" ? "max" : "min";
  const program = { direction, variables, rows, unit: OBJECTIVE_UNITS[objective] } as const;
  if (objectiveLimit === undefined) return program;
  const terms = variables.map(({ objective: coefficient }, index) => [index, coefficient] as const);
  const side = direction === "min" ? { upper: objectiveLimit } : { lower: objectiveLimit };
  return { ...program, rows: [...rows, { name: "objective", terms, ...side }] };
}
