import assert from "node:assert/strict";
import { test } from "node:test";
import { NOISES } from "../../../bench/truth/promises.js";
import { seededRandom } from "../../../src/core/seeded-random.js";
import { noiseTail, tailCumulative } from "../../../src/fit/law/noise-tail.js";

function found(noise: string, count = 90, sets = 60) {
  return Array.from({ length: sets }, (_, set) => {
    const random = seededRandom(3, `${noise} ${set}`);
    const values = Array.from({ length: count }, () => 0.1 * (NOISES[noise]?.(random) ?? Number.NaN));
    const mean = values.reduce((sum, value) => sum + value, 0) / count; // what is left of a fit has none
    return noiseTail(values.map((value) => value - mean));
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

test("noise of which some is slower is seen to reach further upwards, and neither normal nor symmetric noise is", () => {
  const skewed = (noise: string) => found(noise).filter((tail) => tail !== undefined && tail.skew > 1).length;
  assert.ok(skewed("one in ten slower by 3 sd") >= 36, String(skewed("one in ten slower by 3 sd")));
  assert.ok(skewed("normal") <= 6, String(skewed("normal")));
  assert.ok(skewed("Student's t, 3 degrees") <= 12, String(skewed("Student's t, 3 degrees")));
});

test("the distribution of skewed noise has the mean and the share that it should, by summing up", () => {
  const tail = { degrees: 7, scale: 0.8, skew: 1.5 };
  // Oracle: the density of Fernández and Steel, summed up here.
  const step = 0.001;
  const density = (z: number) => (1 + (z < 0 ? z * 1.5 : z / 1.5) ** 2 / 7) ** -4;
  const places = Array.from({ length: 80_000 }, (_, index) => (index - 40_000) * step);
  const total = places.reduce((sum, z) => sum + density(z), 0);
  const mean = places.reduce((sum, z) => sum + z * density(z), 0) / total;
  for (const deviations of [-2, -0.5, 0, 0.7, 2, 4]) {
    const below = places.reduce((sum, z) => sum + (0.8 * (z - mean) <= deviations ? density(z) : 0), 0) / total;
    assert.ok(Math.abs(tailCumulative(tail, deviations) - below) < 0.002, `${deviations}`);
  }
  assert.equal(tailCumulative({ ...tail, skew: 1 }, 0), 0.5);
});
