import assert from "node:assert/strict";
import { test } from "node:test";
import { stoppingIn } from "../../bench/truth/stopping.js";
import { StoppingWatch } from "../../src/measure/stopping.js";

const RULE = { min_inferences: 10, max_inferences: 1000, max_steady_ms: 5000, relative_half_width: 0.01 };

/** What the watch says after each of some latencies. */
function verdicts(latenciesMs: readonly number[], more: Partial<typeof RULE> = {}) {
  const watch = new StoppingWatch({ ...RULE, ...more });
  return latenciesMs.map((latencyMs) => watch.add(latencyMs));
}

const goingOn = (count: number) => new Array(count).fill(undefined);
/** Seven times 1 ms and 3 ms in turn: never a narrow interval. */
const WIDE = Array.from({ length: 200 }, (_, index) => (index % 2 === 0 ? 1 : 3));

test("equal latencies end a trial by the interval, after as many as tell an autocorrelation and not before", () => {
  assert.deepEqual(verdicts(new Array(64).fill(4)), [...goingOn(63), "interval"]);
  const said = verdicts(new Array(80).fill(4), { min_inferences: 80 });
  assert.deepEqual(said, [...goingOn(79), "interval"], "the design's least number counts where it is larger");
});

test("between looks a trial goes on, and each look is at a tenth more", () => {
  const wideThenEqual = [...WIDE.slice(0, 63), ...new Array(500).fill(2)];
  const stoppedAfter = verdicts(wideThenEqual, { max_inferences: 1e6, max_steady_ms: 1e6 }).indexOf("interval") + 1;
  const looks = [64, 71, 79, 87, 96, 106, 117, 129, 142, 157, 173, 191, 211, 233, 257, 283, 312, 344, 379, 417, 459];
  assert.ok(looks.includes(stoppedAfter), String(stoppedAfter));
});

test("a trial whose interval stays wide ends at the largest number of inferences", () => {
  assert.deepEqual(verdicts(WIDE.slice(0, 12), { max_inferences: 12 }), [...goingOn(11), "max_inferences"]);
  assert.equal(verdicts(WIDE, { max_inferences: 200 }).at(-1), "max_inferences");
});

test("a trial whose interval stays wide ends when its steady inferences took the time that they may", () => {
  // 1 + 3 ms a pair: 20 ms after ten inferences, 24 ms after twelve.
  assert.deepEqual(verdicts(WIDE.slice(0, 12), { max_steady_ms: 24 }), [...goingOn(11), "max_steady_ms"]);
  assert.deepEqual(verdicts(WIDE.slice(0, 10), { max_steady_ms: 1 }), [...goingOn(9), "max_steady_ms"]);
});

test("a narrow interval is the reason where a limit is reached at a look", () => {
  assert.equal(verdicts(new Array(64).fill(4), { max_inferences: 64, max_steady_ms: 1e6 }).at(-1), "interval");
  assert.equal(verdicts(WIDE.slice(0, 64), { max_inferences: 64, max_steady_ms: 1e6 }).at(-1), "max_inferences");
});

test("a trial that stops knows its median as well as asked for, also where inferences resemble those before", () => {
  for (const correlation of [0, 0.5, 0.8]) {
    const outcome = stoppingIn({ kind: "normal", correlation, deviation: 0.03 }, 150);
    assert.ok(outcome.coverage >= 0.93, `${correlation}: ${outcome.coverage}`);
    assert.ok(outcome.overOracle <= 1.5, `${correlation}: ${outcome.overOracle} times an oracle's inferences`);
  }
  const interrupted = stoppingIn({ kind: "interrupted", correlation: 0.8, deviation: 0.02 }, 150);
  assert.ok(interrupted.coverage >= 0.93, `interrupted: ${interrupted.coverage}`);
});
