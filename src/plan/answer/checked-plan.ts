import { currencyOf, joulesOf } from "../question/cap-limits.js";
import { bestSchedule } from "../question/capacity.js";
import { latestFinishUs } from "../question/deadline.js";
import type { PlanProblem } from "../question/plan-problem.js";
import { measurePlan, type PlanMeasure } from "./measure-plan.js";
import type { FeasiblePlan, PlannedDevice } from "./plan-outcome.js";

/** Where a plan comes from. */
export interface PlanProof {
  readonly solver: string;
  readonly proven: boolean;
  /** No plan is better, in the program's units or the plan's; of a proven plan, missing: its own objective. */
  readonly bound?: bigint | number | undefined;
}

/** A checked plan with its figures. */
export function checkedPlan(
  problem: PlanProblem,
  devices: readonly PlannedDevice[],
  { solver, proven, bound }: PlanProof,
): FeasiblePlan {
  const measure = measurePlan(problem, devices);
  const { cost, energyNj } = measure;
  return {
    status: proven ? "optimal" : "feasible",
    devices,
    images: measure.images,
    finishUs: measure.finishUs,
    ...(cost !== undefined && { cost: currencyOf(cost) }),
    ...(energyNj !== undefined && { energyJ: joulesOf(energyNj) }),
    solver,
    proven,
    ...boundOf(problem, measure, proven, bound),
    ...(problem.objective === "images" && { paperObjective: paperObjective(problem) }),
  };
}

function boundOf(problem: PlanProblem, measure: PlanMeasure, proven: boolean, bound: PlanProof["bound"]) {
  if (typeof bound === "number") return { bound };
  const known = bound ?? (proven ? objectiveOfMeasure(problem, measure) : undefined);
  return known !== undefined && { bound: inUnits(problem, known) };
}

function objectiveOfMeasure({ objective }: PlanProblem, measure: PlanMeasure): bigint {
  const { devices, images, cost, energyNj } = measure;
  return { devices: BigInt(devices), images: BigInt(images), cost: cost ?? 0n, energy: energyNj ?? 0n }[objective];
}

/** A bound in the plan's unit. */
function inUnits({ objective }: PlanProblem, bound: bigint): number {
  switch (objective) {
    case "devices":
    case "images":
      return Number(bound);
    case "cost":
      return currencyOf(bound);
    case "energy":
      return joulesOf(bound);
  }
}

/** NGPU × Σ over the types of the capacity of one device. */
function paperObjective({ types, workloads, timeUs, ...rule }: PlanProblem): number {
  const devices = types.reduce((sum, { count }) => sum + count, 0);
  const capacities = types.map((type) =>
    Math.max(
      0,
      ...workloads.map((_, workload) => bestSchedule(type, workload, latestFinishUs(timeUs), rule)?.capacity ?? 0),
    ),
  );
  return devices * capacities.reduce((sum, capacity) => sum + capacity, 0);
}
