import { z } from "zod";
import { readJsonFile } from "../../core/json-file.js";
import { UserError } from "../../core/user-error.js";
import { type DeviceFunctions, RANGES } from "./device-type.js";

interface Range {
  readonly least: number;
  readonly most: number;
}

/** A number within a range; a message shows the one that is not. */
function numberIn({ least, most }: Range, kind: "numbers" | "whole numbers" = "numbers") {
  const allowed = `allowed are ${kind} from ${least} to ${most}`;
  return z.custom<number>((value) => isIn({ least, most }, value) && (kind === "numbers" || Number.isInteger(value)), {
    error: ({ input }) => `${shown(input)}, ${allowed}`,
  });
}

function isIn({ least, most }: Range, value: unknown): value is number {
  return typeof value === "number" && value >= least && value <= most;
}

/** A value of a file in a message. */
function shown(value: unknown): string {
  if (value === undefined) return "missing";
  return typeof value === "number" ? `${value}` : JSON.stringify(value);
}

interface Line {
  readonly intercept: number;
  readonly slope: number;
}
type Table = Readonly<Record<string, number>>;
/** A function of the mini-batch size: a line (slope per image), or a table of mini-batch size to value. */
type ValueFunction = Line | Table;

/** Chosen by its keys, so that a message is about the form that was meant. Of a line its values are checked where it is used. */
function functionIn(range: Range) {
  return z.unknown().transform((value, context): ValueFunction => {
    const refuse = (path: string[], message: string) => {
      context.addIssue({ code: "custom", path, message });
      return z.NEVER;
    };
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      return refuse([], `${shown(value)}, allowed are { intercept, slope } or a table by mini-batch size`);
    }
    const entries = Object.entries(value);
    if ("intercept" in value || "slope" in value) {
      for (const name of ["intercept", "slope"]) {
        const part: unknown = (value as Record<string, unknown>)[name];
        if (!Number.isFinite(part)) return refuse([name], `${shown(part)}, allowed are numbers`);
      }
      const other = entries.find(([key]) => key !== "intercept" && key !== "slope");
      return other === undefined ? (value as Line) : refuse([], `key ${other[0]}, allowed are intercept and slope`);
    }
    const { least, most } = RANGES.miniBatchSize;
    for (const [size, part] of entries) {
      if (!/^[1-9]\d*$/.test(size) || Number(size) > most) {
        return refuse([], `mini-batch size ${size}, allowed are whole numbers from ${least} to ${most}`);
      }
      if (!isIn(range, part)) {
        return refuse([size], `${shown(part)}, allowed are numbers from ${range.least} to ${range.most}`);
      }
    }
    return entries.length === 0 ? refuse([], "an empty table, allowed is at least one size") : (value as Table);
  });
}

const timeFunction = functionIn(RANGES.inferenceMs);
const energyFunction = functionIn(RANGES.energyJ);
const size = numberIn(RANGES.miniBatchSize, "whole numbers");
const whole = numberIn({ least: 1, most: Number.MAX_SAFE_INTEGER }, "whole numbers");
const text = z.string("a text is required").min(1, "a text is required");

const energy = {
  energy_per_mini_batch_j: energyFunction.optional(),
  /** Default: the power of later mini-batches for as long as the first one takes. */
  warmup_energy_j: energyFunction.optional(),
};
const given = {
  max_mini_batch_size: size.optional(),
  latency_ms: timeFunction,
  /** Not needed by devices that start warm. */
  warmup_ms: timeFunction.optional(),
  /** Whether each new mini-batch size pays its warm-up, or only a device's first one. Default: true. */
  warm_up_per_shape: z.boolean("allowed are true and false").optional(),
  load_ms: numberIn(RANGES.loadMs).optional(),
  ...energy,
};
const measured = {
  dataset: text,
  input_size_px: whole.optional(),
  provider: text.optional(),
  threads: whole.optional(),
  concurrent: whole.optional(),
  max_mini_batch_size: size.optional(),
  ...energy,
};
const device = {
  name: text,
  count: numberIn(RANGES.devices, "whole numbers"),
  /** Default: no limit. */
  max_uses: numberIn({ least: 0, most: Number.MAX_SAFE_INTEGER }, "whole numbers").optional(),
  price_per_hour: numberIn(RANGES.pricePerHour).optional(),
  idle_w: numberIn(RANGES.idleW).optional(),
};
/** What a device does with one workload: functions that are given. */
const givenSchema = z.strictObject(given);
/** What a device does with one workload: functions that are given. */
export type GivenFunctions = z.infer<typeof givenSchema>;
/** What a device does with one workload: where it was measured. */
const measuredSchema = z.strictObject(measured);
/** What a device does with one workload: where it was measured. */
export type MeasuredFunctions = z.infer<typeof measuredSchema>;

/** One device: its functions, or a dataset in their place, or either of them for each of several workloads. */
const withFunctions = z.strictObject({ ...device, ...given });
const fromDataset = z.strictObject({ ...device, ...measured });
const severalSchema = z.strictObject({
  ...device,
  workloads: z
    .record(
      text,
      byKeys((has): z.ZodType<GivenFunctions | MeasuredFunctions> => (has("dataset") ? measuredSchema : givenSchema)),
    )
    .refine((workloads) => Object.keys(workloads).length > 0, "allowed is at least one"),
});
type Entry = z.infer<typeof withFunctions> | z.infer<typeof fromDataset> | z.infer<typeof severalSchema>;

export const deviceFileSchema = z.strictObject({
  devices: z
    .array(
      byKeys((has): z.ZodType<Entry> => {
        if (has("workloads")) return severalSchema;
        return has("dataset") ? fromDataset : withFunctions;
      }),
      "allowed is a list of devices",
    )
    .min(1, "allowed is at least one"),
});

/** Chooses the schema by the keys that a value has, so that a message is about that form and not about all of them. */
function byKeys<T>(choose: (has: (key: string) => boolean) => z.ZodType<T>) {
  return z.unknown().transform((value, context): T => {
    const result = choose((key) => typeof value === "object" && value !== null && key in value).safeParse(value);
    if (result.success) return result.data;
    for (const { path, message } of result.error.issues) context.addIssue({ code: "custom", path, message });
    return z.NEVER;
  });
}

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

/** Of all functions of a file together: each takes some 100 bytes, and solving looks at all of them many times. */
const MOST_SIZES = 5_000_000;

/**
 * The devices of a file.
 *
 * @throws UserError naming the first value that does not fit and what is allowed
 */
export function readDeviceFile(path: string): DeviceEntry[] {
  const { devices } = readJsonFile(path, "devices", deviceFileSchema);
  const entries = devices.map(entryOf);
  const names = new Set<string>();
  let sizes = 0;
  for (const { name, source, workloads = {} } of entries) {
    if (names.has(name)) throw new UserError(`devices ${path}: name ${name} occurs twice`);
    names.add(name);
    for (const functions of source === undefined ? Object.values(workloads) : [source]) sizes += sizesIn(functions);
  }
  if (sizes > MOST_SIZES) {
    throw new UserError(
      `devices ${path}: ${sizes} mini-batch sizes of all devices together, allowed are ${MOST_SIZES}`,
    );
  }
  return entries;
}

function sizesIn(source: GivenFunctions | MeasuredFunctions): number {
  if (isMeasured(source)) return 1; // few, and known when the dataset is read
  return namedSizes(source)?.length ?? source.max_mini_batch_size ?? 0;
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
  | "maxMiniBatchSize"
  | "miniBatchSizes"
  | "latencyMs"
  | "warmupMs"
  | "warmupPerShape"
  | "loadMs"
  | "energyPerMiniBatchJ"
  | "warmupEnergyJ"
>;

/**
 * Functions as a device file gives them. A table holds for the mini-batch sizes that it names and for no others.
 *
 * @throws UserError if no largest mini-batch size is given or implied by a table
 */
export function givenFunctions(name: string, source: GivenFunctions): WorkFunctions {
  const { latency_ms, warmup_ms, warm_up_per_shape, load_ms, max_mini_batch_size } = source;
  const miniBatchSizes = namedSizes(source);
  const largest = miniBatchSizes === undefined ? max_mini_batch_size : (miniBatchSizes.at(-1) ?? 0);
  if (largest === undefined) {
    throw new UserError(`device ${name}: max_mini_batch_size is missing, which functions without a table need`);
  }
  if (warmup_ms !== undefined && miniBatchSizes?.every((size) => valueAt(warmup_ms, size) === undefined)) {
    throw new UserError(`device ${name}: warmup_ms has none of the mini-batch sizes of latency_ms`);
  }
  return {
    maxMiniBatchSize: largest,
    ...(miniBatchSizes && { miniBatchSizes }),
    latencyMs: (size) => valueAt(latency_ms, size),
    ...(warmup_ms && { warmupMs: (size) => valueAt(warmup_ms, size) }),
    ...(warm_up_per_shape !== undefined && { warmupPerShape: warm_up_per_shape }),
    ...(load_ms !== undefined && { loadMs: load_ms }),
    ...energyFunctions(source),
  };
}

/** The mini-batch sizes that tables name, smallest first; undefined where lines hold for all of them. */
function namedSizes({ latency_ms, warmup_ms, max_mini_batch_size }: GivenFunctions): number[] | undefined {
  const table = [latency_ms, warmup_ms].find((values) => values !== undefined && !isLine(values));
  if (table === undefined) return undefined;
  const { most } = RANGES.miniBatchSize;
  return Object.keys(table)
    .map(Number)
    .filter((size) => size <= (max_mini_batch_size ?? most))
    .sort((a, b) => a - b);
}

/** The energies that a device file gives, for given and for measured functions alike. Sizes that a table leaves out have none. */
export function energyFunctions({
  energy_per_mini_batch_j,
  warmup_energy_j,
}: Pick<GivenFunctions, "energy_per_mini_batch_j" | "warmup_energy_j">): Pick<
  WorkFunctions,
  "energyPerMiniBatchJ" | "warmupEnergyJ"
> {
  if (energy_per_mini_batch_j === undefined) return {};
  return {
    energyPerMiniBatchJ: (size) => valueAt(energy_per_mini_batch_j, size),
    ...(warmup_energy_j && { warmupEnergyJ: (size) => valueAt(warmup_energy_j, size) }),
  };
}

function isLine(values: ValueFunction): values is Line {
  return "intercept" in values;
}

function valueAt(values: ValueFunction, miniBatchSize: number): number | undefined {
  return isLine(values) ? values.intercept + values.slope * miniBatchSize : values[String(miniBatchSize)];
}
