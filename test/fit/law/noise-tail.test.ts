import assert from "node:assert/strict";
import { test } from "node:test";
import { NOISES } from "../../../bench/truth/promises.js";
import { seededRandom } from "../../../src/core/seeded-random.js";
import { noiseTail } from "../../../src/fit/law/noise-tail.js";

function found(noise: string, count = 90, sets = 60) {
  return Array.from({ length: sets }, (_, set) => {
    const random = seededRandom(3, `${noise} ${set}`);
    return noiseTail(Array.from({ length: count }, () => 0.1 * (NOISES[noise]?.(random) ?? Number.NaN)));
  });
}

test("far values are seen in noise that has them, and next to never in normal noise", () => {
  const seen = (noise: string) => found(noise).filter((tail) => tail !== undefined).length;
  assert.ok(seen("Student's t, 3 degrees") >= 50, String(seen("Student's t, 3 degrees")));
  assert.ok(seen("normal") <= 6, String(seen("normal")));
});

test("a tail has the degrees and the scale of the noise that it is of", () => {
  const random = seededRandom(8, "many");
  const many = Array.from({ length: 4000 }, () => NOISES["Student's t, 3 degrees"]?.(random) ?? Number.NaN);
  const { degrees, scale } = noiseTail(many) ?? assert.fail();
  const deviation = Math.sqrt(many.reduce((sum, value) => sum + value ** 2, 0) / many.length);
  assert.equal(degrees, 3);
  assert.ok(Math.abs(scale * deviation * Math.sqrt(3) - 1) < 0.05, `${scale * deviation * Math.sqrt(3)}`);
});

test("of few trials, or of trials that are all alike, nothing is said", () => {
  assert.equal(noiseTail([...new Array<number>(18).fill(0.01), 5]), undefined);
  assert.ok(noiseTail([...new Array<number>(18).fill(0.01), -0.01, 5]) !== undefined);
  assert.equal(noiseTail(new Array<number>(50).fill(0)), undefined);
});
