import type { Deadline } from "./deadline.js";
import type { DeviceType } from "./device-type.js";

/** What is classified: a model at an input size, and how many images of it. */
export interface Workload {
  readonly name: string;
  /** 0 where any number will do: then the plan serves it only as far as its objective gains. */
  readonly images: number;
}

export const OBJECTIVES = ["devices", "images", "cost", "energy"] as const;
/** What a plan is best in: fewest devices, most images, least cost, least energy. */
export type Objective = (typeof OBJECTIVES)[number];

/** What the bill counts: the time until the deadline (`reserved`), or until the device has finished (`busy`). */
export const BILLINGS = ["reserved", "busy"] as const;
/** What the bill counts: the time until the deadline, or until the device has finished. */
export type Billing = (typeof BILLINGS)[number];

/** Of a cost, an energy or a power. */
export const LARGEST_CAP = 1e15;

/** Upper limits of a plan. */
export interface Caps {
  readonly cost?: number;
  readonly energyJ?: number;
  /** Of the sum over the used devices of the largest power that each draws. */
  readonly powerW?: number;
  readonly devices?: number;
}

/** One question: which mini-batch sizes on which devices. */
export interface PlanProblem {
  readonly types: readonly DeviceType[];
  readonly workloads: readonly Workload[];
  readonly timeUs: Deadline;
  readonly objective: Objective;
  /** Default: reserved with a deadline, busy without. */
  readonly billing?: Billing;
  readonly caps?: Caps;
  /** At most so many different mini-batch sizes in the whole plan. */
  readonly maxSizes?: number;
  /** The one mini-batch size that is allowed. */
  readonly miniBatchSize?: number;
  /** A device's last mini-batch may be a smaller and shorter inference: outside the study's models. Default: false. */
  readonly shorterLast?: boolean;
}

export function billingOf({ billing, timeUs }: PlanProblem): Billing {
  return timeUs === "none" ? "busy" : (billing ?? "reserved");
}

/** Whether a device's whole capacity can stand for it: further mini-batches neither cost nor are limited. */
export function countsOnly(problem: PlanProblem): boolean {
  const { objective, caps = {}, maxSizes, timeUs } = problem;
  const costIsPerDevice = billingOf(problem) === "reserved";
  return (
    timeUs !== "none" &&
    objective !== "energy" &&
    (objective !== "cost" || costIsPerDevice) &&
    (caps.cost === undefined || costIsPerDevice) &&
    caps.energyJ === undefined &&
    caps.powerW === undefined &&
    maxSizes === undefined
  );
}
