import { capLimits } from "../question/cap-limits.js";
import { finishUs, lastUs } from "../question/capacity.js";
import { powerMw } from "../question/configuration.js";
import { heldUntilUs } from "../question/deadline.js";
import type { Choice, DeviceType } from "../question/device-type.js";
import { billingOf, type PlanProblem } from "../question/plan-problem.js";
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
  const { types, workloads, timeUs, maxSizes, miniBatchSize } = problem;
  const byName = new Map(types.map((type) => [type.name, type]));
  const left = new Map(types.map(({ name, count }) => [name, count]));
  const done = new Map(workloads.map(({ name }) => [name, 0]));
  const sizes = new Set<number>();
  let cost: bigint | undefined = 0n;
  let energyNj: bigint | undefined = 0n;
  let power = 0n;
  let latestUs = 0;
  for (let first = 0, copies = 1; first < devices.length; first += copies) {
    const device = devices[first];
    if (device === undefined) break;
    // Devices that do the same are often the same record: such a run is counted at once.
    copies = 1;
    while (devices[first + copies] === device) copies++;
    const type = byName.get(device.type);
    const workload = workloads.findIndex(({ name }) => name === device.workload);
    const table = type?.choices[workload];
    const choice = table && choiceAt(table, device.miniBatchSize);
    require(type !== undefined && choice !== undefined, `no choice ${device.miniBatchSize} on ${device.type}`);
    const last = device.lastMiniBatchSize === undefined ? choice : choiceAt(table ?? [], device.lastMiniBatchSize);
    const further = device.furtherMiniBatches;
    require(last !== undefined && Number.isSafeInteger(further) && further >= 0, `mini-batches ${further}`);
    require(further <= type.maxUses, `${further} uses of ${type.maxUses}`);
    const whole = device.lastMiniBatchSize === undefined ? further : further - 1;
    const most = (whole + 1) * choice.miniBatchSize + (device.lastMiniBatchSize ?? 0);
    require(device.images >= 1 && device.images <= most, `${device.images} images of ${most}`);
    const finish = finishUs(choice, whole) + (device.lastMiniBatchSize === undefined ? 0 : lastUs(last));
    require(finish === device.finishUs, `finish ${device.finishUs}, counted ${finish}`);
    require(timeUs === "none" || finish <= timeUs, `finish ${finish} of ${timeUs}`);
    require(miniBatchSize === undefined || miniBatchSize === device.miniBatchSize, `size ${device.miniBatchSize}`);
    left.set(type.name, (left.get(type.name) ?? 0) - copies);
    done.set(device.workload, (done.get(device.workload) ?? 0) + copies * device.images);
    sizes.add(device.miniBatchSize);
    latestUs = Math.max(latestUs, finish);
    cost = add(cost, costOf(problem, type, finish), copies);
    energyNj = add(energyNj, energyOf(problem, type, choice, last, whole, further, finish), copies);
    power += BigInt(copies) * BigInt(powerMw(type, choice));
  }
  for (const [name, count] of left) require(count >= 0, `${-count} devices of ${name} too many`);
  for (const { name, images } of workloads) {
    require((done.get(name) ?? 0) >= images, `${done.get(name)} images of ${images} of ${name}`);
  }
  require(maxSizes === undefined || sizes.size <= maxSizes, `${sizes.size} mini-batch sizes`);
  const taken = { cost, energy: energyNj, power, devices: BigInt(devices.length) };
  for (const { name, limit } of capLimits(problem)) {
    const value = taken[name];
    require(value !== undefined && value <= limit, `${name} over its cap`);
  }
  const images = [...done.values()].reduce((sum, value) => sum + value, 0);
  return { devices: devices.length, images, finishUs: latestUs, cost, energyNj };
}

/** Tables hold every size from 1, so its place is known; a table with gaps is searched. */
function choiceAt(table: readonly Choice[], miniBatchSize: number): Choice | undefined {
  const guess = table[miniBatchSize - 1];
  return guess?.miniBatchSize === miniBatchSize
    ? guess
    : table.find((choice) => choice.miniBatchSize === miniBatchSize);
}

function costOf(problem: PlanProblem, { microPricePerHour }: DeviceType, finish: number): bigint | undefined {
  if (microPricePerHour === undefined) return undefined;
  const billedUs = billingOf(problem) === "busy" ? finish : heldUntilUs(problem.timeUs, finish);
  return BigInt(microPricePerHour) * BigInt(billedUs);
}

function energyOf(
  { timeUs }: PlanProblem,
  { idleMw = 0 }: DeviceType,
  choice: Choice,
  last: Choice,
  whole: number,
  further: number,
  finish: number,
): bigint | undefined {
  const { warmupEnergyNj, energyNj } = choice;
  // What a first inference of another size within a process takes is not known.
  const shorter = last !== choice && last.lastUs !== undefined;
  if (warmupEnergyNj === undefined || energyNj === undefined || last.energyNj === undefined || shorter)
    return undefined;
  const waitingNj = BigInt(idleMw) * BigInt(heldUntilUs(timeUs, finish) - finish);
  const lastNj = further > whole ? BigInt(last.energyNj) : 0n;
  return BigInt(warmupEnergyNj) + BigInt(energyNj) * BigInt(whole) + lastNj + waitingNj;
}

function add(sum: bigint | undefined, value: bigint | undefined, copies: number): bigint | undefined {
  return sum === undefined || value === undefined ? undefined : sum + value * BigInt(copies);
}

function require(holds: boolean, what: string): asserts holds {
  if (!holds) throw new RangeError(`plan does not hold: ${what}`);
}
