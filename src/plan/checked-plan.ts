import { currencyOf, joulesOf } from "./cap-limits.js";
import { bestUse } from "./capacity.js";
import { measurePlan, type PlanMeasure } from "./measure-plan.js";
import type { FeasiblePlan, PlannedDevice } from "./plan-outcome.js";
import type { PlanProblem } from "./plan-problem.js";

/** A checked plan with its figures. */
export function checkedPlan(
  problem: PlanProblem,
  devices: readonly PlannedDevice[],
  solver: string,
  proven: boolean,
  bound: number | undefined,
): FeasiblePlan {
  const measure = measurePlan(problem, devices);
  const { cost, energyNj } = measure;
  const value = objectiveValue(problem, measure);
  return {
    status: proven ? "optimal" : "feasible",
    devices,
    images: measure.images,
    finishUs: measure.finishUs,
    ...(cost !== undefined && { cost: currencyOf(cost) }),
    ...(energyNj !== undefined && { energyJ: joulesOf(energyNj) }),
    solver,
    proven,
    bound: bound === undefined ? value : inUnits(problem, bound),
    ...(problem.objective === "images" && { paperObjective: paperObjective(problem) }),
  };
}

function objectiveValue({ objective }: PlanProblem, { devices, images, cost, energyNj }: PlanMeasure): number {
  switch (objective) {
    case "devices":
      return devices;
    case "images":
      return images;
    case "cost":
      return currencyOf(cost ?? 0n);
    case "energy":
      return joulesOf(energyNj ?? 0n);
  }
}

/** A bound on the program's objective in the plan's unit; devices and images are whole. */
function inUnits({ objective }: PlanProblem, bound: number): number {
  switch (objective) {
    case "devices":
      return Math.ceil(bound - 1e-6);
    case "images":
      return Math.floor(bound + 1e-6);
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
    Math.max(0, ...workloads.map((_, workload) => bestUse(type, workload, timeUs ?? 0, rule)?.capacity ?? 0)),
  );
  return devices * capacities.reduce((sum, capacity) => sum + capacity, 0);
}
