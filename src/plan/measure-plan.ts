import { capLimits } from "./cap-limits.js";
import { finishUs } from "./capacity.js";
import type { Choice, DeviceType } from "./device-type.js";
import type { PlannedDevice } from "./plan-outcome.js";
import { billingOf, type PlanProblem } from "./plan-problem.js";

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
  let powerMw = 0;
  let latestUs = 0;
  for (const device of devices) {
    const type = byName.get(device.type);
    const workload = workloads.findIndex(({ name }) => name === device.workload);
    const table = type?.choices[workload];
    const choice = table && choiceAt(table, device.miniBatchSize);
    require(type !== undefined && choice !== undefined, `no choice ${device.miniBatchSize} on ${device.type}`);
    const last = device.lastMiniBatchSize === undefined ? choice : choiceAt(table ?? [], device.lastMiniBatchSize);
    const further = device.miniBatches;
    require(last !== undefined && Number.isSafeInteger(further) && further >= 0, `mini-batches ${further}`);
    require(further <= type.maxUses, `${further} uses of ${type.maxUses}`);
    const whole = device.lastMiniBatchSize === undefined ? further : further - 1;
    const most = (whole + 1) * choice.miniBatchSize + (device.lastMiniBatchSize ?? 0);
    require(device.images >= 1 && device.images <= most, `${device.images} images of ${most}`);
    const finish = finishUs(choice, whole) + (device.lastMiniBatchSize === undefined ? 0 : last.latencyUs);
    require(finish === device.finishUs, `finish ${device.finishUs}, counted ${finish}`);
    require(timeUs === undefined || finish <= timeUs, `finish ${finish} of ${timeUs}`);
    require(miniBatchSize === undefined || miniBatchSize === device.miniBatchSize, `size ${device.miniBatchSize}`);
    left.set(type.name, (left.get(type.name) ?? 0) - 1);
    done.set(device.workload, (done.get(device.workload) ?? 0) + device.images);
    sizes.add(device.miniBatchSize);
    latestUs = Math.max(latestUs, finish);
    cost = add(cost, costOf(problem, type, finish));
    energyNj = add(energyNj, energyOf(problem, type, choice, last, whole, further, finish));
    powerMw += powerOf(type, choice);
  }
  for (const [name, count] of left) require(count >= 0, `${-count} devices of ${name} too many`);
  for (const { name, images } of workloads) {
    require((done.get(name) ?? 0) >= images, `${done.get(name)} images of ${images} of ${name}`);
  }
  require(maxSizes === undefined || sizes.size <= maxSizes, `${sizes.size} mini-batch sizes`);
  const taken = { cost, energy: energyNj, power: BigInt(powerMw), devices: BigInt(devices.length) };
  for (const { name, limit } of capLimits(problem)) {
    const value = taken[name];
    require(value !== undefined && value <= BigInt(limit), `${name} over its cap`);
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
  const billedUs = billingOf(problem) === "busy" ? finish : (problem.timeUs ?? finish);
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
  if (warmupEnergyNj === undefined || energyNj === undefined || last.energyNj === undefined) return undefined;
  const waitingNj = timeUs === undefined ? 0n : BigInt(idleMw) * BigInt(timeUs - finish);
  const lastNj = further > whole ? BigInt(last.energyNj) : 0n;
  return BigInt(warmupEnergyNj) + BigInt(energyNj) * BigInt(whole) + lastNj + waitingNj;
}

function powerOf({ idleMw = 0 }: DeviceType, { warmupEnergyNj = 0, warmupUs, energyNj = 0, latencyUs }: Choice) {
  return Math.ceil(Math.max(warmupEnergyNj / warmupUs, energyNj / latencyUs, idleMw));
}

function add(sum: bigint | undefined, value: bigint | undefined): bigint | undefined {
  return sum === undefined || value === undefined ? undefined : sum + value;
}

function require(holds: boolean, what: string): asserts holds {
  if (!holds) throw new RangeError(`plan does not hold: ${what}`);
}
