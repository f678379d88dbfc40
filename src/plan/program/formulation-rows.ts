import { furtherFor } from "../question/capacity.js";
import type { Configuration } from "../question/configuration.js";
import type { Objective, PlanProblem } from "../question/plan-problem.js";
import type { IntegerProgram, Row, Term, Variable } from "./integer-program.js";

/** A limit on the objective's value, in the program's units: at most when minimising, at least when maximising. */
export interface ObjectiveLimit {
  readonly objectiveLimit?: bigint;
}

/** A row of a compact formulation, which says what it limits. */
export interface CompactRow extends Row {
  readonly kind: RowKind;
}

/**
 * What a row limits: the mini-batches that the devices of one configuration run after their first ones (`further`), the
 * devices of one type (`count`), the images of one workload (`cover`) or of any (`cover any`), what a cap limits
 * (`cap`), mini-batch sizes (`size`), or the objective.
 */
export type RowKind = "further" | "count" | "cover" | "cover any" | "cap" | "size" | "objective";

export interface CompactProgram extends IntegerProgram {
  readonly rows: readonly CompactRow[];
}

/**
 * The images of each workload; where none is asked for, one of any workload, because a plan uses a device.
 *
 * @param termsOf what serves a workload, or any of them, where so many images are asked for
 */
export function coverRows(
  { workloads }: PlanProblem,
  termsOf: (workload: number | undefined, images: number) => readonly Term[],
): CompactRow[] {
  if (workloads.every(({ images }) => images === 0)) {
    return [{ kind: "cover any", name: "cover", terms: termsOf(undefined, 1), lower: 1n }];
  }
  return workloads.map(({ images }, workload) => ({
    kind: "cover",
    name: `cover_${workload}`,
    terms: termsOf(workload, images),
    lower: BigInt(images),
  }));
}

/** How many devices of a configuration a plan can be in need of, if each classifies at least so many images. */
export function countOf(
  { types, workloads, objective }: PlanProblem,
  { type, workload }: Configuration,
  images: number,
) {
  const count = types[type]?.count ?? 0;
  return objective === "images"
    ? count
    : Math.min(count, Math.ceil(Math.max(1, workloads[workload]?.images ?? 0) / images));
}

/** How many mini-batches after the devices' first ones a plan can be in need of at a workload. */
export function mostFurther({ workloads, objective }: PlanProblem, workload: number, miniBatchSize: number): number {
  return objective === "images"
    ? Number.POSITIVE_INFINITY
    : furtherFor(workloads[workload]?.images ?? 0, miniBatchSize);
}

/** What a device counts where so many images are asked for: no more than these. */
export function coverOf({ objective }: PlanProblem, images: number, capacity: number): number {
  return objective === "images" ? capacity : Math.min(Math.max(1, images), capacity);
}

/** How many devices there are of each type that can be used. */
export function countRows(
  { types }: PlanProblem,
  columns: readonly Configuration[],
  variableOf: (column: number) => number,
): CompactRow[] {
  const terms = types.map((): Term[] => []);
  for (const [index, { type }] of columns.entries()) terms[type]?.push([variableOf(index), 1n]);
  return types.flatMap(({ count }, type) => {
    const devices = terms[type] ?? [];
    return devices.length > 0 ? [{ kind: "count", name: `count_${type}`, terms: devices, upper: BigInt(count) }] : [];
  });
}

/** What one device with so many images from it adds to the objective. */
export function objectiveOfDevice({ objective }: PlanProblem, configuration: Configuration, images: number): bigint {
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

export function objectiveOfFurther({ objective }: PlanProblem, configuration: Configuration): bigint {
  switch (objective) {
    case "devices":
      return 0n;
    case "images":
      return BigInt(configuration.schedule.choice.miniBatchSize);
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

/** Whether more of an objective is better, or less. */
export function directionOf({ objective }: Pick<PlanProblem, "objective">): Pick<IntegerProgram, "direction"> {
  return { direction: objective === "images" ? "max" : "min" };
}

export function withObjectiveLimit(
  { objective }: PlanProblem,
  variables: readonly Variable[],
  rows: readonly CompactRow[],
  { objectiveLimit }: ObjectiveLimit,
): CompactProgram {
  const { direction } = directionOf({ objective });
  const terms = variables.map(({ objective: coefficient }, index) => [index, coefficient] as const);
  const unit = OBJECTIVE_UNITS[objective];
  if (objectiveLimit === undefined) return { direction, variables, rows, unit };
  const side = direction === "min" ? { upper: objectiveLimit } : { lower: objectiveLimit };
  const limit: CompactRow = { kind: "objective", name: "objective", terms, ...side };
  return { direction, variables, rows: [...rows, limit], unit };
}
