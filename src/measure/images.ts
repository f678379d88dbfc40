import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type Sharp from "sharp";
import { monotonicMs } from "../core/clock.js";
import { once } from "../core/once.js";
import { reasonOf } from "../core/reason-of.js";
import { seededRandom } from "../core/seeded-random.js";
import { UserError } from "../core/user-error.js";
import { type ModelInput, tensorDims } from "../model/model-input.js";

/** How many different dummy images there are of each size; a larger mini-batch repeats them. */
const DUMMY_IMAGES = 16;
const IMAGE_FILE = /\.(jpe?g|png|webp|avif|gif|tiff?)$/i;

/** ImageNet's mean and standard deviation per channel, of values in [0, 1]. Source: torchvision's presets. */
const MEAN = [0.485, 0.456, 0.406] as const;
const DEVIATION = [0.229, 0.224, 0.225] as const;

/** The library that decodes and resizes: loaded where images are written or read, and told to decode each time anew. */
const imageLibrary = once(async () => {
  const { default: sharp } = await import("sharp");
  sharp.cache(false);
  return sharp;
});

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
 * The image files of a folder in alphabetical order.
 *
 * @throws UserError if the folder can't be read or holds no image
 */
export function listImages(folder: string): string[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    throw new UserError(`images folder ${folder}: ${reasonOf(error)}`);
  }
  const images = names.filter((name) => IMAGE_FILE.test(name)).sort();
  if (images.length === 0) throw new UserError(`images folder ${folder}: holds no image, allowed are JPEG, PNG, WebP`);
  return images.map((name) => join(folder, name));
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
    const decoded = await decode(sharp, path, input.channels);
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

interface Pixels {
  readonly data: Uint8Array;
  readonly info: { readonly width: number; readonly height: number; readonly channels: 1 | 2 | 3 | 4 };
}

async function decode(sharp: typeof Sharp, path: string, channels: 1 | 3): Promise<Pixels> {
  try {
    const image = sharp(path).removeAlpha();
    return await (channels === 1 ? image.toColourspace("b-w") : image.toColourspace("srgb"))
      .raw()
      .toBuffer({ resolveWithObject: true });
  } catch (error) {
    throw new UserError(`image ${path}: ${reasonOf(error)}`);
  }
}

async function resize(sharp: typeof Sharp, { data, info }: Pixels, inputSizePx: number): Promise<Uint8Array> {
  if (info.width === inputSizePx && info.height === inputSizePx) return data;
  const { width, height, channels } = info;
  return sharp(data, { raw: { width, height, channels } })
    .resize(inputSizePx, inputSizePx, { fit: "cover" })
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
