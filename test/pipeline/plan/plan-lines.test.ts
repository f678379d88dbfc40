import assert from "node:assert/strict";
import { test } from "node:test";
import { explainedBy, extrasOf, planLines, requireExtras } from "../../../pipeline/plan/plan-lines.js";
import { solvePlan } from "../../../src/plan/plan.js";
import { deviceType } from "../../../src/plan/question/device-type.js";
import type { PlanProblem } from "../../../src/plan/question/plan-problem.js";

/** So many devices that take so long for each image. */
function device(count: number, ms = 10) {
  return deviceType({
    name: "d",
    count,
    maxMiniBatchSize: 1,
    latencyMs: () => ms,
    warmupMs: () => ms,
    pricePerHour: 36,
  });
}

const PROBLEM: PlanProblem = {
  types: [device(3)],
  workloads: [{ name: "images", images: 150 }],
  timeUs: 1_000_000,
  objective: "devices",
};

test("a plan under resamples says their range and how many of them have a plan", async () => {
  // 150 images in 1 s: two devices of 10 ms, one of 5 ms; three devices of 100 ms are too slow.
  const speeds = [10, 5, 100, 10];
  const types = (index: number) => [device(3, speeds[index])];
  const asked = extrasOf({ uncertainty: "4" });
  const { lines } = await explainedBy(asked, PROBLEM, await solvePlan(PROBLEM), types, {});
  assert.deepEqual(lines, ["", "devices (90 % of resamples: 1.1 to 2; 75 % of 4 resamples have a plan)"]);
  const none = await explainedBy(extrasOf({ uncertainty: "1" }), PROBLEM, await solvePlan(PROBLEM), () => types(2), {});
  assert.deepEqual(none.lines, ["", "devices (none has a plan; 0 % of 1 resamples have a plan)"]);
});

test("the front is a table of deadline, cost and devices", async () => {
  const { lines, json } = await explainedBy(extrasOf({ pareto: "1" }), PROBLEM, await solvePlan(PROBLEM), () => [], {});
  const words = lines
    .slice(2)
    .join("\n")
    .split("\n")
    .map((line) => line.trim().split(/ {2,}/));
  // Two devices classify 75 images each in 750 ms, at 0.01 a second.
  assert.deepEqual(words, [
    ["deadline (ms)", "cost", "devices", "proven"],
    ["750.0", "0.015", "2", "yes"],
  ]);
  assert.deepEqual(json.pareto, [{ deadline_ms: 750, cost: 0.015, devices: 2, proven: true }]);
});

test("an infeasible plan says why, and the time and the devices that would do", async () => {
  const lines = planLines(await solvePlan({ ...PROBLEM, workloads: [{ name: "images", images: 450 }] }), "devices");
  assert.match(lines[0] ?? "", /^infeasible: capacity: .* 300 images in 1000 ms, 150 fewer than 450$/);
  // 150 images one after the other on each of three devices; or five devices in a second.
  assert.deepEqual(lines.slice(1), ["1.5 s (1500 ms) would do", "5 devices d would do"]);
});

test("a table for people ends after a thousand lines, and says where the others are", async () => {
  const types = Array.from({ length: 1002 }, (_, index) => ({ ...device(1), name: `d${index}` }));
  const problem = { ...PROBLEM, types, workloads: [{ name: "images", images: 100_200 }] };
  const lines = planLines(await solvePlan(problem), "devices");
  assert.equal(lines[0]?.split("\n").length, 1 + 1000);
  assert.equal(lines[1], "… and 2 more lines; --json has every device");
});

test("what can't be said on top of a plan is refused", () => {
  const refused = (flags: object, own: object, message: RegExp) =>
    assert.throws(() => requireExtras(extrasOf(flags), { ...PROBLEM, ...own }, false), { name: "UserError", message });
  refused({ uncertainty: "5" }, {}, /--uncertainty: needs measured functions/);
  refused({ pareto: "5" }, { timeUs: "none" }, /--pareto: needs a deadline/);
  refused({ pareto: "5" }, { workloads: [{ name: "images", images: 0 }] }, /--pareto: needs a number of images/);
  const types = Array.from({ length: 201 }, () => device(1));
  refused(
    { sensitivity: true },
    { types, objective: "energy" },
    /--sensitivity: 201 types of devices, allowed are 200/,
  );
});
