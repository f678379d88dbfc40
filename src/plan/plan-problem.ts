import { UserError } from "../core/user-error.js";
import { type Choice, type DeviceType, RANGES } from "./device-type.js";

/** What is classified: a model at an input size, and how many images of it. */
export interface Workload {
  readonly name: string;
  /** 0 where any number will do: then the plan serves it only as far as its objective gains. */
  readonly images: number;
}

export const OBJECTIVES = ["devices", "images", "cost", "energy"] as const;
export type Objective = (typeof OBJECTIVES)[number];

/** What the bill counts: the time until the deadline (`reserved`), or until the device has finished (`busy`). */
export const BILLINGS = ["reserved", "busy"] as const;
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
  /** The deadline in whole microseconds; undefined for best effort. */
  readonly timeUs: number | undefined;
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
  return timeUs === undefined ? "busy" : (billing ?? "reserved");
}

/**
 * A question as it can be answered: mini-batch sizes of which it would have to know an energy that is not given are left out.
 *
 * @throws UserError if a question makes no sense, the devices lack what it needs to know, or a number is out of its range
 */
export function answerable(problem: PlanProblem): PlanProblem {
  requireRanges(problem);
  const { types, timeUs, objective, billing, caps = {}, shorterLast } = problem;
  if (timeUs === undefined && objective !== "cost" && objective !== "energy") {
    throw new UserError(`objective ${objective}: needs a deadline, allowed without one are cost and energy`);
  }
  if (timeUs === undefined && billing === "reserved") {
    throw new UserError("billing reserved: needs a deadline, allowed without one is busy");
  }
  if (objective === "cost" || caps.cost !== undefined) {
    requireKnown(types, "price_per_hour", ({ microPricePerHour }) => microPricePerHour !== undefined);
  }
  if (shorterLast && !countsOnly(problem)) {
    throw new UserError(
      "shorter last mini-batch: allowed for fewest devices, most images and reserved cost, without most sizes and caps on energy, power and busy cost",
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

function withEnergy(table: readonly Choice[]): readonly Choice[] {
  return table.filter(hasOwnEnergy);
}

function needsEnergy({ objective, caps = {} }: PlanProblem): boolean {
  return objective === "energy" || caps.energyJ !== undefined || caps.powerW !== undefined;
}

/** Whether nothing is left of something. */
function isEmpty(left: readonly (readonly Choice[])[], all: readonly (readonly Choice[])[]): boolean {
  return all.some((table) => table.length > 0) && left.every((table) => table.length === 0);
}

/** @throws UserError if all energies of a type, of a workload or of the one size that is allowed are missing */
function requireEnergies({ types, workloads, miniBatchSize }: PlanProblem): void {
  const refuse = (what: string) => {
    const needed = "which this plan needs (energy_per_mini_batch_j, warmup_energy_j)";
    throw new UserError(`${what}: no mini-batch size has its energies, ${needed}`);
  };
  for (const { name, choices } of types) if (isEmpty(choices.map(withEnergy), choices)) refuse(`device ${name}`);
  for (const [workload, { name }] of workloads.entries()) {
    const tables = types.map(({ choices }) => choices[workload] ?? []);
    if (isEmpty(tables.map(withEnergy), tables)) refuse(`workload ${name}`);
    const sized = tables.map((table) => table.filter((choice) => choice.miniBatchSize === miniBatchSize));
    if (miniBatchSize === undefined || !isEmpty(sized.map(withEnergy), sized)) continue;
    const of = workloads.length > 1 ? ` of ${name}` : "";
    throw new UserError(`mini-batch size ${miniBatchSize}${of}: no device has its energies, which this plan needs`);
  }
}

/** What a question leaves out because it would have to know energies that are not given, a line for each type and workload. */
export function notesOnEnergies(problem: PlanProblem): string[] {
  if (!needsEnergy(problem)) return [];
  const { types, workloads } = problem;
  return types.flatMap(({ name, choices }) =>
    choices.flatMap((table, workload) => {
      const left = table.filter((choice) => !hasOwnEnergy(choice)).map(({ miniBatchSize }) => miniBatchSize);
      const of = workloads.length > 1 ? `, ${workloads[workload]?.name}` : "";
      const shown = left.length > MOST_NAMED ? `${left.length} of ${table.length}` : left.join(", ");
      return left.length > 0 ? [`${name}${of}: mini-batch sizes without an energy are left out: ${shown}`] : [];
    }),
  );
}

const MOST_NAMED = 8;

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
  if (timeUs !== undefined && !(Number.isSafeInteger(timeUs) && timeUs >= 1 && timeUs <= 1000 * RANGES.timeMs.most)) {
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

function hasOwnEnergy({ energyNj, warmupEnergyNj }: Choice): boolean {
  return energyNj !== undefined && warmupEnergyNj !== undefined;
}

/** Whether a device's whole capacity can stand for it: further mini-batches neither cost nor are limited. */
export function countsOnly(problem: PlanProblem): boolean {
  const { objective, caps = {}, maxSizes, timeUs } = problem;
  const costIsPerDevice = billingOf(problem) === "reserved";
  return (
    timeUs !== undefined &&
    objective !== "energy" &&
    (objective !== "cost" || costIsPerDevice) &&
    (caps.cost === undefined || costIsPerDevice) &&
    caps.energyJ === undefined &&
    caps.powerW === undefined &&
    maxSizes === undefined
  );
}

/** Whether the energy of every choice of a type is known. */
export function hasEnergy({ choices }: DeviceType): boolean {
  return choices.every((table) => table.every(hasOwnEnergy));
}

function requireKnown(types: readonly DeviceType[], what: string, known: (type: DeviceType) => boolean): void {
  const unknown = types.find((type) => !known(type));
  if (unknown !== undefined) throw new UserError(`device ${unknown.name}: ${what} is not given, which this plan needs`);
}
