import { UserError } from "../core/user-error.js";

/** What the elements of a tensor are. */
export type TensorElement = "float32" | "float16" | "uint8";

/** The image batch that a classifier takes: one rank-4 tensor. An axis without a fixed size is dynamic. */
export interface ModelInput {
  readonly name: string;
  readonly type: TensorElement;
  readonly layout: "nchw" | "nhwc";
  readonly channels: 1 | 3;
  readonly fixedMiniBatchSize?: number;
  readonly fixedHeightPx?: number;
  readonly fixedWidthPx?: number;
}

/** What a session tells of one input: a fixed axis is a number, a dynamic one a name. */
interface InputMetadata {
  readonly name: string;
  readonly isTensor: boolean;
  readonly type?: string;
  readonly shape?: readonly (number | string)[];
}

/**
 * Finds the image batch among a model's inputs.
 *
 * @throws UserError if the model has not exactly one input, of rank 4 with 1 or 3 channels and a known element type
 */
export function modelInputFrom(inputs: readonly InputMetadata[]): ModelInput {
  const [input] = inputs;
  if (input === undefined || inputs.length !== 1) {
    const names = inputs.map(({ name }) => name).join(", ");
    throw new UserError(`model: has ${inputs.length} inputs (${names}), allowed is one image batch`);
  }
  const { name, shape = [] } = input;
  const shown = `input ${name} ${input.type ?? "without a type"} [${shape.join(", ")}]`;
  if (shape.length !== 4) throw new UserError(`model: ${shown}: allowed is rank 4, (N, C, H, W) or (N, H, W, C)`);
  if (input.type !== "float32" && input.type !== "float16" && input.type !== "uint8") {
    throw new UserError(`model: ${shown}: allowed are float32, float16 and uint8`);
  }
  const sizes = shape.map((axis) => (typeof axis === "number" && axis > 0 ? axis : undefined));
  const layout = isChannels(sizes[1]) ? "nchw" : isChannels(sizes[3]) ? "nhwc" : undefined;
  if (layout === undefined) throw new UserError(`model: ${shown}: no axis with 1 or 3 channels at place 2 or 4`);
  const [miniBatch, height, width, channels] =
    layout === "nchw" ? [sizes[0], sizes[2], sizes[3], sizes[1]] : [sizes[0], sizes[1], sizes[2], sizes[3]];
  return {
    name,
    type: input.type,
    layout,
    channels: channels === 1 ? 1 : 3,
    ...(miniBatch !== undefined && { fixedMiniBatchSize: miniBatch }),
    ...(height !== undefined && { fixedHeightPx: height }),
    ...(width !== undefined && { fixedWidthPx: width }),
  };
}

function isChannels(size: number | undefined): boolean {
  return size === 1 || size === 3;
}

/** The tensor's shape for one mini-batch of square images. */
export function tensorDims(input: ModelInput, inputSizePx: number, miniBatchSize: number): number[] {
  return input.layout === "nchw"
    ? [miniBatchSize, input.channels, inputSizePx, inputSizePx]
    : [miniBatchSize, inputSizePx, inputSizePx, input.channels];
}

/**
 * Whether a cell fits the model's fixed axes.
 *
 * @returns undefined if it does, else the reason in one line
 */
export function misfit(input: ModelInput, inputSizePx: number, miniBatchSize: number): string | undefined {
  const { fixedMiniBatchSize, fixedHeightPx, fixedWidthPx } = input;
  if (fixedMiniBatchSize !== undefined && fixedMiniBatchSize !== miniBatchSize) {
    return `mini-batch size ${miniBatchSize}: the model's is fixed to ${fixedMiniBatchSize}`;
  }
  const fixed = [fixedHeightPx, fixedWidthPx].find((size) => size !== undefined && size !== inputSizePx);
  if (fixed !== undefined) {
    return `input size ${inputSizePx}: the model's is fixed to ${fixedHeightPx ?? "H"} × ${fixedWidthPx ?? "W"}`;
  }
  return undefined;
}
