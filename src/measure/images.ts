import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type Sharp from "sharp";
import { monotonicMs } from "../core/clock.js";
import { unmixedRandom } from "../core/seeded-random.js";
import { productOf } from "../model/file/graph-tensors.js";
import { type ImageShape, imageShape, type ModelInput, tensorDims } from "../model/model-input.js";
import { decodeImage, imageLibrary, type Pixels } from "./decode-image.js";
import { type TensorArray, tensorArray } from "./tensor-array.js";

/** How many different dummy images there are of each size; a larger mini-batch repeats them. */
const DUMMY_IMAGES = 16;

/** ImageNet's mean and standard deviation per channel, of values in [0, 1]. Source: torchvision's presets. */
const MEAN = [0.485, 0.456, 0.406] as const;
const DEVIATION = [0.229, 0.224, 0.225] as const;

/** A mini-batch as a model takes it. `float16` values are their bit patterns, `bfloat16` ones 32-bit numbers. */
export interface ImageTensor {
  readonly type: ModelInput["type"];
  readonly data: TensorArray;
  readonly dims: readonly number[];
}

/** How long it took to make one mini-batch's tensor from encoded images, all of them together. */
export interface PreparationTimes {
  readonly decodeMs: number;
  readonly resizeMs: number;
  readonly tensorMs: number;
}

/**
 * Writes the dummy images of one size as JPEG: smooth seeded colour fields with seeded noise, so that a decoder has
 * about as much to do as with a photograph.
 *
 * @param shape of the images where they are not square
 * @returns the files' paths
 */
export async function writeDummyImages(
  folder: string,
  inputSizePx: number,
  seed: number,
  shape: ImageShape = { heightPx: inputSizePx, widthPx: inputSizePx },
): Promise<string[]> {
  mkdirSync(folder, { recursive: true });
  const sharp = await imageLibrary();
  return Promise.all(
    Array.from({ length: DUMMY_IMAGES }, async (_, index) => {
      const path = join(folder, `${inputSizePx}px-${index}.jpg`);
      const pixels = dummyPixels(inputSizePx, shape, seed, index);
      const raw = { width: shape.widthPx, height: shape.heightPx, channels: 3 } as const;
      await sharp(pixels, { raw }).jpeg({ quality: 90 }).toFile(path);
      return path;
    }),
  );
}

function dummyPixels(inputSizePx: number, shape: ImageShape, seed: number, index: number): Uint8Array {
  const { heightPx, widthPx } = shape;
  const random = unmixedRandom(seed, `dummy image ${inputSizePx} ${index}`);
  const waves = Array.from({ length: 9 }, () => ({
    x: random.normal() * 6,
    y: random.normal() * 6,
    phase: random.uniform() * 2 * Math.PI,
  }));
  const pixels = new Uint8Array(heightPx * widthPx * 3);
  for (let place = 0; place < pixels.length; place++) {
    const channel = place % 3;
    const x = (Math.floor(place / 3) % widthPx) / widthPx;
    const y = Math.floor(place / 3 / widthPx) / heightPx;
    let value = 128 + 24 * (random.uniform() - 0.5);
    for (let wave = channel; wave < waves.length; wave += 3) {
      const { x: kx, y: ky, phase } = waves[wave] ?? { x: 0, y: 0, phase: 0 };
      value += 35 * Math.sin(kx * x + ky * y + phase);
    }
    pixels[place] = Math.max(0, Math.min(255, Math.round(value)));
  }
  return pixels;
}

/**
 * Makes one mini-batch as a server would: decode each file, resize (centre crop) to the input size, normalise.
 *
 * @param paths encoded images; repeated in order when the mini-batch is larger
 * @throws UserError if a file is not an image that can be decoded
 */
export async function prepareMiniBatch(
  paths: readonly string[],
  input: ModelInput,
  inputSizePx: number,
  miniBatchSize: number,
): Promise<{ tensor: ImageTensor; times: PreparationTimes }> {
  const sharp = await imageLibrary();
  const dims = tensorDims(input, inputSizePx, miniBatchSize);
  const shape = imageShape(input, inputSizePx);
  const data = tensorArray(input.type, productOf(dims));
  const tables = Array.from({ length: input.channels }, (_, channel) => valueTable(input, channel));
  const times = { decodeMs: 0, resizeMs: 0, tensorMs: 0 };
  for (let index = 0; index < miniBatchSize; index++) {
    const path = paths[index % paths.length] ?? "";
    const started = monotonicMs();
    const decoded = await decodeImage(path, input.channels === 1 ? 1 : 3);
    const decodedAt = monotonicMs();
    const pixels = await resize(sharp, decoded, shape);
    const resizedAt = monotonicMs();
    fillImage(data, pixels, input, tables, index);
    times.decodeMs += decodedAt - started;
    times.resizeMs += resizedAt - decodedAt;
    times.tensorMs += monotonicMs() - resizedAt;
  }
  return { tensor: { type: input.type, data, dims }, times };
}

async function resize(sharp: typeof Sharp, pixels: Pixels, { heightPx, widthPx }: ImageShape): Promise<Pixels> {
  const { data, width, height, channels } = pixels;
  if (width === widthPx && height === heightPx) return pixels;
  const resized = sharp(data, { raw: { width, height, channels } }).resize(widthPx, heightPx, { fit: "cover" });
  const ofColours = resized.toColourspace(channels === 1 ? "b-w" : "srgb");
  return { data: await ofColours.raw().toBuffer(), width: widthPx, height: heightPx, channels };
}

/**
 * Writes one image's interleaved pixels to its place in the tensor. A model with more channels than an image has gets
 * these in turn: no value of a pixel changes what an inference costs.
 */
function fillImage(
  data: TensorArray,
  { data: pixels, width, height, channels: colours }: Pixels,
  { channels, layout }: ModelInput,
  tables: readonly TensorArray[],
  index: number,
): void {
  const area = width * height;
  const isInterleaved = layout === "nhwc" || layout === "hwc";
  const values = data as Float32Array; // of 64-bit integers, both sides hold bigints
  for (let channel = 0; channel < channels; channel++) {
    const table = tables[channel] as Float32Array;
    const offset = index * area * channels + (isInterleaved ? channel : channel * area);
    const step = isInterleaved ? channels : 1;
    for (let place = 0; place < area; place++) {
      values[offset + place * step] = table[pixels[place * colours + (channel % colours)] ?? 0] ?? 0;
    }
  }
}

/** What each of the 256 byte values becomes in one channel of the tensor: whole numbers are not normalised. */
function valueTable({ type }: ModelInput, channel: number): TensorArray {
  const bytes = Array.from({ length: 256 }, (_, byte) => byte);
  if (type === "int8")
    return tensorArray(
      type,
      bytes.map((byte) => byte - 128),
    );
  if (!type.includes("float")) return tensorArray(type, bytes);
  const colour = channel % MEAN.length;
  return tensorArray(
    type,
    bytes.map((byte) => (byte / 255 - (MEAN[colour] ?? 0.5)) / (DEVIATION[colour] ?? 0.25)),
  );
}
