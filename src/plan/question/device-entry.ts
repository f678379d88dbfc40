import { z } from "zod";
import { RANGES } from "./device-type.js";
import { numberIn } from "./number-in.js";
import { functionIn } from "./value-function.js";

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
/** What the schema makes of a device. */
type ParsedEntry = z.infer<typeof withFunctions> | z.infer<typeof fromDataset> | z.infer<typeof severalSchema>;

export const deviceFileSchema = z.strictObject({
  devices: z
    .array(
      byKeys((has): z.ZodType<ParsedEntry> => {
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

export function entryOf(entry: ParsedEntry): DeviceEntry {
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
