import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";
import { cellsOf } from "../../src/design/cells.js";
import { type Design, designSchema, miniBatchSizesAt, readDesign } from "../../src/design/design.js";
import { hiddenSteps } from "../../src/design/told-apart.js";

const SIZES = [448, 64, 224, 128];

function design(mini_batch_sizes: unknown, input_sizes_px = SIZES): Design {
  return designSchema.parse({ name: "sizes", input_sizes_px, mini_batch_sizes, devices: [{ threads: 1 }] });
}

test("mini-batch sizes are the same at every input size, or given for each, and cells are of those alone", () => {
  const same = design([8, 1, 2]);
  assert.deepEqual(
    SIZES.map((size) => miniBatchSizesAt(same, size)),
    SIZES.map(() => [1, 2, 8]),
  );
  const given = design({ 64: [16, 1], 128: [3] }, [64, 128]);
  assert.deepEqual(
    cellsOf(given).map(({ inputSizePx, miniBatchSize }) => [inputSizePx, miniBatchSize]),
    [
      [64, 1],
      [64, 16],
      [128, 3],
    ],
  );
});

test("staggered sizes are as many as powers of two, from 1 to the largest, and differ from one input size to the next", () => {
  const chosen = design({ staggered_to: 32 });
  const bySize = SIZES.map((size) => miniBatchSizesAt(chosen, size));
  for (const sizes of bySize) {
    assert.deepEqual([sizes[0], sizes.at(-1), sizes.length], [1, 32, 6], sizes.join(" "));
    for (const [index, size] of sizes.entries()) {
      const power = 2 ** index;
      assert.ok(size >= power / 1.6 && size <= power * 1.6, `${sizes.join(" ")}: ${size} for ${power}`);
    }
  }
  assert.equal(new Set(bySize.map(String)).size, SIZES.length, "no two input sizes have the same");
  assert.deepEqual(design("staggered"), chosen, "32 where nothing is said");
  assert.deepEqual(miniBatchSizesAt(design({ staggered_to: 1 }), 64), [1]);
  assert.deepEqual(miniBatchSizesAt(design({ staggered_to: 2 }), 64), [1, 2]);
});

test("a dataset records the sizes that were chosen, which read again are the same", () => {
  const chosen = design("staggered");
  assert.deepEqual(Object.keys(chosen.mini_batch_sizes).map(Number), [64, 128, 224, 448]);
  assert.deepEqual(designSchema.parse(JSON.parse(JSON.stringify(chosen))), chosen);
});

test("powers of two hide padding, and staggered sizes hide nothing", () => {
  const names = (sizes: unknown, inputs?: number[]) => hiddenSteps(design(sizes, inputs)).map(({ name }) => name);
  assert.deepEqual(names([1, 2, 4, 8, 16, 32, 64]), ["pads to a power of two"]);
  for (const largest of [16, 32, 64, 100]) assert.deepEqual(names({ staggered_to: largest }), [], String(largest));
  assert.deepEqual(names([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [224]), []);
  assert.deepEqual(names([4]), [], "with one mini-batch size nobody asks");
});

test("the study's design hides padding, the quick and the reference design hide nothing", () => {
  const hidden = ["paper", "quick", "reference"].map((name) =>
    hiddenSteps(readDesign(join(PACKAGE_ROOT, "pipeline", "designs", `${name}.json`))),
  );
  assert.deepEqual(
    hidden.map((steps) => steps.map(({ name }) => name)),
    [["pads to a power of two"], [], []],
  );
});

test("how far a line is off between the sizes of a design is that of its worst mini-batch", () => {
  // At 1, 2, 4 and 8 padding is the line of the mini-batch itself: at 5 it does the work of 8.
  const [padding] = hiddenSteps(design([1, 2, 4, 8], [224]));
  assert.ok(Math.abs((padding?.largestError ?? 0) - (1 - 5 / 8)) < 1e-9);
  // Multiples of four are a line for steps of four, which at 5 does the work of 8; below 4 nothing was measured.
  const four = hiddenSteps(design([4, 8, 12, 16], [224])).find(({ name }) => name === "works in steps of 4");
  assert.ok(Math.abs((four?.largestError ?? 0) - (1 - 5 / 8)) < 1e-9);
});
