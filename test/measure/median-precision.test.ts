import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../src/core/seeded-random.js";
import { median, sorted } from "../../src/core/statistics.js";
import { medianPrecision } from "../../src/measure/median-precision.js";
import { medianInterval } from "../core/median-interval.js";
import { correlatedLatencies } from "../worlds/correlated-latencies.js";

const INDEPENDENT = { kind: "normal", correlation: 0, deviation: 0.05 } as const;

function series(world: Parameters<typeof correlatedLatencies>[0], count: number, stream = ""): number[] {
  const next = correlatedLatencies(world, seededRandom(1, stream));
  return Array.from({ length: count }, next);
}

test("of independent values the interval is about that of the order statistics alone", () => {
  for (const [count, atMost] of [
    [200, 1.2],
    [2000, 1.15],
  ] as const) {
    const ratios = Array.from({ length: 9 }, (_, index) => {
      const values = series(INDEPENDENT, count, `${index}`);
      const centre = median(sorted(values));
      const { low, high } = medianInterval(sorted(values), 0.95) ?? { low: 0, high: 0 };
      return medianPrecision(values).relativeHalfWidth / (Math.max(high - centre, centre - low) / centre);
    });
    const ratio = median(sorted(ratios));
    assert.ok(ratio > 0.95 && ratio < atMost, `${count}: ${ratio}`);
  }
});

test("as many independent values say as much as theory has it, interrupted or not", () => {
  // 1 + 2 Σ (2/π)·arcsin(0.8^k) = 6.4: of 32,000 values as much is known as of 5,000 independent ones. Interruptions
  // stand above the median by chance, which makes it a little better known than that; hidden in their size the
  // autocorrelation would seem to be 0.03.
  for (const [kind, atMost] of [
    ["normal", 5900],
    ["interrupted", 7000],
  ] as const) {
    const { independent } = medianPrecision(series({ kind, correlation: 0.8, deviation: 0.02 }, 32_000));
    assert.ok(independent > 4400 && independent < atMost, `${kind}: ${independent}`);
  }
  const alike = series(INDEPENDENT, 4000);
  assert.ok(medianPrecision(alike).independent > 3600);
});

test("values that drift are known as badly as their batches scatter, whatever the values between say", () => {
  const values = series(INDEPENDENT, 800).map((value, index) => value * (1 + (0.3 * Math.floor(index / 50)) / 16));
  // Batch medians from 1 to 1.28 in 16 even steps scatter by 0.089: ± 2.13 · 0.089 / 4 over 1.14.
  const { relativeHalfWidth } = medianPrecision(values);
  assert.ok(relativeHalfWidth > 0.04, String(relativeHalfWidth));
});

test("equal values have no width, and where too few say anything there is no interval", () => {
  assert.equal(medianPrecision(new Array(64).fill(4)).relativeHalfWidth, 0);
  assert.equal(medianPrecision([4, 4, 4, 4, 4]).relativeHalfWidth, Number.POSITIVE_INFINITY);
  const growing = Array.from({ length: 200 }, (_, index) => 100 + index);
  assert.equal(medianPrecision(growing).relativeHalfWidth, Number.POSITIVE_INFINITY, "a trend is one value");
});

test("the half width is the farther end of the interval, over the median", () => {
  // In turn 10 and a little more, now and then much more: the upper end is far, the lower one near.
  const random = seededRandom(2);
  const skewed = Array.from({ length: 400 }, () => 10 + Math.exp(random.normal()));
  const mirrored = skewed.map((value) => 40 - value);
  const [right, left] = [medianPrecision(skewed), medianPrecision(mirrored)];
  const [centre, mirror] = [median(sorted(skewed)), median(sorted(mirrored))];
  assert.ok(Math.abs((right.relativeHalfWidth * centre) / (left.relativeHalfWidth * mirror) - 1) < 0.02);
});
