import assert from "node:assert/strict";
import { test } from "node:test";
import { chiSquareQuantile } from "../../src/core/chi-square.js";

test("quantiles of χ² are those of scipy", () => {
  // scipy.stats.chi2.ppf
  for (const [p, degrees, expected] of [
    [0.025, 1, 0.0009820691171752555],
    [0.975, 1, 5.023886187314888],
    [0.975, 4, 11.143286781877796],
    [0.5, 2.5, 1.8738477677808791],
    [0.025, 212, 173.56822953365102],
    [0.975, 5000, 5197.883771923797],
  ] as const) {
    assert.ok(
      Math.abs(chiSquareQuantile(p, degrees) / expected - 1) < 1e-9,
      `${p} ${degrees}: ${chiSquareQuantile(p, degrees)}`,
    );
  }
});
