import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, test } from "node:test";
import sharp from "sharp";
import { prepareMiniBatch, writeDummyImages } from "../../src/measure/images.js";
import type { ModelInput } from "../../src/model/model-input.js";

const folder = mkdtempSync(join(tmpdir(), "batchwise-images-"));
after(() => rmSync(folder, { recursive: true }));

const RGB: ModelInput = { name: "images", type: "float32", layout: "nchw", channels: 3 };
const BYTES: ModelInput = { ...RGB, type: "uint8" };
const GREY_BYTES: ModelInput = { ...BYTES, channels: 1 };

/** Writes an image without loss from its pixels. */
async function image(name: string, width: number, height: number, channels: 1 | 3 | 4, pixels: readonly number[]) {
  const path = join(folder, name);
  await sharp(Buffer.from(pixels), { raw: { width, height, channels } }).png().toFile(path);
  return path;
}

async function pixelsOf(paths: readonly string[], input: ModelInput, size: number, miniBatchSize = 1) {
  const { tensor } = await prepareMiniBatch(paths, input, size, miniBatchSize);
  return Array.from(tensor.data, Number);
}

const colours = await image("colours.png", 2, 2, 3, [10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120]);
const inverse = await image("inverse.png", 2, 2, 3, [245, 235, 225, 215, 205, 195, 185, 175, 165, 155, 145, 135]);

test("a tensor holds channel after channel, or pixel after pixel, as the model's layout says", async () => {
  assert.deepEqual(await pixelsOf([colours], BYTES, 2), [10, 40, 70, 100, 20, 50, 80, 110, 30, 60, 90, 120]);
  assert.deepEqual(
    await pixelsOf([colours], { ...BYTES, layout: "nhwc" }, 2),
    [10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120],
  );
});

test("a mini-batch holds the images in order and repeats them where it is larger", async () => {
  const [first, second] = [await pixelsOf([colours], BYTES, 2), await pixelsOf([inverse], BYTES, 2)];
  assert.deepEqual(await pixelsOf([colours, inverse], BYTES, 2, 3), [...first, ...second, ...first]);
  const { tensor } = await prepareMiniBatch([colours], { ...BYTES, layout: "nhwc" }, 2, 3);
  assert.deepEqual([tensor.type, tensor.dims], ["uint8", [3, 2, 2, 3]]);
});

test("values are normalised with ImageNet's mean and deviation of each channel", async () => {
  // Oracle: torchvision's presets by hand.
  const expected = [(10 / 255 - 0.485) / 0.229, (20 / 255 - 0.456) / 0.224, (30 / 255 - 0.406) / 0.225];
  const got = await pixelsOf([colours], { ...RGB, layout: "nhwc" }, 2);
  for (const [channel, value] of expected.entries()) assert.ok(Math.abs((got[channel] ?? 0) - value) < 1e-6);
});

test("half-precision values are the nearest that there are, for every byte", async () => {
  const size = 16;
  const all = await image(
    "all.png",
    size,
    size,
    1,
    Array.from({ length: 256 }, (_, byte) => byte),
  );
  const bits = await pixelsOf([all], { ...RGB, type: "float16", channels: 1 }, size);
  for (const [byte, pattern] of bits.entries()) {
    // Oracle: IEEE 754, 1 sign bit, 5 of the exponent with bias 15, 10 of the fraction.
    const magnitude = (1 + (pattern & 0x3ff) / 1024) * 2 ** (((pattern >> 10) & 0x1f) - 15);
    const value = pattern & 0x8000 ? -magnitude : magnitude;
    const expected = (byte / 255 - 0.485) / 0.229;
    const halfStep = 2 ** (Math.floor(Math.log2(Math.abs(expected))) - 11);
    assert.ok(Math.abs(value - expected) <= halfStep * 1.001, `${byte}: ${value} is not ${expected}`);
  }
});

test("a grey model gets one channel and a colour model three, whatever the file has", async () => {
  const twin = await image("twin.png", 2, 2, 1, [7, 200, 8, 9]);
  assert.deepEqual(await pixelsOf([twin], { ...BYTES, layout: "nhwc" }, 2), [7, 7, 7, 200, 200, 200, 8, 8, 8, 9, 9, 9]);
  const white = await image("white.png", 1, 1, 3, [255, 255, 255]);
  assert.deepEqual(await pixelsOf([white], GREY_BYTES, 1), [255]);
  const clear = await image("clear.png", 1, 1, 4, [9, 8, 7, 128]);
  assert.deepEqual(await pixelsOf([clear], BYTES, 1), [9, 8, 7]);
});

test("an image of another shape is scaled to fill and its middle is taken", async () => {
  // Six by two pixels: red, green, blue squares. The middle square is green.
  const row = [...[255, 0, 0, 255, 0, 0], ...[0, 255, 0, 0, 255, 0], ...[0, 0, 255, 0, 0, 255]];
  const wide = await image("wide.png", 6, 2, 3, [...row, ...row]);
  const got = await pixelsOf([wide], { ...BYTES, layout: "nhwc" }, 2);
  for (let pixel = 0; pixel < 4; pixel++) assert.deepEqual(got.slice(3 * pixel, 3 * pixel + 3), [0, 255, 0]);
});

test("the time to prepare is told for its three parts", async () => {
  const started = performance.now();
  const { times } = await prepareMiniBatch([colours], RGB, 64, 2);
  const elapsedMs = performance.now() - started;
  assert.ok(times.decodeMs + times.resizeMs + times.tensorMs <= elapsedMs, JSON.stringify({ times, elapsedMs }));
  for (const part of [times.decodeMs, times.resizeMs, times.tensorMs]) assert.ok(part > 0, JSON.stringify(times));
});

test("a grey model's image is scaled in its one channel", async () => {
  const ramp = await image("ramp.png", 4, 4, 1, [
    ...[10, 10, 90, 90],
    ...[10, 10, 90, 90],
    ...[50, 50, 200, 200],
    ...[50, 50, 200, 200],
  ]);
  const got = await pixelsOf([ramp], GREY_BYTES, 8);
  assert.equal(got.length, 64);
  const corners = [got[0], got[7], got[56], got[63]];
  for (const [index, value] of [10, 90, 50, 200].entries())
    assert.ok(Math.abs((corners[index] ?? 0) - value) < 12, String(corners));
});

test("a file that is no image is refused with its path", async () => {
  const path = join(folder, "broken.png");
  writeFileSync(path, "not an image");
  await assert.rejects(prepareMiniBatch([path], RGB, 2, 1), { name: "UserError", message: /^image .*broken\.png: / });
});

test("dummy images are sixteen different seeded JPEG files of their size", async () => {
  const write = (name: string, size: number, seed: number) => writeDummyImages(join(folder, name), size, seed);
  const contents = (paths: readonly string[]) => paths.map((path) => readFileSync(path, "latin1"));
  const paths = await write("a", 24, 1);
  assert.deepEqual(
    paths.map((path) => basename(path)),
    Array.from({ length: 16 }, (_, index) => `24px-${index}.jpg`),
  );
  assert.equal(new Set(contents(paths)).size, 16);
  assert.deepEqual(contents(await write("b", 24, 1)), contents(paths), "the same seed gives the same bytes");
  assert.notDeepEqual(contents(await write("c", 24, 2)), contents(paths));
  const { format, width, height, channels } = await sharp(paths[0]).metadata();
  assert.deepEqual([format, width, height, channels], ["jpeg", 24, 24, 3]);
});

test("dummy images are the same on every machine", async () => {
  // Recorded once: what was measured with a seed can be measured again. Encoders round a little differently.
  const recorded = new Map([
    [0, [154.2, 93.71, 137.66]],
    [15, [123.89, 115.89, 105.88]],
  ]);
  const paths = await writeDummyImages(join(folder, "recorded"), 24, 1);
  for (const [index, means] of recorded) {
    const { channels } = await sharp(paths[index]).stats();
    for (const [channel, expected] of means.entries()) {
      const mean = channels[channel]?.mean ?? Number.NaN;
      assert.ok(Math.abs(mean - expected) < 0.4, `image ${index}, channel ${channel}: ${mean} is not ${expected}`);
    }
  }
});

test("dummy images are smooth fields with noise: colours differ, neighbours are alike, no two images", async () => {
  const size = 48;
  const paths = await writeDummyImages(join(folder, "smooth"), size, 1);
  const own = await Promise.all(paths.map((path) => sharp(path).raw().toBuffer()));
  for (const [index, pixels] of own.entries()) {
    const { channels } = await sharp(paths[index]).stats();
    for (const { mean, stdev } of channels) {
      assert.ok(mean > 20 && mean < 235, `mean ${mean}`);
      assert.ok(stdev > 8 && stdev < 110, `deviation ${stdev}`);
    }
    const difference = (step: number) => {
      let sum = 0;
      for (let place = 0; place + step < pixels.length; place++)
        sum += Math.abs((pixels[place] ?? 0) - (pixels[place + step] ?? 0));
      return sum / (pixels.length - step);
    };
    assert.ok(difference(3) < 22, `${difference(3)} from a pixel to the next`);
    assert.ok(difference(3 * size) < 22, `${difference(3 * size)} from a row to the next`);
    assert.ok(difference(3) > 2, "there is noise");
    assert.ok(difference(1) > 15, `${difference(1)} from a channel to the next`);
  }
});
