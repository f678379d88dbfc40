import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";
import { decodeImage } from "../../src/measure/decode-image.js";

const PICTURES = join(PACKAGE_ROOT, "test", "fixtures", "pictures");

/** What Pillow 9.4 gave for each picture, written by make.py beside them: rows of red, green, blue, and of grey. */
const EXPECTED: Readonly<Record<string, { readonly rgb: number[][]; readonly grey: number[][] }>> = JSON.parse(
  readFileSync(join(PICTURES, "expected.json"), "utf8"),
);

for (const [name, { rgb, grey }] of Object.entries(EXPECTED)) {
  test(`${name} is decoded as Pillow does, within 1 of 255`, async () => {
    for (const [channels, rows] of [
      [3, rgb],
      [1, grey],
    ] as const) {
      const { data, width, height } = await decodeImage(join(PICTURES, name), channels);
      assert.deepEqual([width * channels, height], [rows[0]?.length, rows.length]);
      for (const [place, value] of rows.flat().entries()) {
        assert.ok(Math.abs((data[place] ?? Number.NaN) - value) <= 1, `place ${place}: ${data[place]}, not ${value}`);
      }
    }
  });
}

test("a folder has a picture for each way to store colours, and for each orientation", () => {
  assert.equal(Object.keys(EXPECTED).length, 23);
});
