import assert from "node:assert/strict";
import { test } from "node:test";
import { sliceStatistics, timeSlices } from "../../../src/hardware/system/time-slices.js";

test("lost time is what slices took beyond the fastest, and slow ones are those beyond 1.25 times it", () => {
  // 90 slices of 0.1 ms, 8 of 0.12 and 2 of 4.02: 17 + 0.96 ms in place of 10.
  const slices = [...new Array(90).fill(0.1), ...new Array(8).fill(0.12), 4.02, 4.02];
  const { loopMs, fastestMs, slowRatio, lostRatio } = sliceStatistics(slices);
  assert.equal(fastestMs, 0.1);
  assert.ok(Math.abs(loopMs - 18) < 1e-9);
  assert.equal(slowRatio, 0.02);
  assert.ok(Math.abs(lostRatio - 8 / 18) < 1e-9);
  assert.deepEqual([sliceStatistics([1, 1, 1]).lostRatio, sliceStatistics([1, 1, 1]).slowRatio], [0, 0]);
});

test("a loop takes the time that it was given, in slices, and says how long it waited where that is counted", () => {
  const waitedMs = [100, 105];
  const waiting = timeSlices(20, () => waitedMs.shift());
  assert.ok(waiting.loopMs >= 19 && waiting.fastestMs > 0, JSON.stringify(waiting));
  assert.ok(waiting.waitedRatio !== undefined && Math.abs(waiting.waitedRatio * waiting.loopMs - 5) < 1e-9);
  assert.equal(timeSlices(1, () => undefined).waitedRatio, undefined);
});
