import { LATEST_US } from "./deadline.js";
import type { Choice, DeviceType } from "./device-type.js";
import type { PlanProblem } from "./plan-problem.js";

/** A choice with as many mini-batches as a device runs of it within a time. */
export interface Schedule {
  readonly choice: Choice;
  /** Whole ones after the first one: the study's t. */
  readonly furtherMiniBatches: number;
  /** Images of a smaller last mini-batch after those; 0 in the study's models. */
  readonly tail: number;
  /** Images: (further mini-batches + 1) · mini-batch size + tail. */
  readonly capacity: number;
}

/** Everything that a capacity depends on besides the device. */
export type CapacityRule = Pick<PlanProblem, "miniBatchSize" | "shorterLast">;

/** What a capacity rule is of a problem. */
export function ruleOf({ miniBatchSize, shorterLast }: CapacityRule): CapacityRule {
  return { ...(miniBatchSize !== undefined && { miniBatchSize }), ...(shorterLast && { shorterLast }) };
}

/** When a device has run its first mini-batch and so many further ones. */
export function finishUs({ warmupUs, latencyUs }: Choice, furtherMiniBatches: number): number {
  return warmupUs + furtherMiniBatches * latencyUs;
}

/** How long a mini-batch takes as a shorter last one, after larger ones. */
export function lastUs({ lastUs: last, latencyUs }: Choice): number {
  return last ?? latencyUs;
}

/** The most mini-batches after the first one of which so many images can be in need. */
export function furtherFor(images: number, miniBatchSize: number): number {
  return Math.max(0, Math.ceil(images / miniBatchSize) - 1);
}

/**
 * The schedule of one choice within a time that classifies most: t = min(M, ⌊(T − W)/L⌋) and, where that is allowed,
 * the largest smaller mini-batch that still fits in the rest.
 *
 * @returns undefined if the first mini-batch alone takes longer
 */
export function scheduleOf(
  choice: Choice,
  { maxUses }: DeviceType,
  timeUs: number,
  smaller: readonly Choice[] = [],
): Schedule | undefined {
  if (choice.warmupUs > timeUs) return undefined;
  const furtherMiniBatches = Math.min(maxUses, Math.floor((timeUs - choice.warmupUs) / choice.latencyUs));
  const tail =
    furtherMiniBatches < maxUses ? largestWithin(smaller, choice, timeUs - finishUs(choice, furtherMiniBatches)) : 0;
  return { choice, furtherMiniBatches, tail, capacity: (furtherMiniBatches + 1) * choice.miniBatchSize + tail };
}

function largestWithin(choices: readonly Choice[], { miniBatchSize }: Choice, timeUs: number): number {
  let largest = 0;
  for (const candidate of choices) {
    if (candidate.miniBatchSize >= miniBatchSize) break;
    if (lastUs(candidate) <= timeUs) largest = candidate.miniBatchSize;
  }
  return largest;
}

/** The choices of a type for a workload that a problem allows. */
export function allowedChoices(type: DeviceType, workload: number, { miniBatchSize }: CapacityRule): readonly Choice[] {
  const choices = type.choices[workload] ?? [];
  return miniBatchSize === undefined ? choices : choices.filter((choice) => choice.miniBatchSize === miniBatchSize);
}

/**
 * The most that one device of a type classifies within a time: the maximum capacity over its mini-batch sizes. Of
 * equal capacities the smaller mini-batch.
 *
 * @returns undefined if even its fastest first inference takes longer
 */
export function bestSchedule(
  type: DeviceType,
  workload: number,
  timeUs: number,
  rule: CapacityRule = {},
): Schedule | undefined {
  const smaller = rule.shorterLast ? (type.choices[workload] ?? []) : [];
  let best: Choice | undefined;
  let most = 0;
  for (const choice of type.choices[workload] ?? []) {
    if (rule.miniBatchSize !== undefined && choice.miniBatchSize !== rule.miniBatchSize) continue;
    const capacity = rule.shorterLast
      ? (scheduleOf(choice, type, timeUs, smaller)?.capacity ?? 0)
      : capacityOf(choice, type.maxUses, timeUs);
    if (capacity > most) [best, most] = [choice, capacity];
  }
  return best && scheduleOf(best, type, timeUs, smaller);
}

/**
 * The capacity of `scheduleOf` without a shorter last mini-batch; 0 for none. Closed forms look at it millions of
 * times.
 */
function capacityOf({ miniBatchSize, warmupUs, latencyUs }: Choice, maxUses: number, timeUs: number): number {
  if (warmupUs > timeUs) return 0;
  return (Math.min(maxUses, Math.floor((timeUs - warmupUs) / latencyUs)) + 1) * miniBatchSize;
}

/** A type with its best schedule. */
export interface UsableType {
  readonly type: DeviceType;
  readonly schedule: Schedule;
}

/** The types that can be used within a time, largest capacity first. */
export function usableTypes(
  types: readonly DeviceType[],
  workload: number,
  timeUs: number,
  rule: CapacityRule = {},
): UsableType[] {
  return types
    .flatMap((type) => {
      const schedule = bestSchedule(type, workload, timeUs, rule);
      return schedule === undefined ? [] : [{ type, schedule }];
    })
    .sort((a, b) => b.schedule.capacity - a.schedule.capacity);
}

/**
 * The smallest whole number of microseconds at which a monotone condition holds.
 *
 * @returns undefined if it does not hold at `highUs` either
 */
export function earliestTimeUs(highUs: number, holds: (timeUs: number) => boolean, lowUs = 0): number | undefined {
  if (!holds(highUs)) return undefined;
  let low = lowUs;
  let high = highUs;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return high;
}

/**
 * A time after which more of it changes nothing: each device has run all that it may, or that is asked for.
 *
 * @param images of each workload
 */
export function latestUsefulUs(types: readonly DeviceType[], images: readonly number[]): number {
  let latest = 0;
  for (const { choices, maxUses } of types) {
    for (const [workload, table] of choices.entries()) {
      for (const choice of table) {
        const further = Math.min(maxUses, furtherFor(images[workload] ?? 0, choice.miniBatchSize));
        latest = Math.max(latest, finishUs(choice, further));
      }
    }
  }
  return Math.min(latest, LATEST_US);
}
