import { capLimits } from "../question/cap-limits.js";
import { finishUs, lastUs } from "../question/capacity.js";
import { powerMw } from "../question/configuration.js";
import { heldUntilUs } from "../question/deadline.js";
import type { Choice, DeviceType } from "../question/device-type.js";
import { billingOf, type PlanProblem } from "../question/plan-problem.js";
import { deviceRuns } from "./device-runs.js";
import type { PlannedDevice } from "./plan-outcome.js";

/** What a plan amounts to, counted exactly from its devices alone. */
export interface PlanMeasure {
  readonly devices: number;
  readonly images: number;
  readonly finishUs: number;
  /** In millionths of the currency per hour × microseconds; undefined where a used device has no price. */
  readonly cost: bigint | undefined;
  /** Undefined where a used device's energy is not known. */
  readonly energyNj: bigint | undefined;
}

/**
 * Holds a plan against every constraint of its problem in exact integer arithmetic, whoever made it.
 *
 * @throws RangeError naming the first constraint that does not hold
 */
export function measurePlan(problem: PlanProblem, devices: readonly PlannedDevice[]): PlanMeasure {
  const types = new Map(problem.types.map((type) => [type.name, type]));
  const used = new Map<string, number>();
  const done = new Map<string, number>();
  const sizes = new Set<number>();
  let cost: bigint | undefined = 0n;
  let energyNj: bigint | undefined = 0n;
  let power = 0n;
  let latestUs = 0;
  for (const { device, copies } of deviceRuns(devices)) {
    const work = checkedWork(problem, types.get(device.type), device);
    used.set(device.type, (used.get(device.type) ?? 0) + copies);
    done.set(device.workload, (done.get(device.workload) ?? 0) + copies * device.images);
    sizes.add(device.miniBatchSize);
    latestUs = Math.max(latestUs, work.finishUs);
    cost = sumWith(cost, costOf(problem, work), copies);
    energyNj = sumWith(energyNj, energyOf(problem, work), copies);
    power += BigInt(copies) * BigInt(powerMw(work.type, work.choice));
  }
  requireEnough(problem, used, done);
  const { maxSizes } = problem;
  require(maxSizes === undefined || sizes.size <= maxSizes, `${sizes.size} mini-batch sizes`);
  requireWithinCaps(problem, { cost, energy: energyNj, power, devices: BigInt(devices.length) });
  const images = [...done.values()].reduce((sum, value) => sum + value, 0);
  return { devices: devices.length, images, finishUs: latestUs, cost, energyNj };
}

/** What a device does with its workload, by its problem's functions. */
interface DeviceWork {
  readonly type: DeviceType;
  readonly choice: Choice;
  /** Mini-batches of the full size after the first one. */
  readonly wholeFurther: number;
  /** What the device runs at the end; undefined where that is one of the full size. */
  readonly last: Choice | undefined;
  readonly finishUs: number;
}

/** @throws RangeError naming the first constraint that one device does not hold, whatever the others do */
function checkedWork(problem: PlanProblem, type: DeviceType | undefined, device: PlannedDevice): DeviceWork {
  const { workloads, timeUs } = problem;
  const { miniBatchSize, lastMiniBatchSize, furtherMiniBatches, images } = device;
  const table = type?.choices[workloads.findIndex(({ name }) => name === device.workload)] ?? [];
  const choice = choiceAt(table, miniBatchSize);
  require(type !== undefined && choice !== undefined, `no choice ${miniBatchSize} on ${device.type}`);
  const last = lastMiniBatchSize === undefined ? undefined : choiceAt(table, lastMiniBatchSize);
  const isLastKnown = lastMiniBatchSize === undefined || last !== undefined;
  const isCount = Number.isSafeInteger(furtherMiniBatches) && furtherMiniBatches >= 0;
  require(isLastKnown && isCount, `mini-batches ${furtherMiniBatches}`);
  require(furtherMiniBatches <= type.maxUses, `${furtherMiniBatches} uses of ${type.maxUses}`);
  const wholeFurther = last === undefined ? furtherMiniBatches : furtherMiniBatches - 1;
  const most = (wholeFurther + 1) * miniBatchSize + (last?.miniBatchSize ?? 0);
  require(images >= 1 && images <= most, `${images} images of ${most}`);
  const finish = finishUs(choice, wholeFurther) + (last === undefined ? 0 : lastUs(last));
  require(finish === device.finishUs, `finish ${device.finishUs}, counted ${finish}`);
  require(timeUs === "none" || finish <= timeUs, `finish ${finish} of ${timeUs}`);
  const isAllowedSize = problem.miniBatchSize === undefined || problem.miniBatchSize === miniBatchSize;
  require(isAllowedSize, `size ${miniBatchSize}`);
  return { type, choice, wholeFurther, last, finishUs: finish };
}

/** @throws RangeError if a type has fewer devices than are used, or a workload more images than are classified */
function requireEnough(
  { types, workloads }: PlanProblem,
  used: ReadonlyMap<string, number>,
  done: ReadonlyMap<string, number>,
): void {
  for (const { name, count } of types) {
    const tooMany = (used.get(name) ?? 0) - count;
    require(tooMany <= 0, `${tooMany} devices of ${name} too many`);
  }
  for (const { name, images } of workloads) {
    const classified = done.get(name) ?? 0;
    require(classified >= images, `${classified} images of ${images} of ${name}`);
  }
}

function requireWithinCaps(
  problem: PlanProblem,
  taken: Readonly<Record<"cost" | "energy" | "power" | "devices", bigint | undefined>>,
): void {
  for (const { name, limit } of capLimits(problem)) {
    const value = taken[name];
    require(value !== undefined && value <= limit, `${name} over its cap`);
  }
}

/** Tables hold every size from 1, so its place is known; a table with gaps is searched. */
function choiceAt(table: readonly Choice[], miniBatchSize: number): Choice | undefined {
  const guess = table[miniBatchSize - 1];
  return guess?.miniBatchSize === miniBatchSize
    ? guess
    : table.find((choice) => choice.miniBatchSize === miniBatchSize);
}

function costOf(problem: PlanProblem, { type, finishUs }: DeviceWork): bigint | undefined {
  const { microPricePerHour } = type;
  if (microPricePerHour === undefined) return undefined;
  const billedUs = billingOf(problem) === "busy" ? finishUs : heldUntilUs(problem.timeUs, finishUs);
  return BigInt(microPricePerHour) * BigInt(billedUs);
}

function energyOf({ timeUs }: PlanProblem, work: DeviceWork): bigint | undefined {
  const { type, choice, wholeFurther, last, finishUs } = work;
  const { warmupEnergyNj, energyNj } = choice;
  if (warmupEnergyNj === undefined || energyNj === undefined) return undefined;
  const lastNj = last === undefined ? 0 : lastEnergyNj(choice, last);
  if (lastNj === undefined) return undefined;
  const waitingNj = BigInt(type.idleMw ?? 0) * BigInt(heldUntilUs(timeUs, finishUs) - finishUs);
  return BigInt(warmupEnergyNj) + BigInt(energyNj) * BigInt(wholeFurther) + BigInt(lastNj) + waitingNj;
}

/** Undefined where a first inference of another size warms up anew: what that takes within a process is not known. */
function lastEnergyNj(choice: Choice, last: Choice): number | undefined {
  return last !== choice && last.lastUs !== undefined ? undefined : last.energyNj;
}

function sumWith(sum: bigint | undefined, value: bigint | undefined, copies: number): bigint | undefined {
  return sum === undefined || value === undefined ? undefined : sum + value * BigInt(copies);
}

function require(holds: boolean, what: string): asserts holds {
  if (!holds) throw new RangeError(`plan does not hold: ${what}`);
}
