import assert from "node:assert/strict";
import { mock, type TestContext, test } from "node:test";
import { barLine, showProgress, showTrees } from "../../../pipeline/terminal/progress.js";
import type { SweepEvent } from "../../../src/measure/sweep-event.js";

/** What is written on stderr, as where it is no terminal. */
function captured(context: TestContext): string[] {
  const written: string[] = [];
  const { isTTY } = process.stderr;
  process.stderr.isTTY = false;
  const write = mock.method(process.stderr, "write", (text: string) => written.push(text) > 0);
  context.after(() => {
    process.stderr.isTTY = isTTY;
    write.mock.restore();
  });
  return written;
}

/** The events of a trial of two images of 32 px. */
function ended(trial: number): SweepEvent {
  const cell = { inputSizePx: 32, miniBatchSize: 2 };
  return { kind: "trial_ended", planned: { cell, trial }, trial: { status: "ok" } } as SweepEvent;
}

test("each trial is a line with what is left by the mean of those that this run measured", (context) => {
  const written = captured(context);
  let nowMs = 5000;
  const { tell, end } = showProgress(() => nowMs);
  tell({ kind: "started", total: 4, alreadyDone: 1, droppedLines: 3 } as SweepEvent);
  nowMs += 10_000;
  tell(ended(1));
  nowMs += 20_000;
  tell(ended(2));
  tell({ kind: "extended", total: 6, goal: "largest mini-batch" });
  tell(ended(3));
  tell({ kind: "extended", total: 7, goal: "latency" });
  tell({ kind: "extended", total: 9, goal: "another session" });
  end();
  assert.deepEqual(written, [
    "resuming: 1 of 4 trials measured\n",
    "dropped 3 lines of an unfinished trial\n",
    "2/4 32 px × 2, trial 1: ok, ETA 20 s\n",
    "3/4 32 px × 2, trial 2: ok, ETA 15 s\n",
    "2 more trials to find the largest mini-batch\n",
    "4/6 32 px × 2, trial 3: ok, ETA 20 s\n",
    "1 more trial of cells whose latency is not yet known as well as the design wants\n",
    "2 more trials in a session of their own\n",
  ]);
});

test("what is left is by the monotonic clock, which nobody sets, and at the end nothing is said to be left", (context) => {
  const written = captured(context);
  mock.timers.enable({ apis: ["Date"], now: 1_800_000_000_000 });
  context.after(() => mock.timers.reset());
  const { tell } = showProgress();
  tell({ kind: "started", total: 2, alreadyDone: 0, droppedLines: 0 } as SweepEvent);
  mock.timers.setTime(1_700_000_000_000); // the wall clock is set back by three years
  tell(ended(1));
  tell(ended(2));
  assert.match(written[0] ?? "", /^1\/2 32 px × 2, trial 1: ok, ETA [\d.]+ (us|ms)\n$/);
  assert.equal(written[1], "2/2 32 px × 2, trial 2: ok\n");
});

test("what a machine does that measurements will suffer from is told before the sweep starts, a quiet one is not", (context) => {
  const written = captured(context);
  const check = (verdict: string, found: string) => ({ name: "other load", about: "moment", verdict, found });
  const { tell } = showProgress();
  tell({ kind: "system_checked", check: { checks: [check("good", "0.01 of 2 cores")] } } as unknown as SweepEvent);
  assert.deepEqual(written, []);
  tell({
    kind: "system_checked",
    check: { checks: [check("bad", "1.00 of 2 cores: a\u001bb")] },
  } as unknown as SweepEvent);
  assert.deepEqual(written, ["machine: other load: bad: 1.00 of 2 cores: a\\u001bb\n"]);
});

test("a forest is told of at every quarter", (context) => {
  const written = captured(context);
  const show = showTrees();
  for (let done = 1; done <= 10; done++) show(done, 10);
  assert.deepEqual(written, ["3/10 trees\n", "5/10 trees\n", "8/10 trees\n", "10/10 trees\n"]);
});

test("a bar gives way to what it says, and that to what tells most, so that it fits its terminal", () => {
  const state = { value: 20, total: 40, cell: "224 px × 8", trial: ", trial 3", left: ", ETA 9 h 46 min" };
  assert.equal(barLine(state, 120), `${"#".repeat(15)}${"-".repeat(15)} 20/40 224 px × 8, trial 3, ETA 9 h 46 min`);
  assert.equal(barLine(state, 80), `${"#".repeat(15)}${"-".repeat(15)} 20/40 224 px × 8, trial 3, ETA 9 h 46 min`);
  assert.equal(barLine(state, 60), `${"#".repeat(9)}${"-".repeat(8)} 20/40 224 px × 8, trial 3, ETA 9 h 46 min`);
  assert.equal(barLine(state, 50), "20/40 224 px × 8, trial 3, ETA 9 h 46 min");
  assert.equal(barLine(state, 40), "20/40 224 px × 8, ETA 9 h 46 min");
  assert.equal(barLine(state, 24), "20/40, ETA 9 h 46 min");
  assert.equal(barLine(state, 10), "20/40");
  for (let columns = 6; columns < 100; columns++) assert.ok(barLine(state, columns).length < columns);
});
