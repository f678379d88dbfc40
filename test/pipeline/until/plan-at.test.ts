import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { planAt } from "../../../pipeline/until/plan-at.js";
import { parseUntil } from "../../../pipeline/until/until-goal.js";
import { writeTrials } from "../../dataset/write-trials.js";
import { tableTrials } from "../../fit/simulated-device.js";

const folder = mkdtempSync(join(tmpdir(), "batchwise-plan-at-"));
after(() => rmSync(folder, { recursive: true, force: true }));
await writeTrials(folder, { trials: tableTrials({ 1: 10, 2: 12, 4: 30 }) });

function planOf(text: string, miniBatchSize: number) {
  const goal = parseUntil(text);
  assert.ok(goal.kind === "plan");
  return planAt(folder, goal.asked, [{ type: 0, workload: 0, miniBatchSize }]);
}

test("the plan has the mini-batch size that was found, and what the law takes for better stands beside it", async () => {
  const found = await planOf("plan relaxed --budget 1s --devices 2", 4);
  assert.equal(found.answer, "plan");
  assert.match(found.lines.join("\n"), / {2}4 +\d+ +132 {2}/);
  assert.match(
    found.lines.join("\n"),
    /^without that, by the fitted law alone: 2 devices, 33\d images with mini-batch size 2$/m,
  );
  assert.ok(found.lines.every((line) => !line.includes("--mini-batch-size")));
  const best = await planOf("plan relaxed --budget 1s --devices 2", 2);
  assert.ok(best.lines.every((line) => !line.startsWith("without that")));
});

test("devices without an answer are in no plan", async () => {
  const goal = parseUntil("plan relaxed --budget 1s --devices 2");
  assert.ok(goal.kind === "plan");
  const none = await planAt(folder, goal.asked, [{ type: 0, workload: 0, miniBatchSize: undefined }]);
  assert.equal(none.answer, "none");
});

test("a plan that there is not is told as plan does, and one for which too little was measured says so", async () => {
  const none = await planOf("plan soft --images 10000 --deadline 1s --devices 2", 2);
  assert.deepEqual([none.answer, none.lines[0]?.startsWith("infeasible: ")], ["none", true]);
  const early = await planOf("plan relaxed --budget 1s --confidence 0.99", 2);
  assert.equal(early.answer, "not yet");
  assert.match(early.lines[0] ?? "", /^no plan yet: confidence 0.99: allowed up to 0.9 from 9 trials$/);
});
