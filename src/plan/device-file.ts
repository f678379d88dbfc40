import { z } from "zod";
import { readJsonFile } from "../core/json-file.js";
import { UserError } from "../core/user-error.js";
import type { DeviceFunctions } from "./device-type.js";

const whole = z.int("allowed are whole numbers").min(1, "allowed are whole numbers from 1");
const positive = z.number("a number is required").positive("allowed are numbers above 0");
const notNegative = z.number("a number is required").min(0, "allowed are numbers from 0");

const lineSchema = z.strictObject({ intercept: z.number(), slope: z.number() });
const tableSchema = z.record(z.string().regex(/^[1-9]\d*$/, "allowed are mini-batch sizes"), positive);
/** A function of the mini-batch size: a line (slope per image), or a table of mini-batch size to value. */
const functionSchema = z.union(
  [lineSchema, tableSchema],
  "allowed are { intercept, slope } or a table by mini-batch size",
);

const energy = {
  energy_per_mini_batch_j: functionSchema.optional(),
  /** Default: the power of later mini-batches for as long as the first one takes. */
  warmup_energy_j: functionSchema.optional(),
};
const given = {
  max_mini_batch_size: whole.max(65_536, "allowed is at most 65536").optional(),
  latency_ms: functionSchema,
  warmup_ms: functionSchema,
  load_ms: notNegative.optional(),
  ...energy,
};
const measured = {
  dataset: z.string().min(1),
  input_size_px: whole.optional(),
  provider: z.string().optional(),
  threads: whole.optional(),
  concurrent: whole.optional(),
  max_mini_batch_size: whole.optional(),
  ...energy,
};
const device = {
  name: z.string().min(1, "a name is required"),
  count: whole,
  /** Default: no limit. */
  max_uses: z.int().min(0, "allowed are whole numbers from 0").optional(),
  price_per_hour: notNegative.optional(),
  idle_w: notNegative.optional(),
};
const sourceSchema = z.union([z.strictObject(given), z.strictObject(measured)]);

/** One device: its functions, or a dataset in their place, or either of them for each of several workloads. */
const deviceSchema = z.union([
  z.strictObject({ ...device, workloads: z.record(z.string().min(1), sourceSchema) }),
  z.strictObject({ ...device, ...measured }),
  z.strictObject({ ...device, ...given }),
]);

export const deviceFileSchema = z.strictObject({
  devices: z
    .array(z.unknown())
    .min(1, "allowed is at least one")
    .transform((devices, context) => devices.map((value, index) => parseDevice(value, index, context))),
});

type Entry = z.infer<typeof deviceSchema>;
/** What a device does with one workload: functions that are given. */
export type GivenFunctions = z.infer<z.ZodObject<typeof given>>;
/** What a device does with one workload: where it was measured. */
export type MeasuredFunctions = z.infer<z.ZodObject<typeof measured>>;
type ValueFunction = z.infer<typeof functionSchema>;

/** A device as its file describes it. Without `workloads` it serves any one workload. */
export interface DeviceEntry {
  readonly name: string;
  readonly count: number;
  readonly maxUses: number;
  readonly pricePerHour?: number;
  readonly idleW?: number;
  readonly source?: GivenFunctions | MeasuredFunctions;
  readonly workloads?: Readonly<Record<string, GivenFunctions | MeasuredFunctions>>;
}

/** Chooses the form by the keys that it has, so that a message is about that form and not about all three. */
function parseDevice(value: unknown, index: number, context: z.core.$RefinementCtx): Entry {
  const has = (key: string) => typeof value === "object" && value !== null && key in value;
  const [several, fromDataset, withFunctions] = deviceSchema.options;
  const schema: z.ZodType<Entry> = has("workloads") ? several : has("dataset") ? fromDataset : withFunctions;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  for (const { path, message } of result.error.issues) {
    context.addIssue({ code: "custom", path: [index, ...path], message });
  }
  return z.NEVER;
}

/**
 * The devices of a file.
 *
 * @throws UserError naming the first value that does not fit and what is allowed
 */
export function readDeviceFile(path: string): DeviceEntry[] {
  const { devices } = readJsonFile(path, "devices", deviceFileSchema);
  const entries = devices.map(entryOf);
  const twice = entries.find(({ name }, index) => entries.findIndex((other) => other.name === name) !== index);
  if (twice !== undefined) throw new UserError(`devices ${path}: name ${twice.name} occurs twice`);
  return entries;
}

function entryOf(entry: Entry): DeviceEntry {
  const { name, count, max_uses, price_per_hour, idle_w, ...rest } = entry;
  return {
    name,
    count,
    maxUses: max_uses ?? Number.POSITIVE_INFINITY,
    ...(price_per_hour !== undefined && { pricePerHour: price_per_hour }),
    ...(idle_w !== undefined && { idleW: idle_w }),
    ...("workloads" in rest ? { workloads: rest.workloads } : { source: rest }),
  };
}

export function isMeasured(source: GivenFunctions | MeasuredFunctions): source is MeasuredFunctions {
  return "dataset" in source;
}

/** What functions need besides a device's name, count and price. */
export type WorkFunctions = Pick<
  DeviceFunctions,
  "maxMiniBatchSize" | "latencyMs" | "warmupMs" | "loadMs" | "energyPerMiniBatchJ" | "warmupEnergyJ"
>;

/**
 * Functions as a device file gives them. A table holds for the mini-batch sizes that it names and for no others.
 *
 * @throws UserError if no largest mini-batch size is given or implied by a table
 */
export function givenFunctions(name: string, source: GivenFunctions): WorkFunctions {
  const { latency_ms, warmup_ms, load_ms, max_mini_batch_size } = source;
  const largest = Math.min(
    max_mini_batch_size ?? Number.POSITIVE_INFINITY,
    largestOf(latency_ms),
    largestOf(warmup_ms),
  );
  if (!Number.isFinite(largest)) {
    throw new UserError(`device ${name}: max_mini_batch_size is missing, which functions without a table need`);
  }
  return {
    maxMiniBatchSize: largest,
    latencyMs: (size) => valueAt(latency_ms, size),
    warmupMs: (size) => valueAt(warmup_ms, size),
    ...(load_ms !== undefined && { loadMs: load_ms }),
    ...energyFunctions(name, source),
  };
}

/** The energies that a device file gives, for given and for measured functions alike. */
export function energyFunctions(
  name: string,
  { energy_per_mini_batch_j, warmup_energy_j }: Pick<GivenFunctions, "energy_per_mini_batch_j" | "warmup_energy_j">,
): Pick<WorkFunctions, "energyPerMiniBatchJ" | "warmupEnergyJ"> {
  const known = (values: ValueFunction) => (size: number) => {
    const value = valueAt(values, size);
    if (value === undefined) throw new UserError(`device ${name}: no energy is given for mini-batch size ${size}`);
    return value;
  };
  return {
    ...(energy_per_mini_batch_j && { energyPerMiniBatchJ: known(energy_per_mini_batch_j) }),
    ...(warmup_energy_j && { warmupEnergyJ: known(warmup_energy_j) }),
  };
}

function isLine(values: ValueFunction): values is z.infer<typeof lineSchema> {
  return "intercept" in values;
}

function valueAt(values: ValueFunction, miniBatchSize: number): number | undefined {
  return isLine(values) ? values.intercept + values.slope * miniBatchSize : values[String(miniBatchSize)];
}

function largestOf(values: ValueFunction): number {
  return isLine(values) ? Number.POSITIVE_INFINITY : Math.max(...Object.keys(values).map(Number));
}
