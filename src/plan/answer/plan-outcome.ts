import type { Objective } from "../question/plan-problem.js";

/** What one used device does. */
export interface PlannedDevice {
  readonly type: string;
  readonly workload: string;
  readonly miniBatchSize: number;
  /** Mini-batches after the first one. */
  readonly furtherMiniBatches: number;
  /** The size of a shorter last mini-batch; undefined in the study's models. */
  readonly lastMiniBatchSize?: number;
  /** Images that the device really gets: the last mini-batch may hold fewer than its size. */
  readonly images: number;
  readonly finishUs: number;
}

/** A plan that was checked in exact integer arithmetic. */
export interface FeasiblePlan {
  readonly status: "optimal" | "feasible";
  readonly devices: readonly PlannedDevice[];
  readonly images: number;
  readonly finishUs: number;
  /** In the currency of the prices; undefined where a used device has none. */
  readonly cost?: number;
  /** Undefined where a used device's energy is not known. */
  readonly energyJ?: number;
  readonly solver: string;
  /**
   * Whether no plan has a better objective; of cost and energy that follow from the mini-batches, none that is better
   * by more than the gap that was allowed.
   */
  readonly proven: boolean;
  /** No plan's objective is better than this, in the objective's unit; undefined where no bound was checked. */
  readonly bound?: number;
  /** Whether no plan with this objective finishes earlier; undefined where that was not asked. */
  readonly earliestProven?: boolean;
  /** The relaxed model's objective as the paper writes it: NGPU × Σ over types; equal to `images` for one type. */
  readonly paperObjective?: number;
}

/** What the one workload is called that has no name of its own. */
export const UNNAMED_WORKLOAD = "images";

/** Whether it has to be said which workload a device serves. */
export function hasNamedWorkloads(devices: readonly PlannedDevice[]): boolean {
  return devices.some(({ workload }) => workload !== UNNAMED_WORKLOAD);
}

/** The value of an objective that a plan has, in the objective's unit. */
export function objectiveOfPlan(
  { devices, images, cost = 0, energyJ = 0 }: FeasiblePlan,
  objective: Objective,
): number {
  return { devices: devices.length, images, cost, energy: energyJ }[objective];
}

/** That there is no plan, why, and what would do. */
export interface InfeasiblePlan {
  readonly status: "infeasible";
  /** Which constraint fails and by how much. */
  readonly reason: string;
  /** The most images that all devices classify in the time. */
  readonly mostImages: number;
  /** The time that would do, or undefined if no time would. */
  readonly feasibleTimeUs: number | undefined;
  /** How many devices of which type would do in the time, if that is known. */
  readonly feasibleDevices?: { readonly type: string; readonly count: number };
}

/** The answer to a question: a plan, or that there is none. */
export type PlanOutcome = FeasiblePlan | InfeasiblePlan;
