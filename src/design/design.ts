import { availableParallelism } from "node:os";
import { z } from "zod";
import { readJsonFile } from "../core/json-file.js";

export const EXECUTION_PROVIDERS = ["cpu", "cuda", "tensorrt", "webgpu", "coreml", "dml"] as const;
export type ExecutionProvider = (typeof EXECUTION_PROVIDERS)[number];

const size = z.int("allowed are whole numbers").min(1, "allowed are whole numbers from 1");
const distinct = (values: number[]) => new Set(values).size === values.length;
const sizes = (largest: number) =>
  z
    .array(size.max(largest, `allowed is at most ${largest}`))
    .min(1, "allowed is at least one")
    .refine(distinct, "has a value twice");

const deviceConfigurationSchema = z.strictObject({
  provider: z.enum(EXECUTION_PROVIDERS, `allowed are ${EXECUTION_PROVIDERS.join(", ")}`).default("cpu"),
  threads: size.max(1024, "allowed is at most 1024").default(() => availableParallelism()),
  /** Devices of this configuration that run the cell side by side while one of them is measured. */
  concurrent: size.max(1024, "allowed is at most 1024").default(1),
});

/** The schema of a design file. Defaults are filled in, so that a dataset records every value that was in force. */
export const designSchema = z.strictObject({
  name: z.string("a text is required").regex(/^[a-z0-9][a-z0-9-]*$/, "allowed are a-z, 0-9 and -"),
  /** The name of a built-in model or the path of an ONNX file. */
  model: z.string().min(1).default("efficientnet-b0"),
  input_sizes_px: sizes(4096),
  mini_batch_sizes: sizes(65_536),
  /** Fresh processes per cell. */
  trials: size.max(1000, "allowed is at most 1000").default(3),
  devices: z.array(deviceConfigurationSchema).min(1, "allowed is at least one").prefault([{}]),
  /** A folder of images to use in place of dummy images. */
  images: z.string().min(1).optional(),
  stopping: z
    .strictObject({
      min_inferences: z.int().min(10, "allowed is at least 10").default(10),
      max_inferences: z.int().min(10, "allowed is at least 10").default(1000),
      max_steady_ms: z.number().positive().default(5000),
      /** The 95 % confidence interval of the median is wanted within ± this share of it. */
      relative_half_width: z.number().positive().max(1).default(0.01),
    })
    .prefault({}),
  /** A trial that runs longer is ended and recorded as a timeout. */
  timeout_ms: z.number().positive().default(120_000),
  /** A trial whose memory exceeds it is ended and recorded as out of memory. Default: the machine's memory. */
  memory_limit_mib: z.number().positive().optional(),
  /** How long a trial stays idle before it loads the model, and how often the hardware is sampled. */
  idle_ms: z.number().min(0).default(200),
  hardware_interval_ms: z.number().min(5, "allowed is at least 5").default(100),
  seed: z.int().min(0).max(0x7fff_ffff).default(1),
});

/** What is measured: the plan of an experiment. */
export type Design = z.infer<typeof designSchema>;
/** What runs a cell: execution provider, threads of an operator, devices side by side. */
export type DeviceConfiguration = z.infer<typeof deviceConfigurationSchema>;

/**
 * A short name for a device configuration.
 *
 * @example deviceName({ provider: "cpu", threads: 1, concurrent: 2 }) // "cpu-1t-2c"
 */
export function deviceName({ provider, threads, concurrent }: DeviceConfiguration): string {
  return `${provider}-${threads}t${concurrent === 1 ? "" : `-${concurrent}c`}`;
}

export type StoppingRule = Design["stopping"];

/**
 * A design from its JSON file.
 *
 * @throws UserError naming the first value that does not fit and what is allowed
 */
export function readDesign(path: string): Design {
  return readJsonFile(path, "design", designSchema);
}
