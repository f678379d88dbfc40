import { dirname, resolve } from "node:path";
import { z } from "zod";
import { readJsonFile } from "../core/json-file.js";
import { oneOfForms } from "../core/one-of-forms.js";
import { SCHEMA_KEY } from "../core/schema-key.js";
import { UserError } from "../core/user-error.js";
import { usableThreads } from "../hardware/kernel/own-limits.js";
import { isEfficientNetName } from "../model/efficientnet-layers.js";
import { readModel } from "../model/file/read-model.js";
import { type ImageShape, type InputChoices, LAYOUTS, sizeOfShape } from "../model/model-input.js";
import {
  chosenMiniBatchSizes,
  miniBatchSizesSchema,
  misfitOfSizes,
  sizesAt,
  sizesUpTo,
  sizeUpTo,
} from "./mini-batch-sizes.js";

export const EXECUTION_PROVIDERS = ["cpu", "cuda", "tensorrt", "webgpu", "coreml", "dml"] as const;
export type ExecutionProvider = (typeof EXECUTION_PROVIDERS)[number];
/** What a dataset may say of a device: of one that others measured perhaps nothing. */
export const RECORDED_PROVIDERS = [...EXECUTION_PROVIDERS, "unknown"] as const;
export type RecordedProvider = (typeof RECORDED_PROVIDERS)[number];

const deviceConfigurationSchema = z.strictObject({
  provider: z
    .enum(EXECUTION_PROVIDERS, `allowed are ${EXECUTION_PROVIDERS.join(", ")}`)
    .default("cpu")
    .describe("ONNX Runtime's execution provider"),
  threads: sizeUpTo(1024)
    .default(() => usableThreads())
    // The machine's own number is no default of the file.
    .meta({
      default: undefined,
      description: "Threads of one operator. Without it: as many as there are cores for this process",
    }),
  concurrent: sizeUpTo(1024)
    .default(1)
    .describe("Devices of this configuration that run the cell side by side while one of them is measured"),
});

const LARGEST_SIDE_PX = 4096;
const INPUT_SHAPE = /^([1-9]\d{0,3})x([1-9]\d{0,3})$/;
const oneValue = z.number().meta({ title: "one for all places" });
const severalValues = z.array(z.number()).min(1, "allowed is at least one").meta({ title: "repeated to fill it" });
const inputValuesSchema = oneOfForms<number | number[]>([oneValue, severalValues], (value) =>
  Array.isArray(value) ? severalValues : oneValue,
);

/** When a trial's steady inferences end. */
export const stoppingSchema = z.strictObject({
  min_inferences: z.int().min(10, "allowed is at least 10").default(10).describe("Never fewer inferences than these"),
  max_inferences: z.int().min(10, "allowed is at least 10").default(1000).describe("Never more inferences than these"),
  max_steady_ms: z.number().positive().default(5000).describe("Never longer than this"),
  relative_half_width: z
    .number()
    .positive()
    .max(1)
    .default(0.01)
    .describe("The 95 % confidence interval of the median is wanted within ± this share of it"),
});

/** What a design file says. */
export const designFileSchema = z.strictObject({
  ...SCHEMA_KEY,
  name: z
    .string("a text is required")
    .regex(/^[a-z0-9][a-z0-9-]*$/, "allowed are a-z, 0-9 and -")
    .describe("A short name, also of the dataset"),
  model: z
    .string()
    .min(1)
    .default("efficientnet-b0")
    .describe("A built-in model, efficientnet-b0 to b7, or an ONNX file; relative to the folder of the design"),
  input_sizes_px: sizesUpTo(LARGEST_SIDE_PX)
    .optional()
    .describe("Widths and heights of the images. Without them: `input_shape`, or the size that the model's file fixes"),
  input_shape: z
    .string()
    .regex(INPUT_SHAPE, "allowed are height x width, as in 240x320")
    .optional()
    .describe("Height x width of images that are not square, as in `240x320`"),
  layout: z
    .enum(LAYOUTS, `allowed are ${LAYOUTS.join(", ")}`)
    .optional()
    .describe("Of the model's input, where its file does not tell. Without it: what running it tells"),
  channels: sizeUpTo(1024)
    .optional()
    .describe("Of the model's input, where its file does not tell. Without them: what running it tells"),
  inputs: z
    .record(z.string(), inputValuesSchema)
    .optional()
    .describe("Values of the model's inputs beside the images, by name: a number, or several that are repeated"),
  mini_batch_sizes: miniBatchSizesSchema.describe(
    "Images of an inference: a list, a list by input size, or staggered, different from one input size to the next",
  ),
  trials: sizeUpTo(1000).default(3).describe("Fresh processes per cell"),
  max_trials: sizeUpTo(1000)
    .optional()
    .describe("Cells get further processes, up to so many, until their latency is known well. Without it: `trials`"),
  process_half_width: z
    .number()
    .positive()
    .max(1)
    .default(0.05)
    .describe("The 95 % interval of a cell's latency over processes is wanted within ± this share of it"),
  devices: z
    .array(deviceConfigurationSchema)
    .min(1, "allowed is at least one")
    .prefault([{}])
    .describe("What runs the cells; each device runs all of them"),
  anchors: z
    .array(
      z.strictObject({
        input_size_px: sizeUpTo(LARGEST_SIDE_PX).describe("One of the design's"),
        mini_batch_size: z.int().min(1).describe("One of the design's at that size"),
      }),
    )
    .optional()
    .describe(
      "Cells that every shard measures to compare the hosts. Without them: three of each device, of little work",
    ),
  images: z
    .string()
    .min(1)
    .optional()
    .describe("A folder of images in place of dummy images; relative to the folder of the design"),
  stopping: stoppingSchema.prefault({}).describe("When the inferences of a trial end"),
  timeout_ms: z
    .number()
    .positive()
    .default(120_000)
    .describe("A trial that runs longer is ended and recorded as a timeout"),
  memory_limit_mib: z
    .number()
    .positive()
    .optional()
    .describe("A trial that takes more is ended and recorded as out of memory. Without it: the machine's memory"),
  idle_ms: z.number().min(0).default(200).describe("How long a trial stays idle before it loads the model"),
  hardware_interval_ms: z
    .number()
    .min(5, "allowed is at least 5")
    .default(100)
    .describe("How often the hardware is sampled"),
  pulse: z
    .boolean()
    .default(true)
    .describe("Whether it is measured before and after each trial how fast the machine is just then"),
  seed: z.int().min(0).max(0x7fff_ffff).default(1).describe("Of dummy images and of the order of trials"),
});

/**
 * The schema of a design file in a folder, from which the path of its model is. Defaults are filled in, missing sizes
 * are those of the model, and staggered mini-batch sizes are chosen, so that a dataset records every value that was in
 * force.
 */
function designSchemaIn(folder: string) {
  return designFileSchema.transform(({ $schema: _, ...file }, context) => {
    const { input_shape: _shape, ...design } = file;
    const refuse = (key: string, message: string) => context.addIssue({ code: "custom", path: [key], message });
    const sizes = sizesOf(file, () => ownShape(file, folder));
    if (sizes === undefined) {
      refuse("input_sizes_px", "a list is required, because the model's file fixes no size");
      return z.NEVER;
    }
    const shape = sizes.input_shape === undefined ? undefined : parseShape(sizes.input_shape);
    if (shape !== undefined && sizes.input_sizes_px.join() !== String(sizeOfShape(shape))) {
      refuse(
        "input_sizes_px",
        `images of ${sizes.input_shape} have the size ${sizeOfShape(shape)}, allowed is that or none`,
      );
    }
    const inputSizes = sizes.input_sizes_px.toSorted((a, b) => a - b);
    const mini_batch_sizes = chosenMiniBatchSizes(design.mini_batch_sizes, inputSizes);
    const message = misfitOfSizes(mini_batch_sizes, inputSizes);
    if (message !== undefined) refuse("mini_batch_sizes", message);
    if ((design.max_trials ?? design.trials) < design.trials) {
      refuse("max_trials", `${design.max_trials}: allowed is at least the ${design.trials} of trials`);
    }
    const stray = design.anchors?.find(
      (anchor) =>
        !sizesAt(mini_batch_sizes, anchor.input_size_px).includes(anchor.mini_batch_size) ||
        !inputSizes.includes(anchor.input_size_px),
    );
    if (stray !== undefined) {
      refuse("anchors", `${stray.input_size_px} px × ${stray.mini_batch_size}: allowed are cells of the design`);
    }
    return { ...design, ...sizes, mini_batch_sizes };
  });
}

/** The schema of a design; the path of its model is from the current folder. */
export const designSchema = designSchemaIn(".");

type DesignFile = Omit<z.infer<typeof designFileSchema>, "$schema">;

/** The sizes of a design, those of the model where it says none; undefined where nobody does. */
function sizesOf({ input_sizes_px, input_shape }: DesignFile, own: () => ImageShape | undefined) {
  if (input_sizes_px !== undefined) return { input_sizes_px, ...(input_shape !== undefined && { input_shape }) };
  const shape = input_shape === undefined ? own() : parseShape(input_shape);
  if (shape === undefined) return undefined;
  const isSquare = shape.heightPx === shape.widthPx;
  return {
    input_sizes_px: [sizeOfShape(shape)],
    ...(!isSquare && { input_shape: `${shape.heightPx}x${shape.widthPx}` }),
  };
}

function ownShape(design: DesignFile, folder: string): ImageShape | undefined {
  if (isEfficientNetName(design.model)) return undefined;
  const [input] = readModel(resolve(folder, design.model), inputChoicesOf(design)).inputs;
  const { fixedHeightPx: heightPx, fixedWidthPx: widthPx } = input ?? {};
  return heightPx === undefined || widthPx === undefined ? undefined : { heightPx, widthPx };
}

/**
 * Height and width in words.
 *
 * @returns undefined where they are none
 * @example parseShape("240x320") // { heightPx: 240, widthPx: 320 }
 */
export function parseShape(text: string): ImageShape | undefined {
  const [, height, width] = INPUT_SHAPE.exec(text) ?? [];
  return height === undefined ? undefined : { heightPx: Number(height), widthPx: Number(width) };
}

/** What a design says of the input of its model. */
export function inputChoicesOf(
  design: Pick<DesignFile, "layout" | "channels" | "inputs" | "input_shape">,
): InputChoices {
  const { layout, channels, inputs, input_shape } = design;
  return { layout, channels, inputs, shape: input_shape === undefined ? undefined : parseShape(input_shape) };
}

/** What is measured: the plan of an experiment. */
export type Design = z.infer<typeof designSchema>;
/** What runs a cell: execution provider, threads of an operator, devices side by side. */
export type DeviceConfiguration = z.infer<typeof deviceConfigurationSchema>;

const recordedDeviceSchema = z.strictObject({
  provider: z.enum(RECORDED_PROVIDERS, `allowed are ${RECORDED_PROVIDERS.join(", ")}`),
  threads: sizeUpTo(1024).optional(),
  concurrent: sizeUpTo(1024),
});
/** A device as datasets record it. */
export interface RecordedDevice {
  readonly provider: RecordedProvider;
  /** Undefined where others measured it and it is not known. */
  readonly threads?: number | undefined;
  readonly concurrent: number;
}

/** What is known of the design of measurements that others made: their cells. */
export const importedDesignSchema = z.strictObject({
  imported: z.literal(true),
  name: z.string(),
  model: z.string(),
  input_sizes_px: z.array(z.int()),
  mini_batch_sizes: z.union([z.array(z.int()), z.record(z.string(), z.array(z.int()))]),
  devices: z.array(recordedDeviceSchema),
});

/**
 * A short name for a device configuration.
 *
 * @example deviceName({ provider: "cpu", threads: 1, concurrent: 2 }) // "cpu-1t-2c"
 */
export function deviceName({ provider, threads, concurrent }: RecordedDevice): string {
  return `${provider}${threads === undefined ? "" : `-${threads}t`}${concurrent === 1 ? "" : `-${concurrent}c`}`;
}

/**
 * A recorded device as one that can measure.
 *
 * @throws UserError if others measured it and its provider or its threads are not known
 */
export function sweptDevice({ provider, threads, concurrent }: RecordedDevice): DeviceConfiguration {
  if (provider !== "unknown" && threads !== undefined) return { provider, threads, concurrent };
  throw new UserError(`device ${deviceName({ provider, threads, concurrent })}: imported, it can't be measured here`);
}

/** The design of a dataset. Of measurements that others made only their cells are known. */
export type RecordedDesign = Partial<Omit<Design, keyof z.infer<typeof importedDesignSchema>>> &
  Pick<Design, "name" | "model" | "input_sizes_px" | "mini_batch_sizes"> & {
    readonly imported?: true;
    readonly devices: RecordedDevice[];
  };

export type StoppingRule = Design["stopping"];

/** The mini-batch sizes of a design at one of its input sizes, smallest first. */
export function miniBatchSizesAt(
  { mini_batch_sizes }: Pick<Design, "mini_batch_sizes">,
  inputSizePx: number,
): number[] {
  return sizesAt(mini_batch_sizes, inputSizePx);
}

/** What takes the place of values in a design file before it is read. */
export interface DesignChanges {
  readonly replaced?: Readonly<Partial<Record<keyof DesignFile, unknown>>>;
  /** Input sizes where the file has none; else the model's own are taken. */
  readonly sizesPx?: readonly number[] | undefined;
}

/**
 * A design from its JSON file. Paths in it are from the file's folder.
 *
 * @throws UserError naming the first value that does not fit and what is allowed
 */
export function readDesign(path: string, { replaced = {}, sizesPx }: DesignChanges = {}): Design {
  const folder = dirname(path);
  const changed = z
    .unknown()
    .transform((file) =>
      typeof file === "object" && file !== null && !Array.isArray(file)
        ? { ...(sizesPx !== undefined && { input_sizes_px: sizesPx }), ...file, ...replaced }
        : file,
    );
  const design = readJsonFile(path, "design", changed.pipe(designSchemaIn(folder)));
  const { model, images } = design;
  return {
    ...design,
    model: modelFrom(folder, model),
    ...(images !== undefined && { images: resolve(folder, images) }),
  };
}

/**
 * A model as it is named in a folder: a path from there, but for a built-in one.
 *
 * @example modelFrom("/designs", "efficientnet-b0") // "efficientnet-b0"
 */
export function modelFrom(folder: string, model: string): string {
  return isEfficientNetName(model) ? model : resolve(folder, model);
}
