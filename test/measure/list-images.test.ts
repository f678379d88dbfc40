import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { crc32 } from "node:zlib";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";
import { listImages, requireImages } from "../../src/measure/list-images.js";

const PICTURES = join(PACKAGE_ROOT, "test", "fixtures", "pictures");
const folder = mkdtempSync(join(tmpdir(), "batchwise-list-images-"));
after(() => rmSync(folder, { recursive: true }));

function made(name: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  return path;
}

test("the images of a folder are listed in alphabetical order, other files, hidden ones and folders left out", () => {
  const own = made("listed");
  for (const name of ["b.png", "a.JPG", "c.txt", "d.webp", "e.tiff", "f.jpeg.bak", "._a.JPG"])
    writeFileSync(join(own, name), "");
  mkdirSync(join(own, "x.jpg"));
  symlinkSync(join(own, "b.png"), join(own, "g.png"));
  symlinkSync(join(own, "nowhere"), join(own, "h.png"));
  assert.deepEqual(
    listImages(own),
    ["a.JPG", "b.png", "d.webp", "e.tiff", "g.png", "h.png"].map((name) => join(own, name)),
  );
  mkdirSync(join(own, "empty"));
  assert.throws(() => listImages(join(own, "empty")), {
    name: "UserError",
    message: /holds no image, allowed are JPEG/,
  });
  assert.throws(() => listImages(join(own, "none")), { message: /^images folder .*none: no such file or directory$/ });
});

test("images that can be used are, whatever their format", async () => {
  await requireImages(PICTURES);
});

test("all images that can't be used are named with the reason, the first five of them", async () => {
  const own = made("bad");
  const whole = readFileSync(join(PICTURES, "colour.jpg"));
  copyFileSync(join(PICTURES, "colour.jpg"), join(own, "good.jpg"));
  writeFileSync(join(own, "cut.jpg"), whole.subarray(0, whole.length - 90));
  writeFileSync(join(own, "cut.png"), readFileSync(join(PICTURES, "palette.png")).subarray(0, 150));
  writeFileSync(join(own, "empty.png"), "");
  symlinkSync(join(own, "nowhere"), join(own, "gone.png"));
  await assert.rejects(requireImages(own), (error: Error) => {
    assert.equal(error.name, "UserError");
    assert.match(error.message, /^images folder \S+: 4 of 5 images can't be used: [^\n]+$/);
    for (const name of ["cut.jpg", "cut.png", "empty.png", "gone.png"]) assert.ok(error.message.includes(`${name} (`));
    assert.match(error.message, /empty\.png \(not an image, allowed are JPEG.*gone\.png \(no such file or directory\)/);
    assert.ok(!error.message.includes("good.jpg"));
    return true;
  });
  for (const index of [1, 2, 3, 4, 5]) writeFileSync(join(own, `a${index}.png`), "text");
  await assert.rejects(requireImages(own), { message: /: 9 of 10 images .*a5\.png \([^)]*\), and 4 more$/ });
});

test("a decompression bomb is refused by its number of pixels", async () => {
  const own = made("bomb");
  // The header of a picture says 50,000 × 50,000; its one byte of data does not matter.
  const bomb = Buffer.from(readFileSync(join(PICTURES, "grey.png")));
  bomb.writeUInt32BE(50_000, 16);
  bomb.writeUInt32BE(50_000, 20);
  bomb.writeUInt32BE(crc32(bomb.subarray(12, 29)), 29);
  writeFileSync(join(own, "bomb.png"), bomb);
  await assert.rejects(requireImages(own), {
    message:
      /: 1 of 1 image can't be used: bomb\.png \(50000 × 50000 pixels, allowed are at most 178,956,970 together\)$/,
  });
});

test("a drawing that names other files is refused before anything reads it", async () => {
  const own = made("drawing");
  writeFileSync(
    join(own, "drawing.png"),
    `<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><image href="colour.jpg" width="8" height="8"/></svg>`,
  );
  copyFileSync(join(PICTURES, "colour.jpg"), join(own, "colour.jpg"));
  await assert.rejects(requireImages(own), { message: /: 1 of 2 images can't be used: drawing\.png \(not an image, / });
});
