import assert from "node:assert/strict";
import { test } from "node:test";
import { featureMatrix } from "../../src/rank/feature-matrix.js";

const column = (name: string, values: (number | undefined)[], knownBefore = true) => ({ name, knownBefore, values });

test("columns without information are dropped with a reason, near-duplicates folded, gaps filled", () => {
  const matrix = featureMatrix([
    column("size", [1, 2, 3, 4, 5]),
    column("none", [undefined, undefined, undefined, undefined, undefined]),
    column("same", [7, 7, 7, 7, undefined]),
    column("minus size", [-1, -2, -3.01, -4, -5], false),
    column("gaps", [undefined, undefined, 3, 1, 2]),
    column("other", [5, 1, undefined, 4, 2]),
  ]);
  assert.deepEqual(matrix.dropped, [
    { name: "none", reason: "empty" },
    { name: "same", reason: "constant" },
    { name: "gaps", reason: "mostly missing" },
  ]);
  assert.deepEqual(matrix.groups, [
    { name: "size", members: ["size", "minus size"], knownBefore: true },
    { name: "other", members: ["other"], knownBefore: true },
  ]);
  assert.deepEqual(matrix.rows, [
    [1, 5],
    [2, 1],
    [3, 3],
    [4, 4],
    [5, 2],
  ]);
});
