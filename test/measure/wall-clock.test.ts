import assert from "node:assert/strict";
import { test } from "node:test";
import { openWallClock } from "../../src/measure/wall-clock.js";

test("a wall clock that was set is told once, with the way and how far, and slow adjustment is none", () => {
  let [wall, steady] = [Date.UTC(2026, 10, 27, 8), 1000];
  const clock = openWallClock(
    () => wall,
    () => steady,
  );
  const after = (wallMs: number, steadyMs: number) => {
    [wall, steady] = [wall + wallMs, steady + steadyMs];
    return clock.now();
  };
  assert.deepEqual(after(60_000, 60_000), { startedAt: "2026-11-27T08:01:00.000Z" });
  assert.deepEqual(after(3_601_000, 3_600_000).caution, undefined, "NTP slews so far");
  const back = after(-3 * 3_600_000 + 5000, 5000);
  assert.equal(back.startedAt, "2026-11-27T06:01:06.000Z");
  assert.match(back.caution ?? "", /^clock jumped: the wall clock was set back by 3 h before this trial, /);
  assert.equal(after(5000, 5000).caution, undefined);
  assert.match(after(65_000, 5000).caution ?? "", /set forwards by 1 min before/);
});
