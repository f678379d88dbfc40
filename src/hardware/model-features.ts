import type { Feature } from "./reading/feature.js";
import { featureGroup } from "./reading/feature-group.js";

/** What is known of a trial before anything is run. */
export interface ModelAtShape {
  readonly parameters: number;
  readonly multiplyAddsPerImage: number;
  /** Bytes of all intermediate tensors of one image. */
  readonly activationBytesPerImage: number;
  readonly inputSizePx: number;
  readonly miniBatchSize: number;
}

const model = featureGroup("model", "model", "model description");
const CHANNELS = 3;
const BYTES_PER_FLOAT = 4;

const FIELDS: readonly { readonly feature: Feature; readonly value: (shape: ModelAtShape) => number }[] = [
  {
    feature: model.gauge("parameters", "1", "", "Trained parameters of the model."),
    value: (shape) => shape.parameters,
  },
  {
    feature: model.gauge("multiply_adds", "1", "", "Multiplications with addition for one mini-batch."),
    value: (shape) => shape.multiplyAddsPerImage * shape.miniBatchSize,
  },
  {
    feature: model.gauge("activation_bytes", "B", "", "Intermediate tensors of one mini-batch, all layers."),
    value: (shape) => shape.activationBytesPerImage * shape.miniBatchSize,
  },
  {
    feature: model.gauge("tensor_bytes", "B", "", "The input tensor of one mini-batch (3 channels of 32-bit floats)."),
    value: (shape) => shape.inputSizePx ** 2 * shape.miniBatchSize * CHANNELS * BYTES_PER_FLOAT,
  },
  {
    feature: model.gauge("input_size_px", "px", "", "Width and height of an image."),
    value: (shape) => shape.inputSizePx,
  },
  {
    feature: model.gauge("mini_batch_size", "1", "", "Images in a mini-batch."),
    value: (shape) => shape.miniBatchSize,
  },
  {
    feature: model.gauge("pixels", "px", "", "Pixels in a mini-batch."),
    value: (shape) => shape.inputSizePx ** 2 * shape.miniBatchSize,
  },
];

/** The features of scope "model": constant over a trial, and known before it. */
export const MODEL_FEATURES: readonly Feature[] = FIELDS.map((field) => field.feature);

/**
 * The values of `MODEL_FEATURES`, in their order.
 *
 * @example
 * modelFeatureValues({ parameters: 10, multiplyAddsPerImage: 5, activationBytesPerImage: 8,
 *   inputSizePx: 2, miniBatchSize: 3 }); // [10, 15, 24, 144, 2, 3, 12]
 */
export function modelFeatureValues(shape: ModelAtShape): number[] {
  return FIELDS.map((field) => field.value(shape));
}
