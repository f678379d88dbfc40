import assert from "node:assert/strict";
import { test } from "node:test";
import { askedExtras } from "../../../pipeline/plan/asked-extras.js";
import { planExtras } from "../../../pipeline/plan/plan-extras.js";
import { solvePlan } from "../../../src/plan/plan.js";
import type { PlanProblem } from "../../../src/plan/question/plan-problem.js";
import { device, PROBLEM } from "./small-question.js";

async function extrasFor(
  flags: { readonly uncertainty?: string; readonly pareto?: string },
  resampledTypes: (resample: number) => PlanProblem["types"],
) {
  const outcome = await solvePlan(PROBLEM);
  return planExtras({ asked: askedExtras(flags), problem: PROBLEM, outcome, resampledTypes, options: {} });
}

test("a plan under resamples says their range and how many of them have a plan", async () => {
  // 150 images in 1 s: two devices of 10 ms, one of 5 ms; three devices of 100 ms are too slow.
  const speeds = [10, 5, 100, 10];
  const types = (index: number) => [device(3, speeds[index])];
  const { lines } = await extrasFor({ uncertainty: "4" }, types);
  assert.deepEqual(lines, ["", "devices (90 % of resamples: 1.1 to 2; 75 % of 4 resamples with a plan)"]);
  const none = await extrasFor({ uncertainty: "1" }, () => types(2));
  assert.deepEqual(none.lines, ["", "devices (none has a plan; 0 % of 1 resample with a plan)"]);
});

test("the front is a table of deadline, cost and devices", async () => {
  const { lines, json } = await extrasFor({ pareto: "1" }, () => []);
  const words = lines
    .slice(2)
    .join("\n")
    .split("\n")
    .map((line) => line.trim().split(/ {2,}/));
  // Two devices classify 75 images each in 750 ms, at 0.01 a second.
  assert.deepEqual(words, [
    ["deadline", "cost", "devices", "proven"],
    ["750 ms", "0.015", "2", "yes"],
  ]);
  assert.deepEqual(json.pareto, [{ deadline_ms: 750, cost: 0.015, devices: 2, proven: true }]);
});
