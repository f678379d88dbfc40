import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeClaims } from "../../src/claims/judge-claims.js";
import { leastRooflineExponent, rooflineExponent } from "../../src/claims/roofline-exponent.js";
import { seededRandom } from "../../src/core/seeded-random.js";
import type { Observation } from "../../src/fit/observed/observation.js";
import { fitPublished } from "../../src/fleet/published-work.js";
import { publishedCurve } from "../../src/importing/published.js";
import { FROM, importedTable } from "../importing/imported.js";

const SIZES = [1, 2, 4, 8, 16, 32, 64, 128];

/** Latencies of a device whose exponent is known. */
function observed(exponent: number, deviation: number, trials: number, seed = 1): Observation[] {
  const random = seededRandom(seed, `roofline ${exponent}`);
  return SIZES.flatMap((miniBatchSize) =>
    Array.from({ length: trials }, () => ({
      inputSizePx: 224,
      miniBatchSize,
      value:
        (9 ** exponent + (0.3 * miniBatchSize) ** exponent) ** (1 / exponent) * Math.exp(deviation * random.normal()),
    })),
  );
}

test("the exponent of a known roofline is found, and 1 of a line", () => {
  for (const exponent of [1, 2, 4]) {
    const found = rooflineExponent(observed(exponent, 0, 1));
    assert.ok(found !== undefined && Math.abs(Math.log(found.value / exponent)) < 0.06, `${exponent}: ${found?.value}`);
    assert.ok(
      Math.abs(found.flatMs / 9 - 1) < 0.02 && Math.abs(found.perImageMs / 0.3 - 1) < 0.02,
      JSON.stringify(found),
    );
  }
});

test("its interval holds the truth about as often as it says, repeated or not", () => {
  for (const trials of [1, 3]) {
    for (const exponent of [1, 2]) {
      let held = 0;
      for (let seed = 0; seed < 60; seed++) {
        const { interval } = rooflineExponent(observed(exponent, 0.03, trials, seed)) ?? {
          interval: { low: 0, high: 0 },
        };
        // The grid is of steps of 4.7 %.
        if (interval.low <= exponent * 1.025 && interval.high >= exponent / 1.025) held++;
      }
      assert.ok(held >= 52, `${trials} trials, ${exponent}: ${held} of 60`);
    }
  }
});

test("an A100's latency is no line, and a line's least exponent is 1", async () => {
  const fit = fitPublished(publishedCurve("15"));
  const evidence = { fit, ranking: () => Promise.reject(new Error("not asked for")) };
  const statistic = await leastRooflineExponent(evidence, 224);
  assert.ok(statistic.value !== undefined && statistic.value > 1.5, JSON.stringify(statistic));
  const few = await leastRooflineExponent(evidence, 192);
  assert.deepEqual(few, { value: undefined, reason: "fewer than 4 trials or 3 mini-batch sizes at 192 px" });
});

test("the claim of linearity is judged with it where no cell was repeated", async () => {
  const claimOf = async (latencyMs: (size: number) => number) => {
    const rows = SIZES.map((size) => `${size},${latencyMs(size)}`);
    const { folder } = await importedTable(`batch,latency (ms)\n${rows.join("\n")}\n`, {}, FROM);
    const judged = await judgeClaims(folder);
    const [linear] = judged;
    return [linear?.verdict, ...(linear?.conditions ?? []).map(({ verdict }) => verdict)];
  };
  // The other condition needs repeated cells: without them a line is not reproduced, but a roof is refuted.
  assert.deepEqual(await claimOf((size) => 9 + 0.3 * size), ["inconclusive", "inconclusive", "reproduced"]);
  assert.deepEqual(await claimOf((size) => Math.max(9, 0.3 * size)), [
    "not reproduced",
    "inconclusive",
    "not reproduced",
  ]);
});
