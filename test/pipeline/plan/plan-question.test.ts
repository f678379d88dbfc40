import assert from "node:assert/strict";
import { test } from "node:test";
import { basisOf, questionWithoutDevices, startOf, workloadsOf } from "../../../pipeline/plan/plan-question.js";

const FLAGS = { devices: "1", latency: "median", start: "loaded" };

test("workloads have names and images; in a relaxed plan one may have none that it must classify", () => {
  assert.deepEqual(workloadsOf("relaxed", { ...FLAGS, workload: ["a=0", "b=1e3"] }), [
    { name: "a", images: 0 },
    { name: "b", images: 1000 },
  ]);
  assert.deepEqual(workloadsOf("relaxed", FLAGS), [{ name: "images", images: 0 }]);
  assert.deepEqual(workloadsOf("soft", { ...FLAGS, images: "5" }), [{ name: "images", images: 5 }]);
  for (const [flags, message] of [
    [{ workload: ["a=0"] }, /--workload "0": allowed are whole numbers from 1/],
    [{ workload: ["a"] }, /--workload "a": allowed is NAME=IMAGES/],
    [{ workload: ["a=1"], images: "1" }, /--images: not allowed together with --workload/],
    [{}, /--images: missing/],
  ] as const) {
    const given = { ...FLAGS, ...flags, workload: "workload" in flags ? [...flags.workload] : [] };
    assert.throws(() => workloadsOf("soft", given), { name: "UserError", message });
  }
});

test("each option of a question is in it, and none that was not given", () => {
  assert.deepEqual(questionWithoutDevices("soft", { ...FLAGS, images: "7", deadline: "1.5s" }), {
    workloads: [{ name: "images", images: 7 }],
    timeUs: 1_500_000,
    objective: "devices",
  });
  const given = { maxCost: "5", maxEnergyJ: "900", maxPowerW: "400", maxSizes: "2", miniBatchSize: "32" };
  const asked = { ...given, objective: "energy", billing: "busy", shorterLast: true, images: "7" };
  assert.deepEqual(questionWithoutDevices("best-effort", { ...FLAGS, ...asked }), {
    workloads: [{ name: "images", images: 7 }],
    timeUs: undefined,
    objective: "energy",
    billing: "busy",
    caps: { cost: 5, energyJ: 900, powerW: 400 },
    maxSizes: 2,
    miniBatchSize: 32,
    shorterLast: true,
  });
  const objectives = (["relaxed", "hard", "best-effort"] as const).map(
    (planClass) => questionWithoutDevices(planClass, { ...FLAGS, images: "7", budget: "1s", deadline: "1s" }).objective,
  );
  assert.deepEqual(objectives, ["images", "devices", "cost"]);
});

test("a plan is made with the typical times, a hard one with the worst, and both with an upper bound where asked", () => {
  assert.deepEqual(basisOf("soft", FLAGS), { kind: "typical" });
  assert.deepEqual(basisOf("hard", FLAGS), { kind: "worst" });
  for (const planClass of ["soft", "hard"] as const) {
    assert.deepEqual(basisOf(planClass, { ...FLAGS, confidence: "0.95" }), { kind: "upper", confidence: 0.95 });
  }
  for (const confidence of ["0.5", "1", "much", ""]) {
    assert.throws(() => basisOf("soft", { ...FLAGS, confidence }), /--confidence ".*": allowed are .* 0\.5 and 1$/);
  }
  assert.equal(startOf({ ...FLAGS, start: "cold" }), "cold");
  assert.throws(() => startOf({ ...FLAGS, start: "hot" }), /--start hot: allowed are loaded, cold, warm$/);
});
