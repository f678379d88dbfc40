import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type Sharp from "sharp";
import { monotonicMs } from "../core/clock.js";
import { seededRandom } from "../core/seeded-random.js";
import { type ModelInput, tensorDims } from "../model/model-input.js";
import { decodeImage, imageLibrary, type Pixels } from "./decode-image.js";

/** How many different dummy images there are of each size; a larger mini-batch repeats them. */
const DUMMY_IMAGES = 16;

/** ImageNet's mean and standard deviation per channel, of values in [0, 1]. Source: torchvision's presets. */
const MEAN = [0.485, 0.456, 0.406] as const;
const DEVIATION = [0.229, 0.224, 0.225] as const;

/** A mini-batch as a model takes it. `float16` values are their bit patterns. */
export interface ImageTensor {
  readonly type: ModelInput["type"];
  readonly data: Float32Array | Uint16Array | Uint8Array;
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
 * @returns the files' paths
 */
export async function writeDummyImages(folder: string, inputSizePx: number, seed: number): Promise<string[]> {
  mkdirSync(folder, { recursive: true });
  const sharp = await imageLibrary();
  return Promise.all(
    Array.from({ length: DUMMY_IMAGES }, async (_, index) => {
      const path = join(folder, `${inputSizePx}px-${index}.jpg`);
      const pixels = dummyPixels(inputSizePx, seed, index);
      const raw = { width: inputSizePx, height: inputSizePx, channels: 3 } as const;
      await sharp(pixels, { raw }).jpeg({ quality: 90 }).toFile(path);
      return path;
    }),
  );
}

function dummyPixels(inputSizePx: number, seed: number, index: number): Uint8Array {
  const random = seededRandom(seed, `dummy image ${inputSizePx} ${index}`);
  const waves = Array.from({ length: 9 }, () => ({
    x: random.normal() * 6,
    y: random.normal() * 6,
    phase: random.uniform() * 2 * Math.PI,
  }));
  const pixels = new Uint8Array(inputSizePx * inputSizePx * 3);
  for (let place = 0; place < pixels.length; place++) {
    const channel = place % 3;
    const x = (Math.floor(place / 3) % inputSizePx) / inputSizePx;
    const y = Math.floor(place / 3 / inputSizePx) / inputSizePx;
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
  const data = allocate(input, miniBatchSize * inputSizePx * inputSizePx * input.channels);
  const times = { decodeMs: 0, resizeMs: 0, tensorMs: 0 };
  for (let index = 0; index < miniBatchSize; index++) {
    const path = paths[index % paths.length] ?? "";
    const started = monotonicMs();
    const decoded = await decodeImage(path, input.channels);
    const decodedAt = monotonicMs();
    const pixels = await resize(sharp, decoded, inputSizePx);
    const resizedAt = monotonicMs();
    fillImage(data, pixels, input, index);
    times.decodeMs += decodedAt - started;
    times.resizeMs += resizedAt - decodedAt;
    times.tensorMs += monotonicMs() - resizedAt;
  }
  return { tensor: { type: input.type, data, dims }, times };
}

async function resize(
  sharp: typeof Sharp,
  { data, width, height, channels }: Pixels,
  inputSizePx: number,
): Promise<Uint8Array> {
  if (width === inputSizePx && height === inputSizePx) return data;
  const resized = sharp(data, { raw: { width, height, channels } }).resize(inputSizePx, inputSizePx, { fit: "cover" });
  return resized
    .toColourspace(channels === 1 ? "b-w" : "srgb")
    .raw()
    .toBuffer();
}

function allocate(input: ModelInput, length: number): ImageTensor["data"] {
  if (input.type === "float32") return new Float32Array(length);
  return input.type === "float16" ? new Uint16Array(length) : new Uint8Array(length);
}

/** Writes one image's interleaved pixels to its place in the tensor, normalised unless the model takes bytes. */
function fillImage(data: ImageTensor["data"], pixels: Uint8Array, input: ModelInput, index: number): void {
  const { channels, layout } = input;
  const area = pixels.length / channels;
  const values = Array.from({ length: channels }, (_, channel) => valueTable(input, channel));
  const offset = index * pixels.length;
  for (let place = 0; place < pixels.length; place++) {
    const channel = place % channels;
    const target = layout === "nhwc" ? place : channel * area + (place - channel) / channels;
    data[offset + target] = values[channel]?.[pixels[place] ?? 0] ?? 0;
  }
}

/** What each of the 256 byte values becomes in one channel of the tensor. */
function valueTable(input: ModelInput, channel: number): ArrayLike<number> {
  const normalised = Float32Array.from(
    { length: 256 },
    (_, byte) => (byte / 255 - (MEAN[channel] ?? 0.5)) / (DEVIATION[channel] ?? 0.25),
  );
  if (input.type === "float32") return normalised;
  return input.type === "float16"
    ? Uint16Array.from(normalised, float16Bits)
    : Uint8Array.from({ length: 256 }, (_, byte) => byte);
}

/** The IEEE 754 half-precision bit pattern nearest to a number of magnitude 2⁻¹⁴ to 65,504; smaller ones become 0. */
function float16Bits(value: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer)[0] ?? 0;
  const sign = (bits >>> 16) & 0x8000;
  const rounded = (bits & 0x7fff_ffff) + 0x0fff + ((bits >>> 13) & 1);
  const exponent = (rounded >>> 23) - 127 + 15;
  return exponent <= 0 ? sign : sign | (exponent << 10) | ((rounded >>> 13) & 0x3ff);
}
