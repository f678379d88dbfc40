import { UserError } from "../core/user-error.js";
import { bestUse, earliestTimeUs, finishUs, usableTypes } from "./capacity.js";
import { fewestDevices, hasClosedForm, mostImages } from "./closed-form.js";
import type { FeasiblePlan } from "./plan-outcome.js";
import type { PlanProblem } from "./plan-problem.js";

/** What keeps a plan from being better. */
export type Binding = "deadline" | "memory" | "uses" | "devices";

/** A constraint that was moved a little, and what that buys. */
export interface Relaxation {
  readonly constraint: Binding | "images";
  /** By how much it moves, in its own unit and relatively where that is a ratio. */
  readonly change: string;
  readonly buys: string;
}

export interface Sensitivity {
  readonly binding: readonly Binding[];
  readonly relaxations: readonly Relaxation[];
}

/**
 * Which constraints bind an optimal plan and what relaxing each buys, by the closed form. Memory binds if a device uses
 * the largest mini-batch that fits; what more memory would buy lies beyond what is known of the device.
 *
 * @throws UserError for problems without a closed form
 */
export function sensitivityOf(problem: PlanProblem, plan: FeasiblePlan): Sensitivity {
  const { types, objective, timeUs } = problem;
  if (!hasClosedForm(problem) || problem.maxSizes !== undefined || timeUs === undefined || objective === "cost") {
    throw new UserError("sensitivity: allowed for fewest devices and most images of one workload without caps");
  }
  const used = new Set(plan.devices.map(({ type }) => type));
  const here = types.filter(({ name }) => used.has(name));
  const memory = here.some((type) => {
    const largest = type.choices[0]?.at(-1)?.miniBatchSize;
    return bestUse(type, 0, timeUs, problem)?.choice.miniBatchSize === largest;
  });
  const uses = here.some((type) => bestUse(type, 0, timeUs, problem)?.uses === type.maxUses);
  const relaxations = objective === "images" ? moreImages(problem, timeUs) : fewerDevices(problem, plan, timeUs);
  const deadline = relaxations.some(({ constraint }) => constraint === "deadline");
  return {
    binding: [
      ...(deadline ? ["deadline" as const] : []),
      ...(memory ? ["memory" as const] : []),
      ...(uses ? ["uses" as const] : []),
      ...(objective === "images" ? ["devices" as const] : []),
    ],
    relaxations,
  };
}

function fewerDevices(problem: PlanProblem, plan: FeasiblePlan, timeUs: number): Relaxation[] {
  const { types, workloads } = problem;
  const images = workloads[0]?.images ?? 0;
  const devices = plan.devices.length;
  const relaxations: Relaxation[] = [];
  const latestUs = Math.max(
    ...types.flatMap((type) => (type.choices[0] ?? []).map((choice) => finishUs(choice, type.maxUses))),
  );
  const fewer = (time: number) => (fewestDevices(types, images, time, problem) ?? Number.POSITIVE_INFINITY) < devices;
  const neededUs = devices > 1 ? earliestTimeUs(Math.max(latestUs, timeUs), fewer, timeUs) : undefined;
  if (neededUs !== undefined) {
    relaxations.push({
      constraint: "deadline",
      change: `${percent(neededUs / timeUs - 1)} more time (${neededUs / 1000} ms)`,
      buys: "saves one device",
    });
  }
  let left = devices;
  let capacity = 0;
  for (const { type, use } of usableTypes(types, 0, timeUs, problem)) {
    const own = Math.min(left, type.count);
    capacity += own * use.capacity;
    left -= own;
  }
  relaxations.push({
    constraint: "images",
    change: `${capacity - images} more images`,
    buys: "fit the same number of devices",
  });
  return relaxations;
}

function moreImages(problem: PlanProblem, timeUs: number): Relaxation[] {
  const { types } = problem;
  const most = mostImages(types, timeUs, problem);
  const later = mostImages(types, Math.ceil(timeUs * 1.01), problem);
  const [best] = usableTypes(types, 0, timeUs, problem);
  return [
    ...(later > most
      ? [{ constraint: "deadline" as const, change: "1 % more time", buys: `${later - most} more images` }]
      : []),
    ...(best === undefined
      ? []
      : [
          {
            constraint: "devices" as const,
            change: `one more ${best.type.name}`,
            buys: `${best.use.capacity} more images`,
          },
        ]),
  ];
}

/** @example percent(0.0143) // "1.43 %" */
function percent(ratio: number): string {
  return `${Number((100 * ratio).toPrecision(3))} %`;
}
