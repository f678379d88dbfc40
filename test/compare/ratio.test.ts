import assert from "node:assert/strict";
import { test } from "node:test";
import { holmAdjusted } from "../../src/compare/holm.js";
import { noiseOfCells, sampleVariance } from "../../src/compare/noise.js";
import { ratioFrom } from "../../src/compare/ratio.js";
import { judgeRatio } from "../../src/compare/verdict.js";
import { meanOf } from "../../src/fit/observed/cell-logs.js";

const logs = (...values: readonly number[]) => values.map(Math.log);
const near = (actual: number | undefined, expected: number, what: string) =>
  assert.ok(Math.abs((actual ?? Number.NaN) / expected - 1) < 1e-6, `${what}: ${actual} for ${expected}`);

test("a ratio of means, its interval and its probability are those of Welch's test on logarithms in another library", () => {
  const [a, b] = [logs(10, 11, 12.5), logs(14, 15, 15.5, 17, 13)];
  const variances = [a, b].flatMap((side) => {
    const { variance = Number.NaN, degrees = Number.NaN } = sampleVariance(side) ?? {};
    return [{ variance: variance / side.length, degrees }];
  });
  const { ratio, interval, pValue } = ratioFrom(meanOf(b) - meanOf(a), variances);
  // scipy 1.17: ttest_ind(b, a, equal_var=False) and its confidence interval.
  near(ratio, 1.33440528678253, "ratio");
  near(interval?.low, 1.0710603875560893, "low");
  near(interval?.high, 1.6624996032727588, "high");
  near(pValue, 0.021939917093270672, "p");
});

test("a ratio without any variance is exact, and one of unknown variance has no interval", () => {
  assert.deepEqual(ratioFrom(0, [{ variance: 0, degrees: 2 }]), { ratio: 1, interval: { low: 1, high: 1 }, pValue: 1 });
  assert.equal(ratioFrom(0.1, [{ variance: 0, degrees: 2 }]).pValue, 0);
  assert.deepEqual(ratioFrom(0, undefined), { ratio: 1, interval: undefined, pValue: undefined });
});

test("the noise of a cell is drawn towards the law of all cells, and one that was not repeated has the law's", () => {
  const cells = [
    [64, 1, 1, 1.2, 1.1],
    [64, 4, 3, 3.1, 3.3],
    [128, 1, 2, 2.4],
    [128, 4, 8, 8.3, 7.9, 8.1],
    [224, 2, 12],
    [224, 16, 90, 91],
  ].map(([inputSizePx = 0, miniBatchSize = 0, ...values]) => ({ inputSizePx, miniBatchSize, logs: logs(...values) }));
  // scipy 1.17: the penalised gamma likelihood by Nelder and Mead, then (6 × law + squares) / (6 + degrees).
  const expected = [
    [0.00639512322360415, 7],
    [0.002232364006410656, 7],
    [0.006811600729497062, 7],
    [0.0014642900869864673, 7],
    [0.0029351949388205525, 6],
    [0.0006013372395746091, 7],
  ];
  const noise = noiseOfCells(cells) ?? [];
  assert.deepEqual(
    noise.map(({ degrees }) => degrees),
    expected.map(([, degrees]) => degrees),
  );
  for (const [index, [variance = 0]] of expected.entries()) near(noise[index]?.variance, variance, `cell ${index}`);
  assert.equal(noiseOfCells(cells.map((cell) => ({ ...cell, logs: cell.logs.slice(0, 1) }))), undefined);
});

test("p-values of several tests are those of Holm's procedure", () => {
  // R 4.5: p.adjust(c(0.01, 0.04, 0.03, 0.5), "holm")
  assert.deepEqual(holmAdjusted([0.01, 0.04, 0.03, 0.5]), [0.04, 0.09, 0.09, 0.5]);
  assert.deepEqual(holmAdjusted([0.8, 0.9]), [1, 1]);
});

test("a ratio is the same where its whole interval is within the margin, else what is significant, else undecided", () => {
  const judged = (ratio: number, low: number, high: number, adjustedP: number, quantity = "latency_ms" as const) =>
    judgeRatio(quantity, { ratio, interval: { low, high }, pValue: 0 }, adjustedP, 0.05, 0.05).verdict;
  assert.equal(judged(1.03, 1.01, 1.05, 0.001), "same", "a difference within the margin");
  assert.equal(judged(1.03, 1.01, 1.051, 0.001), "slower");
  assert.equal(judged(0.97, 1 / 1.0499, 0.99, 0.001), "same");
  assert.equal(judged(0.97, 0.95, 0.99, 0.001), "faster", "0.95 is beyond 1/1.05");
  assert.equal(judged(1.2, 1.01, 1.4, 0.051), "undecided");
  const memory = { ratio: 2, interval: { low: 1.9, high: 2.1 }, pValue: 0 };
  assert.equal(judgeRatio("peak_memory_mib", memory, 0, 0.05, 0.05).verdict, "more");
  assert.equal(
    judgeRatio("peak_memory_mib", { ...memory, interval: undefined }, undefined, 0.05, 0.05).verdict,
    "undecided",
  );
});
