import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../src/core/seeded-random.js";
import { median, sorted } from "../../src/core/statistics.js";
import { StoppingWatch } from "../../src/measure/stopping.js";
import { medianInterval } from "../core/median-interval.js";

const RULE = { min_inferences: 10, max_inferences: 1000, max_steady_ms: 5000, relative_half_width: 0.01 };

/** What the watch says after each of some latencies. */
function verdicts(latenciesMs: readonly number[], more: Partial<typeof RULE> = {}) {
  const watch = new StoppingWatch({ ...RULE, ...more });
  const said = latenciesMs.map((latencyMs) => watch.add(latencyMs));
  return { said, halfWidth: watch.relativeHalfWidth() };
}

const GOING_ON = new Array(9).fill(undefined);
/** Seven times 1 ms and 3 ms in turn: never a narrow interval. */
const WIDE = Array.from({ length: 14 }, (_, index) => (index % 2 === 0 ? 1 : 3));

test("equal latencies end a trial by the interval, after the least number of inferences and not before", () => {
  assert.deepEqual(verdicts(new Array(10).fill(4)), { said: [...GOING_ON, "interval"], halfWidth: 0 });
  const { said } = verdicts(new Array(12).fill(4), { min_inferences: 12 });
  assert.deepEqual(said, [...new Array(11).fill(undefined), "interval"]);
});

// Oracle: the ranks of the 95 % interval of the median of ten values are 2 and 9 (Conover).
const TEN: [values: number[], halfWidth: number][] = [
  [[4, 9, 1, 10, 7, 2, 6, 3, 8, 5], 3.5 / 5.5],
  [[1, 2, 3, 4, 5, 6, 7, 8, 20, 30], 14.5 / 5.5],
  [[10, 10, 10, 2, 10, 1, 10, 10, 10, 10], 8 / 10],
];

test("the half width is the farther end of the median's interval over the median, in whatever order values come", () => {
  for (const [values, halfWidth] of TEN) {
    assert.equal(verdicts(values).halfWidth, halfWidth);
    assert.equal(verdicts([...values].reverse()).halfWidth, halfWidth);
    const enough = { relative_half_width: halfWidth };
    assert.equal(verdicts(values, enough).said.at(-1), "interval", "just wide enough is enough");
    assert.equal(verdicts(values, { relative_half_width: halfWidth - 1e-9 }).said.at(-1), undefined);
  }
});

test("below six inferences there is no interval", () => {
  assert.equal(verdicts([4, 4, 4, 4, 4]).halfWidth, Number.POSITIVE_INFINITY);
  assert.equal(verdicts([4, 4, 4, 4, 4, 4]).halfWidth, 0);
});

test("a trial whose interval stays wide ends at the largest number of inferences", () => {
  const { said } = verdicts(WIDE.slice(0, 12), { max_inferences: 12 });
  assert.deepEqual(said, [...new Array(11).fill(undefined), "max_inferences"]);
});

test("a trial whose interval stays wide ends when its steady inferences took the time that they may", () => {
  // 1 + 3 ms a pair: 20 ms after ten inferences, 24 ms after twelve.
  assert.deepEqual(verdicts(WIDE.slice(0, 12), { max_steady_ms: 24 }).said, [
    ...new Array(11).fill(undefined),
    "max_steady_ms",
  ]);
  assert.deepEqual(verdicts(WIDE.slice(0, 10), { max_steady_ms: 1 }).said, [...GOING_ON, "max_steady_ms"]);
});

test("a narrow interval is the reason where a limit is reached with it", () => {
  const limits = { max_inferences: 10, max_steady_ms: 1 };
  assert.equal(verdicts(new Array(10).fill(4), limits).said.at(-1), "interval");
  assert.equal(verdicts(WIDE.slice(0, 10), limits).said.at(-1), "max_inferences");
});

/** Oracle: everything sorted and summed anew for every inference. */
function halfWidthOfAll(latenciesMs: readonly number[]): number {
  const values = sorted(latenciesMs);
  const interval = medianInterval(values, 0.95);
  if (interval === undefined) return Number.POSITIVE_INFINITY;
  const centre = median(values);
  return Math.max(interval.high - centre, centre - interval.low) / centre;
}

const random = seededRandom(1, "latencies");
const DRAWN: Record<string, () => number> = {
  scattered: () => 10 + 3 * random.normal(),
  "of a coarse clock": () => random.integer(3, 6),
  "now and then interrupted": () => (random.integer(0, 9) === 0 ? 50 : 5) + random.normal(),
};

for (const [name, draw] of Object.entries(DRAWN)) {
  test(`after every inference the half width is to the last digit that of all latencies, where they are ${name}`, () => {
    const latenciesMs = Array.from({ length: 1200 }, draw);
    const watch = new StoppingWatch({ ...RULE, max_inferences: 1e9, max_steady_ms: 1e9, relative_half_width: 1e-12 });
    for (const [index, latencyMs] of latenciesMs.entries()) {
      watch.add(latencyMs);
      assert.equal(watch.relativeHalfWidth(), halfWidthOfAll(latenciesMs.slice(0, index + 1)), `after ${index + 1}`);
    }
  });
}

test("after 100,000 inferences the half width is still that of all latencies", () => {
  const latenciesMs = Array.from({ length: 100_000 }, DRAWN.scattered ?? (() => 0));
  const { halfWidth } = verdicts(latenciesMs, { max_inferences: 1e9, max_steady_ms: 1e9, relative_half_width: 1e-12 });
  assert.equal(halfWidth, halfWidthOfAll(latenciesMs));
});
