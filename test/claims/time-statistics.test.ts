import assert from "node:assert/strict";
import { test } from "node:test";
import type { Condition } from "../../src/claims/claim.js";
import { judgeCondition } from "../../src/claims/judge-claims.js";
import type { ClaimEvidence, Statistic } from "../../src/claims/statistic.js";
import { bootstrapStatistic, exactStatistic, intervalStatistic } from "../../src/claims/statistic.js";
import { linearOverQuadraticError, linearRSquared, warmupOverLatency } from "../../src/claims/time-statistics.js";
import { seededRandom } from "../../src/core/seeded-random.js";
import { fitDevice } from "../../src/fit/fit-dataset.js";
import { DEVICE, simulatedTrial } from "../fit/simulated-device.js";

const BATCHES = [1, 2, 3, 4, 6, 8, 12, 16];
const LINEAR: readonly Condition[] = [
  { statistic: "linear_r_squared", input_size_px: 224, at_least: 0.98 },
  { statistic: "linear_over_quadratic_error", at_most: 1.2 },
];

type Times = readonly (readonly [sizePx: number, batch: number, latencyMs: number, warmupMs: number])[];

function evidence(times: Times): ClaimEvidence {
  const trials = times.map(([size, batch, steadyMedianMs, firstInferenceMs], index) => ({
    ...simulatedTrial(size, batch, Infinity, index),
    steadyMedianMs,
    firstInferenceMs,
  }));
  return {
    fit: fitDevice(DEVICE, undefined, trials, () => []),
    ranking: () => Promise.reject(new Error("not asked for")),
  };
}

function values(statistic: Statistic): { value: number; low: number; high: number; detail: string } {
  assert.ok(statistic.value !== undefined, JSON.stringify(statistic));
  return { value: statistic.value, ...statistic.interval, detail: statistic.detail };
}

function close(found: number, expected: number): void {
  assert.ok(Math.abs(found - expected) < 1e-9, `${found} is not ${expected}`);
}

const SCATTERED: Times = [
  [64, 1, 10, 20],
  [64, 2, 13, 39],
  [64, 4, 22, 44],
  [64, 8, 41, 205],
  [64, 16, 70, 140],
  [96, 1, 5, 50],
  [96, 2, 9, 9],
  [96, 4, 16, 16],
  [96, 8, 35, 35],
  [128, 1, 9, 9],
  [128, 2, 90, 90],
  [128, 4, 20, 20],
];

test("the error of the linear law over that of the quadratic one counts sizes with four cells or more", async () => {
  // numpy, over the nine cells of 64 and 96 px; 128 px has three, of which no quadratic is left without one.
  const found = values(await linearOverQuadraticError(evidence(SCATTERED), undefined));
  // Medians of nine errors each: 0.0802 and 0.1037.
  close(found.value, 0.08016212010180357 / 0.10371658473699741);
  assert.equal(found.detail, "left-out error of linear over quadratic, 9 cells");
  assert.ok(found.low < found.value && found.value < found.high);
  const few = await linearOverQuadraticError(evidence(SCATTERED.slice(9)), undefined);
  assert.deepEqual(few, { value: undefined, reason: "no input size has 4 mini-batch sizes" });
});

test("R² is that of the linear law at the size asked for, from three cells on", async () => {
  const found = values(await linearRSquared(evidence(SCATTERED), 64));
  close(found.value, 0.9962079779041173); // numpy
  assert.equal(found.detail, "R² at 64 px");
  assert.ok(found.low > 0.9 && found.low < found.value && found.high >= found.value && found.high <= 1);
  assert.ok(values(await linearRSquared(evidence(SCATTERED), 128)).value < 0.5, "three cells far from a line");
  const none = await linearRSquared(evidence(SCATTERED), undefined);
  assert.deepEqual(none, { value: undefined, reason: "fewer than 3 cells at no px" });
  const two = await linearRSquared(evidence(SCATTERED.slice(0, 2)), 64);
  assert.deepEqual(two, { value: undefined, reason: "fewer than 3 cells at 64 px" });
});

test("warm-up over latency is the median over cells of medians over trials", async () => {
  // By hand: (10, 20, 90)/(10, 10, 40) → 20/10 = 2, 39/13 = 3 and 50/5 = 10.
  const times: Times = [
    [64, 1, 10, 10],
    [64, 1, 10, 20],
    [64, 1, 40, 90],
    [64, 2, 13, 39],
    [96, 1, 5, 50],
  ];
  const found = values(await warmupOverLatency(evidence(times), undefined));
  close(found.value, 3);
  // By hand: of three cells two are on one side of the median in any case. Student's t of 2 degrees, of logarithms.
  close(found.low, 0.489364958);
  close(found.high, 31.31852495194);
  assert.equal(found.detail, "W / L, median of 3 cells, 2.00 to 10.00");
  const one = await warmupOverLatency(evidence(times.slice(-1)), undefined);
  assert.deepEqual(one, { value: undefined, reason: "fewer than 2 cells" });
});

test("the median of W / L of few cells is between the smallest and the largest, whatever their distribution", async () => {
  const cells = (count: number): Times =>
    Array.from({ length: count }, (_, index) => [64, index + 1, 10, 10 * (index + 1)] as const);
  const intervalOf = async (count: number) => values(await warmupOverLatency(evidence(cells(count)), undefined));
  // All of six are on one side in 2 × 2⁻⁶ = 3 % of cases; all but one of seven in 12 %.
  for (const count of [6, 7]) {
    const { low, high } = await intervalOf(count);
    assert.deepEqual([low, high], [1, count]);
  }
  const { low, high } = await intervalOf(8);
  assert.ok(low >= 1 && high <= 8 && high - low < 7, "eight are resampled");
});

test("a bootstrap interval holds the middle 95 % of resampled statistics", () => {
  // Sixteen items, half of them 0 and half 1: the sum of 16 draws is binomial(16, 1/2), whose 2.5 % and 97.5 %
  // quantiles are 4 and 12 (scipy.stats.binom.ppf).
  const items = Array.from({ length: 16 }, (_, index) => index % 2);
  const found = values(bootstrapStatistic(items, (sample) => sample.reduce((sum, item) => sum + item, 0), "sum"));
  assert.deepEqual(found, { value: 8, low: 4, high: 12, detail: "sum" });
  const resampled = [...Array.from({ length: 41 }, (_, index) => index), Number.NaN, Infinity];
  // numpy.quantile over 0 to 40: at 0.025 × 40 and 0.975 × 40.
  assert.deepEqual(values(intervalStatistic(20, resampled, "x")), { value: 20, low: 1, high: 39, detail: "x" });
  assert.deepEqual(values(intervalStatistic(50, resampled, "x")), { value: 50, low: 1, high: 50, detail: "x" });
  assert.deepEqual(values(intervalStatistic(0.5, resampled, "x")), { value: 0.5, low: 0.5, high: 39, detail: "x" });
  assert.deepEqual(intervalStatistic(Number.NaN, resampled, "x"), { value: undefined, reason: "too few cells" });
  assert.deepEqual(intervalStatistic(1, [Number.NaN], "x"), { value: undefined, reason: "too few cells" });
  assert.deepEqual(values(exactStatistic(3, "x")), { value: 3, low: 3, high: 3, detail: "x" });
});

test("a line that only noise bends is not refuted, and one that is bent beyond its noise is", async () => {
  const random = seededRandom(5, "claims");
  const timesOf = (latencyMs: (batch: number) => number, noise: number): Times =>
    BATCHES.flatMap((batch) =>
      [1, 2, 3].map((): Times[number] => [224, batch, latencyMs(batch) * Math.exp(noise * random.normal()), 100]),
    );
  const verdicts = async (times: Times) => {
    const judged = [];
    for (const condition of LINEAR) judged.push(await judgeCondition(condition, evidence(times)));
    return judged;
  };
  const line = (batch: number) => 10 + 5 * batch;
  const bent = (batch: number) => (BATCHES.indexOf(batch) % 2 === 1 ? 3 : 1) * line(batch);
  const [noisyR2, noisyRatio] = await verdicts(timesOf(line, 0.5));
  assert.ok(
    noisyR2?.statistic.value !== undefined && noisyR2.statistic.interval.high < 0.98,
    "by R² alone it is refuted",
  );
  assert.equal(noisyR2.verdict, "inconclusive");
  assert.match(noisyR2.reason, /; the noise between processes alone would make it 0\.\d+$/);
  assert.notEqual(noisyRatio?.verdict, "not reproduced");
  // Every other mini-batch takes three times as long, while processes repeat within 1 %.
  const [bentR2, bentRatio] = await verdicts(timesOf(bent, 0.01));
  assert.equal(bentR2?.verdict, "not reproduced");
  assert.doesNotMatch(bentR2?.reason ?? "", /noise/);
  assert.notEqual(bentRatio?.verdict, undefined);
  // Nothing was repeated: nothing is known of noise, and data count as they are.
  const once = (batch: number): Times[number] => [224, batch, bent(batch), 100];
  const [alone] = await verdicts(BATCHES.map(once));
  assert.ok(alone?.statistic.value !== undefined && alone.statistic.noiseAlone === undefined);
});
