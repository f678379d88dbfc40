import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeCondition } from "../../src/claims/judge-claims.js";
import type { ClaimEvidence } from "../../src/claims/statistic.js";
import { fourParameterError } from "../../src/claims/warmup-statistics.js";
import { UserError } from "../../src/core/user-error.js";
import { fitQuantity } from "../../src/fit/quantity-fit.js";
import type { DatasetRanking } from "../../src/rank/rank-dataset.js";

/** A ranking whose four-parameter model errs by these ratios, row by row; rows of a cluster are one cell. */
function rankingOf(errors: readonly number[], clusters: readonly number[], noiseFloor?: number): ClaimEvidence {
  const predictions = errors.map((error, row) => ({ row, measuredMs: 100 * (1 + error), predictedMs: 100 }));
  const ranking = {
    clusters,
    fourParameters: { parameters: ["a", "b", "c", "d"], leftOutError: 0, predictions: predictions.reverse() },
  } as unknown as DatasetRanking;
  const warmup = { noiseFloor, observations: [] };
  return { fit: { warmup }, ranking: () => Promise.resolve(ranking) } as unknown as ClaimEvidence;
}

const CONDITION = { statistic: "four_parameter_error", at_most: 0.2 } as const;

test("the claim of four parameters is judged by the median error on left-out cells", async () => {
  const judged = await judgeCondition(CONDITION, rankingOf([0.1, -0.1, 0.12, 0.08, -0.15], [0, 1, 2, 3, 4]));
  assert.equal(judged.verdict, "reproduced");
  assert.ok(Math.abs((judged.statistic.value ?? 0) - 0.1) < 1e-12);
  assert.equal(
    judged.reason,
    "four_parameter_error = 0.1 (0.08 to 0.15), at most 0.2 asked for; a, b, c, d; left-out error of the law unknown, " +
      "noise floor unknown",
  );
  const bad = await judgeCondition(CONDITION, rankingOf([0.3, -0.4, 0.25, 0.5], [0, 1, 2, 3]));
  assert.equal(bad.verdict, "not reproduced");
  const mixed = await judgeCondition(CONDITION, rankingOf([0.1, 0.1, 0.5, 0.5], [0, 1, 2, 3]));
  assert.equal(mixed.verdict, "inconclusive");
});

test("where repeated processes differ by as much as the claim allows an error, they refute nothing", async () => {
  const errors = [0.3, -0.4, 0.25, 0.5];
  // No model does better than the noise floor; 1.2 times that is as good: 0.18 and 0.216 beside 0.2.
  const quiet = await judgeCondition(CONDITION, rankingOf(errors, [0, 1, 2, 3], 0.15));
  assert.equal(quiet.verdict, "not reproduced");
  const noisy = await judgeCondition(CONDITION, rankingOf(errors, [0, 1, 2, 3], 0.18));
  assert.equal(noisy.verdict, "inconclusive");
  assert.match(
    noisy.reason,
    /, at most 0\.2 asked for; a, b, c, d; .*, noise floor 0\.1800; the noise between processes alone would make it 0\.216$/,
  );
  const good = await judgeCondition(CONDITION, rankingOf([0.1, 0.1, 0.1, 0.1], [0, 1, 2, 3], 0.18));
  assert.equal(good.verdict, "reproduced", "what is right in spite of noise is right");
});

test("beside the error stands that of the law of size and mini-batch, on trials of cells that it has not seen", async () => {
  const observations = [1, 2, 4, 8, 16].flatMap((miniBatchSize) =>
    [0.99, 1, 1.01].map((scale) => ({
      ...{ inputSizePx: 224, miniBatchSize },
      value: (10 + 5 * miniBatchSize) * scale,
    })),
  );
  const evidence = rankingOf([0.1, 0.1, 0.1, 0.1], [0, 1, 2, 3]);
  const real = { ...evidence, fit: { ...evidence.fit, warmup: fitQuantity("warmup_ms", observations) } };
  const { reason } = await judgeCondition(CONDITION, real);
  const [, law, floor] = /left-out error of the law ([\d.]+), noise floor ([\d.]+)$/.exec(reason) ?? [];
  // A line is exact but for its trials: two of three are 1 % off.
  assert.ok(Math.abs(Number(law) - 0.01) < 0.001, reason);
  assert.ok(Number(floor) > 0.005 && Number(floor) < 0.02, reason);
});

test("cells are resampled, not rows: three rows of one cell are no three observations", async () => {
  // Of two cells each is drawn twice in a quarter of the samples: 0.1 and 0.5 are both within the middle 95 %.
  const found = await fourParameterError(
    rankingOf([0.1, ...new Array<number>(9).fill(0.5)], [7, ...new Array<number>(9).fill(3)]),
    undefined,
  );
  assert.ok(found.value !== undefined);
  assert.ok(Math.abs(found.value - 0.5) < 1e-12);
  assert.ok(Math.abs(found.interval.low - 0.1) < 1e-12 && Math.abs(found.interval.high - 0.5) < 1e-12);
});

test("without a ranking there is a reason in place of a value, and an unexpected error is no reason", async () => {
  const none = { ranking: () => Promise.reject(new UserError("19 trials")) } as unknown as ClaimEvidence;
  assert.deepEqual(await fourParameterError(none, undefined), { value: undefined, reason: "19 trials" });
  const explained = { ranking: () => Promise.resolve({ clusters: [] }) } as unknown as ClaimEvidence;
  assert.deepEqual(await fourParameterError(explained, undefined), {
    value: undefined,
    reason: "no ranking of what is known beforehand",
  });
  const broken = { ranking: () => Promise.reject(new TypeError("broken")) } as unknown as ClaimEvidence;
  await assert.rejects(async () => fourParameterError(broken, undefined), /TypeError: broken/);
});
