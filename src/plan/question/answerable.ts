import { UserError } from "../../core/user-error.js";
import { type DeviceType, RANGES } from "./device-type.js";
import { needsEnergy, requireEnergies, withEnergy } from "./known-energies.js";
import { countsOnly, LARGEST_CAP, type PlanProblem } from "./plan-problem.js";

/**
 * A question as it can be answered: without the mini-batch sizes whose energy it needs and nobody gave.
 *
 * @throws UserError if a question makes no sense, the devices lack what it needs to know, or a number is out of its
 *   range
 */
export function answerable(problem: PlanProblem): PlanProblem {
  requireRanges(problem);
  const { types, timeUs, objective, billing, caps = {}, shorterLast } = problem;
  if (timeUs === "none" && objective !== "cost" && objective !== "energy") {
    throw new UserError(`objective ${objective}: needs a deadline, allowed without one are cost and energy`);
  }
  if (timeUs === "none" && billing === "reserved") {
    throw new UserError("billing reserved: needs a deadline, allowed without one is busy");
  }
  if (objective === "cost" || caps.cost !== undefined) {
    requireKnown(types, "price_per_hour", ({ microPricePerHour }) => microPricePerHour !== undefined);
  }
  if (shorterLast && !countsOnly(problem)) {
    throw new UserError(
      "shorter last mini-batch: allowed for fewest devices, most images and reserved cost, " +
        "without most sizes and caps on energy, power and busy cost",
    );
  }
  const isEnergyNeeded = needsEnergy(problem);
  if (isEnergyNeeded) requireEnergies(problem);
  const { maxSizes: _, ...rest } = problem;
  // Where one size is given there is no other.
  const sized = problem.miniBatchSize === undefined ? problem : rest;
  return isEnergyNeeded
    ? { ...sized, types: types.map((type) => ({ ...type, choices: type.choices.map(withEnergy) })) }
    : sized;
}

function requireRanges({ types, workloads, timeUs, objective, caps = {}, maxSizes, miniBatchSize }: PlanProblem): void {
  if (types.length === 0) throw new UserError("devices: none given, allowed is at least one type");
  for (const { name, images } of workloads) {
    const least = objective === "images" ? 0 : 1;
    if (!Number.isSafeInteger(images) || images < least) {
      const of = workloads.length > 1 ? ` of ${name}` : "";
      throw new UserError(`images ${images}${of}: allowed are whole numbers from ${least} to ${RANGES.images.most}`);
    }
  }
  requireOnce("workload", workloads);
  requireOnce("device", types);
  let devices = 0;
  for (const { name, choices, count } of types) {
    if (choices.length !== workloads.length) {
      throw new UserError(`device ${name}: functions for ${choices.length} workloads, allowed are ${workloads.length}`);
    }
    devices += count;
  }
  if (devices > RANGES.devices.most) {
    throw new UserError(`devices: ${devices} in all, allowed are up to ${RANGES.devices.most}`);
  }
  if (timeUs !== "none" && !(Number.isSafeInteger(timeUs) && timeUs >= 1 && timeUs <= 1000 * RANGES.timeMs.most)) {
    throw new UserError(`time ${timeUs / 1000} ms: allowed are ${RANGES.timeMs.least} to ${RANGES.timeMs.most} ms`);
  }
  const wholes = { "max sizes": maxSizes, "mini-batch size": miniBatchSize, "devices cap": caps.devices };
  for (const [what, value] of Object.entries(wholes)) {
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= 1)) {
      throw new UserError(`${what} ${value}: allowed are whole numbers from 1`);
    }
  }
  for (const [what, value] of Object.entries({ cost: caps.cost, energy: caps.energyJ, power: caps.powerW })) {
    if (value !== undefined && !(value >= 0 && value <= LARGEST_CAP)) {
      throw new UserError(`${what} cap ${value}: allowed are numbers from 0 to ${LARGEST_CAP}`);
    }
  }
}

function requireOnce(what: string, named: readonly { readonly name: string }[]): void {
  const names = new Set<string>();
  for (const { name } of named) {
    if (names.has(name)) throw new UserError(`${what} ${name}: given twice, allowed is once`);
    names.add(name);
  }
}

function requireKnown(types: readonly DeviceType[], what: string, known: (type: DeviceType) => boolean): void {
  const unknown = types.find((type) => !known(type));
  if (unknown !== undefined) throw new UserError(`device ${unknown.name}: ${what} is not given, which this plan needs`);
}
