import assert from "node:assert/strict";
import { test } from "node:test";
import { lawShapes } from "../../../src/fit/law/law-shape.js";

/** Edges that are tried with these mini-batches of 224 px, where a mini-batch of b is b of work. */
function edgesOf(miniBatchSizes: readonly number[]): readonly number[] {
  const cells = miniBatchSizes.map((miniBatchSize) => ({ inputSizePx: 224, miniBatchSize }));
  return lawShapes(cells, { steps: true }).find(({ name }) => name === "work step")?.constants ?? assert.fail();
}

test("edges in work are looked for at a quarter and three of the way between two cells", () => {
  const edges = edgesOf([1, 2, 4, 32, 64]);
  const expected = [2 * 2 ** 0.25, 2 * 2 ** 0.75, 4 * 8 ** 0.25, 4 * 8 ** 0.75];
  assert.deepEqual(
    edges.map((edge) => edge.toFixed(9)),
    expected.map((edge) => edge.toFixed(9)),
    "none below 1.5, and none beyond 40 of 64",
  );
});

test("with more work edges are looked for up to a quarter of it, and cells side by side count as one", () => {
  const edges = edgesOf([2, 100, 101, 200, 300, 800]);
  const [least = 0, most = 0] = [Math.min(...edges), Math.max(...edges)];
  assert.ok(least > 2 && most > 100 && most < 200, `${least} to ${most}`);
  assert.equal(edges.length, 4);
});

test("a power has a constant only where three different mini-batches tell one", () => {
  const constantsOf = (miniBatchSizes: readonly number[]) => {
    const cells = [64, 224].flatMap((inputSizePx) =>
      miniBatchSizes.map((miniBatchSize) => ({ inputSizePx, miniBatchSize })),
    );
    return lawShapes(cells, { steps: false })[0]?.constants.length;
  };
  assert.equal(constantsOf([1, 64]), 1);
  assert.equal(constantsOf([1, 8, 64]), 14);
});
