import { closeSync, openSync, readSync } from "node:fs";
import type { Metadata, Sharp } from "sharp";
import { once } from "../core/once.js";
import { plainLine } from "../core/plain-line.js";
import { reasonOf } from "../core/reason-of.js";
import { UserError } from "../core/user-error.js";

/** Pillow refuses more as a decompression bomb, too: twice its MAX_IMAGE_PIXELS. */
export const MOST_IMAGE_PIXELS = 178_956_970;

/**
 * What files of the allowed formats begin with, and where. All others, SVG and PDF among them, are never given to the
 * library: they may name other files.
 */
const SIGNATURES: readonly (readonly [offset: number, text: string])[] = [
  [0, "\xff\xd8\xff"], // JPEG
  [0, "\x89PNG\r\n\x1a\n"],
  [8, "WEBP"],
  [4, "ftypavif"],
  [4, "ftypavis"],
  [4, "ftypmif1"],
  [0, "GIF87a"],
  [0, "GIF89a"],
  [0, "II*\0"], // TIFF, little-endian, and big-endian
  [0, "MM\0*"],
  [0, "II+\0"], // the same for large files
  [0, "MM\0+"],
];
const SIGNATURE_BYTES = 16;

/** The library that decodes and resizes: loaded where images are written or read, and told to decode each time anew. */
export const imageLibrary = once(async () => {
  const { default: sharp } = await import("sharp");
  sharp.cache(false);
  return sharp;
});

/** One image's pixels, row by row, its channels interleaved. */
export interface Pixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
}

/**
 * Decodes an image as Pillow does with `convert("RGB")` or `convert("L")` after its `exif_transpose`: upright,
 * transparency and colour profiles ignored, of 16 bits the high byte, CMYK without inks' profiles. Only the transparent
 * pixels of a GIF are black here, and have their colour of the palette there.
 *
 * @throws UserError if the file can't be read, is of none of the allowed formats, has too many pixels or is damaged
 */
export async function decodeImage(path: string, channels: 1 | 3): Promise<Pixels> {
  const { image, isCmyk } = await openImage(path);
  const upright = image.autoOrient();
  try {
    if (isCmyk) {
      const inks = await upright.pipelineColourspace("cmyk").toColourspace("cmyk").raw().toBuffer(WITH_SIZE);
      return inChannels(rgbOfInks(inks.data, inks.info.channels), inks.info, channels);
    }
    const { data, info } = await upright.removeAlpha().toColourspace("srgb").raw().toBuffer(WITH_SIZE);
    return inChannels(data, info, channels);
  } catch (error) {
    throw new UserError(`image ${path}: ${plainLine(reasonOf(error))}`);
  }
}

/**
 * Reads an image to its end, as `decodeImage` does, without holding its pixels.
 *
 * @returns why it can't be used, or undefined if it can
 */
export async function faultOfImage(path: string): Promise<string | undefined> {
  try {
    const { image } = await openImage(path);
    await image.resize(1, 1, { fit: "fill" }).raw().toBuffer();
    return undefined;
  } catch (error) {
    return plainLine(reasonOf(error)).replace(`image ${path}: `, "");
  }
}

const WITH_SIZE = { resolveWithObject: true } as const;

async function openImage(path: string): Promise<{ readonly image: Sharp; readonly isCmyk: boolean }> {
  const refuse = (reason: string) => new UserError(`image ${path}: ${reason}`);
  const sharp = await imageLibrary();
  let signature: string;
  try {
    signature = firstBytes(path);
  } catch (error) {
    throw refuse(reasonOf(error));
  }
  if (!SIGNATURES.some(([offset, text]) => signature.startsWith(text, offset))) {
    throw refuse("not an image, allowed are JPEG, PNG, WebP, AVIF, GIF and TIFF");
  }
  let header: Metadata;
  try {
    header = await sharp(path, { limitInputPixels: false }).metadata();
  } catch (error) {
    throw refuse(plainLine(reasonOf(error)));
  }
  const { width, height, space } = header;
  if (width * height > MOST_IMAGE_PIXELS) {
    const most = MOST_IMAGE_PIXELS.toLocaleString("en");
    throw refuse(`${width} × ${height} pixels, allowed are at most ${most} together`);
  }
  const image = sharp(path, { limitInputPixels: MOST_IMAGE_PIXELS, ignoreIcc: true });
  return { image, isCmyk: space === "cmyk" };
}

function firstBytes(path: string): string {
  const descriptor = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(SIGNATURE_BYTES);
    return bytes.toString("latin1", 0, readSync(descriptor, bytes, 0, SIGNATURE_BYTES, 0));
  } finally {
    closeSync(descriptor);
  }
}

/** What is left of white when cyan, magenta, yellow and then black are taken from it, as Pillow reckons. */
function rgbOfInks(inks: Uint8Array, inksOfPixel: number): Uint8Array {
  const rgb = new Uint8Array((inks.length / inksOfPixel) * 3);
  for (let from = 0, to = 0; from < inks.length; from += inksOfPixel) {
    const black = inks[from + 3] ?? 0;
    for (let ink = 0; ink < 3; ink++) rgb[to++] = Math.round(((255 - (inks[from + ink] ?? 0)) * (255 - black)) / 255);
  }
  return rgb;
}

function inChannels(
  rgb: Uint8Array,
  { width, height }: { readonly width: number; readonly height: number },
  channels: 1 | 3,
): Pixels {
  return { data: channels === 3 ? rgb : luma(rgb), width, height, channels };
}

/** ITU-R 601-2, in the same whole numbers as Pillow. */
function luma(rgb: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: rgb.length / 3 }, (_, pixel) => {
    const [red = 0, green = 0, blue = 0] = rgb.subarray(3 * pixel, 3 * pixel + 3);
    return (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
  });
}
