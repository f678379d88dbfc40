import { z } from "zod";
import { hasKey, oneOfForms } from "../../core/one-of-forms.js";
import { SCHEMA_KEY } from "../../core/schema-key.js";
import { RANGES } from "./device-type.js";
import { numberIn } from "./number-in.js";
import { spreadSchema } from "./spread.js";
import { functionIn } from "./value-function.js";

const timeFunction = functionIn(RANGES.inferenceMs);
const energyFunction = functionIn(RANGES.energyJ);
const size = numberIn(RANGES.miniBatchSize, "whole numbers");
const whole = numberIn({ least: 1, most: Number.MAX_SAFE_INTEGER }, "whole numbers");
const text = z.string("a text is required").min(1, "a text is required");

const energy = {
  energy_per_mini_batch_j: energyFunction
    .optional()
    .describe("Energy of a later mini-batch in J. Sizes that a table leaves out are not used where energy counts"),
  warmup_energy_j: energyFunction
    .optional()
    .describe("Energy of the first mini-batch. Without it: the later ones' power for as long as the first one takes"),
};
const given = {
  max_mini_batch_size: size
    .optional()
    .describe("The largest mini-batch that fits the device; needed where latency and warm-up are lines"),
  latency_ms: timeFunction.describe("How long a mini-batch takes after the first one"),
  warmup_ms: timeFunction
    .optional()
    .describe("How long the first mini-batch takes; needed but for devices that start warm"),
  warm_up_per_shape: z
    .boolean("allowed are true and false")
    .optional()
    .describe("Whether each new mini-batch size pays its warm-up, or a device's first one only. Without it: true"),
  load_ms: numberIn(RANGES.loadMs).optional().describe("Loading the model; needed by devices that start cold"),
  spread: spreadSchema
    .optional()
    .describe(
      "How new processes spread around these times, which --confidence needs; the planner's device files have it",
    ),
  ...energy,
};
const measured = {
  dataset: text.describe("A dataset's folder in place of functions; relative to the folder of the device file"),
  input_size_px: whole.optional().describe("The input size. Without it: --size, else 224"),
  provider: text.optional().describe("Its execution provider, where the dataset has several"),
  threads: whole.optional().describe("Its threads, where the dataset has several"),
  concurrent: whole.optional().describe("How many devices ran side by side, where the dataset has several"),
  host: text.optional().describe("The host, where the dataset has several that are apart (fit). Without it: the first"),
  max_mini_batch_size: size
    .optional()
    .describe("The largest mini-batch that is allowed. Without it: the largest known"),
  ...energy,
};
const published = {
  functions: text
    .regex(/^published:./, "allowed is published: and the number or name of a curve (devices list)")
    .describe("Published measurements in place of functions: published:15, or published: and a name of `devices list`"),
  max_mini_batch_size: size
    .optional()
    .describe("The largest mini-batch that is allowed. Without it: the largest known"),
  ...energy,
};
const device = {
  name: text.describe("The name of the type, once in a file"),
  count: numberIn(RANGES.devices, "whole numbers").describe("How many such devices there are"),
  max_uses: numberIn({ least: 0, most: Number.MAX_SAFE_INTEGER }, "whole numbers")
    .optional()
    .describe("The most mini-batches of a device after its first. Without it there is no limit"),
  price_per_hour: numberIn(RANGES.pricePerHour).optional().describe("The price of an hour, in any currency"),
  idle_w: numberIn(RANGES.idleW).optional().describe("The power of a device that waits, in W"),
};
/** What a device does with one workload: functions that are given. */
const givenSchema = z.strictObject(given).meta({ title: "functions" });
/** What a device does with one workload: functions that are given. */
export type GivenFunctions = z.infer<typeof givenSchema>;
/** What a device does with one workload: where it was measured. */
const measuredSchema = z.strictObject(measured).meta({ title: "a dataset" });
/** What a device does with one workload: where it was measured. */
export type MeasuredFunctions = z.infer<typeof measuredSchema>;

/** What a device does with one workload: what others published. */
const publishedSchema = z.strictObject(published).meta({ title: "published measurements" });
/** What a device does with one workload: what others published. */
export type PublishedFunctions = z.infer<typeof publishedSchema>;
/** What a device does with one workload, wherever it is known from. */
export type FunctionsEntry = GivenFunctions | MeasuredFunctions | PublishedFunctions;

/** One device: its functions, or a dataset in their place, or either of them for each of several workloads. */
const withFunctions = z.strictObject({ ...device, ...given }).meta({ title: "a device with functions" });
const fromDataset = z.strictObject({ ...device, ...measured }).meta({ title: "a device of a dataset" });
const fromPublished = z.strictObject({ ...device, ...published }).meta({ title: "a device of published measurements" });
const severalSchema = z
  .strictObject({
    ...device,
    workloads: z
      .record(
        text,
        oneOfForms<FunctionsEntry>([givenSchema, measuredSchema, publishedSchema], (value) => {
          if (hasKey(value, "functions")) return publishedSchema;
          return hasKey(value, "dataset") ? measuredSchema : givenSchema;
        }),
      )
      .refine((workloads) => Object.keys(workloads).length > 0, "allowed is at least one")
      .describe("By the name of a workload its functions or its dataset; others the device does not serve"),
  })
  .meta({ title: "a device for several workloads" });
/** What the schema makes of a device. */
export type ParsedEntry =
  | z.infer<typeof withFunctions>
  | z.infer<typeof fromDataset>
  | z.infer<typeof fromPublished>
  | z.infer<typeof severalSchema>;

/** What a device file says. */
export const deviceFileSchema = z.strictObject({
  ...SCHEMA_KEY,
  devices: z
    .array(
      oneOfForms<ParsedEntry>([withFunctions, fromDataset, fromPublished, severalSchema], (value) => {
        if (hasKey(value, "workloads")) return severalSchema;
        if (hasKey(value, "functions")) return fromPublished;
        return hasKey(value, "dataset") ? fromDataset : withFunctions;
      }),
      "allowed is a list of devices",
    )
    .min(1, "allowed is at least one")
    .describe("The types of devices, each in one of four forms"),
});

/** A device as its file describes it. Without `workloads` it serves any one workload. */
export interface DeviceEntry {
  readonly name: string;
  readonly count: number;
  readonly maxUses: number;
  readonly pricePerHour?: number;
  readonly idleW?: number;
  readonly source?: FunctionsEntry;
  readonly workloads?: Readonly<Record<string, FunctionsEntry>>;
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

export function isMeasured(source: FunctionsEntry): source is MeasuredFunctions {
  return "dataset" in source;
}

export function isPublished(source: FunctionsEntry): source is PublishedFunctions {
  return "functions" in source;
}
