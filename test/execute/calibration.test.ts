import assert from "node:assert/strict";
import { test } from "node:test";
import { calibrationOf } from "../../src/execute/calibration.js";
import { executionRow as row } from "./execution-row.js";

test("measured over predicted, its error and the coverage are medians and shares over the devices", () => {
  const calibration = calibrationOf([
    row("a", 1, { predictedFinishMs: 1000, measuredFinishMs: 1250, predictedLowMs: 900, predictedHighMs: 1249 }),
    row("a", 2, { predictedFinishMs: 2000, measuredFinishMs: 1900, predictedLowMs: 1900, predictedHighMs: 2100 }),
    row("b", 1, { predictedFinishMs: 500, measuredFinishMs: 550, predictedLowMs: 400, predictedHighMs: 550 }),
    row("b", 2, { predictedFinishMs: 400, measuredFinishMs: 408 }),
    row("b", 3, { predictedFinishMs: 800, measuredFinishMs: 792, predictedLowMs: 793, predictedHighMs: 900 }),
  ]);
  // By hand: ratios 1.25, 0.95, 1.1, 1.02, 0.99; errors 0.25, 0.05, 0.1, 0.02, 0.01; of four intervals both ends count.
  assert.equal(calibration.medianRatio, 1.02);
  assert.ok(Math.abs((calibration.medianError ?? 0) - 0.05) < 1e-12, `${calibration.medianError}`);
  assert.equal(calibration.coverage, 0.5);
  assert.equal(calibration.devices, 5);
});

test("a plan is as late as its last device, missed if one device is late, and failed if one is", () => {
  const { plans, devices } = calibrationOf([
    row("late", 1, { predictedFinishMs: 900, measuredFinishMs: 950, deadline: "met" }),
    row("late", 2, { predictedFinishMs: 980, measuredFinishMs: 1010, deadline: "missed" }),
    row("late", 3, { predictedFinishMs: 700, measuredFinishMs: 710, deadline: "met" }),
    row("in time", 1, { predictedFinishMs: 300, measuredFinishMs: 200, deadline: "met" }),
    row("failed", 1, { predictedFinishMs: 600, measuredFinishMs: 610, deadline: "met" }),
    row("failed", 2, { predictedFinishMs: 500, deadline: "missed" }),
    row("best effort", 1, { predictedFinishMs: 100, measuredFinishMs: 101 }),
  ]);
  assert.deepEqual(plans, [
    { planId: "late", devices: 3, predictedFinishMs: 980, measuredFinishMs: 1010, deadline: "missed" },
    { planId: "in time", devices: 1, predictedFinishMs: 300, measuredFinishMs: 200, deadline: "met" },
    { planId: "failed", devices: 2, predictedFinishMs: 600, measuredFinishMs: undefined, deadline: "missed" },
    { planId: "best effort", devices: 1, predictedFinishMs: 100, measuredFinishMs: 101, deadline: undefined },
  ]);
  assert.equal(devices, 6, "the failed device counts nowhere else");
});

test("nothing is said of executions without a finish or without an interval", () => {
  const { medianRatio, medianError, coverage, devices } = calibrationOf([row("a", 1, { deadline: "missed" })]);
  assert.deepEqual([medianRatio, medianError, coverage, devices], [undefined, undefined, undefined, 0]);
  const half = calibrationOf([
    row("a", 1, { measuredFinishMs: 1000, predictedLowMs: 900 }),
    row("a", 2, { measuredFinishMs: 3000, predictedHighMs: 4000 }),
  ]);
  assert.deepEqual([half.medianRatio, half.coverage], [2, undefined], "an interval has two ends");
});
