import type { PlannedDevice } from "../../src/plan/answer/plan-outcome.js";
import type { PlanProblem } from "../../src/plan/question/plan-problem.js";
import { limitsOf, powerMwOf } from "./device-uses.js";
import { lastUsOf } from "./question.js";

/** What a plan comes to, in whole units, counted from its devices alone. */
export interface Recount {
  /** The rules that the plan breaks. */
  readonly broken: readonly string[];
  readonly images: number;
  readonly finishUs: number;
  readonly totals: Readonly<Record<"devices" | "images" | "cost" | "energy" | "power", bigint>>;
}

/** Counts a plan once more, from the definition of a plan and the tables of its devices. */
export function recount(problem: PlanProblem, devices: readonly PlannedDevice[]): Recount {
  const { types, workloads, timeUs, billing, maxSizes, miniBatchSize } = problem;
  const broken: string[] = [];
  const totals = { devices: 0n, images: 0n, cost: 0n, energy: 0n, power: 0n };
  const done = new Map<string, number>();
  const used = new Map<string, number>();
  let latestUs = 0;
  for (const device of devices) {
    const type = types.find(({ name }) => name === device.type);
    const table = type?.choices[workloads.findIndex(({ name }) => name === device.workload)] ?? [];
    const choice = table.find((one) => one.miniBatchSize === device.miniBatchSize);
    const last = table.find((one) => one.miniBatchSize === device.lastMiniBatchSize);
    if (type === undefined || choice === undefined) {
      broken.push(`${device.type} has no mini-batch size ${device.miniBatchSize} for ${device.workload}`);
      continue;
    }
    const further = device.furtherMiniBatches;
    const shorter = device.lastMiniBatchSize !== undefined;
    if (shorter && (!problem.shorterLast || further < 1 || (last?.miniBatchSize ?? Infinity) >= choice.miniBatchSize)) {
      broken.push(`last mini-batch of ${device.lastMiniBatchSize} after ${further} of ${choice.miniBatchSize}`);
    }
    if (!(Number.isSafeInteger(further) && further >= 0 && further <= type.maxUses)) broken.push(`${further} uses`);
    if (miniBatchSize !== undefined && choice.miniBatchSize !== miniBatchSize) broken.push("mini-batch size not given");
    const finishUs = choice.warmupUs + further * choice.latencyUs + (last ? lastUsOf(last) - choice.latencyUs : 0);
    const most = (further + 1) * choice.miniBatchSize + (last ? last.miniBatchSize - choice.miniBatchSize : 0);
    if (!(device.images >= 1 && device.images <= most)) broken.push(`${device.images} images of ${most}`);
    if (finishUs !== device.finishUs) broken.push(`finish ${device.finishUs} us is ${finishUs} us`);
    if (timeUs !== "none" && finishUs > timeUs) broken.push(`finish ${finishUs} us after ${timeUs} us`);
    const { microPricePerHour = 0, idleMw = 0 } = type;
    const paidUs = timeUs === "none" || billing === "busy" ? finishUs : timeUs;
    totals.devices += 1n;
    totals.images += BigInt(device.images);
    totals.cost += BigInt(microPricePerHour) * BigInt(paidUs);
    totals.energy +=
      BigInt(choice.warmupEnergyNj ?? 0) + BigInt(choice.energyNj ?? 0) * BigInt(further - (last ? 1 : 0));
    totals.energy += BigInt(last?.energyNj ?? 0) + BigInt(idleMw) * BigInt(timeUs === "none" ? 0 : timeUs - finishUs);
    totals.power += BigInt(powerMwOf(choice, idleMw));
    latestUs = Math.max(latestUs, finishUs);
    done.set(device.workload, (done.get(device.workload) ?? 0) + device.images);
    used.set(type.name, (used.get(type.name) ?? 0) + 1);
  }
  if (devices.length === 0) broken.push("no device");
  for (const { name, count } of types) if ((used.get(name) ?? 0) > count) broken.push(`${used.get(name)} of ${name}`);
  for (const { name, images } of workloads) {
    if ((done.get(name) ?? 0) < images) broken.push(`${done.get(name) ?? 0} images of ${images} of ${name}`);
  }
  const sizes = new Set(devices.map((device) => device.miniBatchSize)).size;
  if (sizes > (maxSizes ?? Infinity)) broken.push(`${sizes} mini-batch sizes`);
  for (const [criterion, limit] of limitsOf(problem.caps ?? {})) {
    if (totals[criterion] > BigInt(limit)) broken.push(`${criterion} ${totals[criterion]} of ${limit}`);
  }
  return { broken, images: Number(totals.images), finishUs: latestUs, totals };
}
