import assert from "node:assert/strict";
import { test } from "node:test";
import { planLines } from "../../../pipeline/plan/plan-lines.js";
import { solvePlan } from "../../../src/plan/plan.js";
import { device, PROBLEM } from "./small-question.js";

test("an infeasible plan says why, and the time and the devices that would do", async () => {
  const lines = planLines(await solvePlan({ ...PROBLEM, workloads: [{ name: "images", images: 450 }] }), "devices");
  assert.match(lines[0] ?? "", /^infeasible: capacity: .* 300 images in 1 s, 150 fewer than 450$/);
  // 150 images one after the other on each of three devices; or five devices in a second.
  assert.deepEqual(lines.slice(1), ["1.5 s would do", "5 devices d would do"]);
});

test("a table for people ends after a thousand lines, and says where the others are", async () => {
  const types = Array.from({ length: 1002 }, (_, index) => ({ ...device(1), name: `d${index}` }));
  const problem = { ...PROBLEM, types, workloads: [{ name: "images", images: 100_200 }] };
  const lines = planLines(await solvePlan(problem), "devices");
  assert.equal(lines[0]?.split("\n").length, 1 + 1000);
  assert.equal(lines[1], "… and 2 more lines; --json has every device");
});
