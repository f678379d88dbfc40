import { distinct } from "../../core/distinct.js";
import type { Counts } from "../answer/deal-images.js";
import { bestSchedule, type CapacityRule, earliestTimeUs, ruleOf, usableTypes } from "../question/capacity.js";
import type { DeviceType } from "../question/device-type.js";
import { billingOf, countsOnly, type PlanProblem } from "../question/plan-problem.js";

/**
 * The fewest devices that classify so many images within a time: devices with the largest capacities first. Exact,
 * because every device counts 1 and more capacity is never worse.
 *
 * @returns undefined if all devices together are too few
 */
export function fewestDevices(
  types: readonly DeviceType[],
  images: number,
  timeUs: number,
  rule: CapacityRule = {},
): number | undefined {
  const counts = new Map<number, number>();
  for (const type of types) {
    const capacity = bestSchedule(type, 0, timeUs, rule)?.capacity;
    if (capacity !== undefined) counts.set(capacity, (counts.get(capacity) ?? 0) + type.count);
  }
  let left = images;
  let devices = 0;
  for (const capacity of Float64Array.from(counts.keys()).sort().reverse()) {
    const needed = Math.min(counts.get(capacity) ?? 0, Math.ceil(left / capacity));
    devices += needed;
    left -= needed * capacity;
    if (left <= 0) return devices;
  }
  return undefined;
}

/** The images of one workload, and how many devices may be used for them. */
export interface ImagesOnDevices {
  readonly types: readonly DeviceType[];
  readonly images: number;
  readonly devices: number;
  readonly rule?: CapacityRule;
}

/**
 * When so many devices, or fewer, have classified so many images at the earliest.
 *
 * @returns undefined if that is after `highUs`
 */
export function earliestWith(
  { types, images, devices, rule }: ImagesOnDevices,
  highUs: number,
  lowUs = 0,
): number | undefined {
  const enough = (time: number) => (fewestDevices(types, images, time, rule) ?? Number.POSITIVE_INFINITY) <= devices;
  return earliestTimeUs(highUs, enough, lowUs);
}

/** The most images of a workload that all devices together classify within a time. */
export function mostImages(
  types: readonly DeviceType[],
  timeUs: number,
  rule: CapacityRule = {},
  workload = 0,
): number {
  return types.reduce((sum, type) => sum + type.count * (bestSchedule(type, workload, timeUs, rule)?.capacity ?? 0), 0);
}

/** What the closed form finds: how many devices of each type, within which time, under which rule. */
export interface ClosedForm {
  readonly counts: Counts;
  readonly withinUs: number;
  readonly rule: CapacityRule;
}

/** Whether the closed form is exact for a problem: one workload, and devices that all count the same. */
export function hasClosedForm(problem: PlanProblem): boolean {
  const { workloads, objective, types, caps, maxSizes } = problem;
  const [first] = types;
  const alike =
    objective !== "cost" ||
    (billingOf(problem) === "reserved" &&
      types.every(({ microPricePerHour }) => microPricePerHour === first?.microPricePerHour));
  const capped = Object.values(caps ?? {}).some((cap) => cap !== undefined);
  const { maxSizes: _, ...otherwise } = problem;
  return workloads.length === 1 && alike && !capped && (maxSizes ?? 1) === 1 && countsOnly(otherwise);
}

/**
 * Solves a problem in closed form: the optimal objective, and the earliest finish among the plans that have it.
 *
 * @returns undefined if it is infeasible
 * @throws RangeError if the closed form is not exact for the problem; see `hasClosedForm`
 */
export function solveClosedForm(problem: PlanProblem): ClosedForm | undefined {
  const { timeUs, maxSizes } = problem;
  if (timeUs === "none" || !hasClosedForm(problem)) throw new RangeError("the closed form is not exact here");
  if (maxSizes === undefined) return withRule(problem, timeUs, ruleOf(problem));
  let best: { form: ClosedForm; objective: number } | undefined;
  for (const rule of sizeRules(problem)) {
    const form = withRule(problem, timeUs, rule);
    if (form === undefined) continue;
    const objective = objectiveOf(problem, form);
    const earlier = best !== undefined && objective === best.objective && form.withinUs < best.form.withinUs;
    if (best === undefined || objective < best.objective || earlier) best = { form, objective };
  }
  return best?.form;
}

function withRule(problem: PlanProblem, timeUs: number, rule: CapacityRule): ClosedForm | undefined {
  const { types, workloads, objective } = problem;
  const images = workloads[0]?.images ?? 0;
  if (objective === "images") {
    const most = mostImages(types, timeUs, rule);
    if (most === 0 || most < images) return undefined;
    const withinUs = earliestTimeUs(timeUs, (time) => mostImages(types, time, rule) >= most) ?? timeUs;
    return { counts: types.map(({ count }) => [count]), withinUs, rule };
  }
  const needed = fewestDevices(types, images, timeUs, rule);
  if (needed === undefined) return undefined;
  const fewest = isFree(problem) ? types.reduce((sum, { count }) => sum + count, 0) : needed;
  const withinUs = earliestWith({ types, images, devices: fewest, rule }, timeUs) ?? timeUs;
  const used = new Map<DeviceType, number>();
  let left = fewest;
  for (const { type } of usableTypes(types, 0, withinUs, rule)) {
    used.set(type, Math.min(type.count, left));
    left -= used.get(type) ?? 0;
  }
  return { counts: types.map((type) => [used.get(type) ?? 0]), withinUs, rule };
}

/** Whether devices cost nothing: then any number of them is as good. */
function isFree({ objective, types }: PlanProblem): boolean {
  return objective === "cost" && types[0]?.microPricePerHour === 0;
}

function objectiveOf(problem: PlanProblem, { counts, withinUs, rule }: ClosedForm): number {
  if (problem.objective === "images") return -mostImages(problem.types, withinUs, rule);
  if (isFree(problem)) return 0;
  return counts.reduce((sum, [count = 0]) => sum + count, 0);
}

/** The rules of a problem with each mini-batch size as the only one. */
export function sizeRules(problem: PlanProblem): CapacityRule[] {
  const sizes = problem.types.flatMap(({ choices }) => choices[0]?.map(({ miniBatchSize }) => miniBatchSize) ?? []);
  const allowed = problem.miniBatchSize === undefined ? sizes : [problem.miniBatchSize];
  const rule = ruleOf(problem);
  return distinct(allowed).map((miniBatchSize) => ({ ...rule, miniBatchSize }));
}
