import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";
import { checkDataset } from "../../src/dataset/check-dataset.js";
import { readPart } from "../../src/dataset/part-file.js";
import { readTrialFeatures } from "../../src/dataset/read-trial-features.js";
import { executionsTable } from "../../src/dataset/tables.js";
import { calibrationOf } from "../../src/execute/calibration.js";
import { datasetFleet } from "../../src/fleet/fleet.js";
import { planFleet } from "../../src/fleet/plan-fleet.js";

const GPU = join(PACKAGE_ROOT, "data", "reference-gpu");

test("the reference datasets are sound", async () => {
  for (const name of ["reference-cpu", "reference-gpu", "other-host"]) {
    assert.deepEqual(await checkDataset(join(PACKAGE_ROOT, "data", name)), [], name);
  }
});

test("the hardware of a GPU is read from Parquet: what it draws rises with the work, and its memory was seen", async () => {
  const { columns, values, trialIds } = await readTrialFeatures(GPU);
  const of = (name: string, trialId: string) =>
    values[trialIds.indexOf(trialId)]?.[columns.findIndex((column) => column.name === name)] ?? Number.NaN;
  const [small, large] = ["webgpu-1t-96px-1mb-1", "webgpu-1t-320px-64mb-1"];
  const power = "gpu0/power_w__steady_max";
  assert.ok(of(power, large) > of(power, small) && of(power, small) > 50, `${of(power, small)}, ${of(power, large)}`);
  assert.equal(of("gpu0/framebuffer_total_mib__before", small), 143_771);
});

test("on the GPU the largest mini-batch is not the one that is planned with, and two executed plans were near", async () => {
  const fleet = datasetFleet(GPU, { inputSizePx: 224, count: 16, latency: "median" });
  const { outcome } = await planFleet({ fleet, planClass: "soft", images: 1_000_000, timeMs: 60_000 });
  assert.ok(outcome.status === "optimal");
  // By hand from the medians of 16, 32 and 64: 1,804, 1,972 and 1,501 images a second and device.
  assert.equal(outcome.devices.length, 9);
  for (const { miniBatchSize } of outcome.devices) assert.ok(miniBatchSize > 16 && miniBatchSize < 64);
  const { plans, medianError = Number.NaN } = calibrationOf(readPart(GPU, executionsTable));
  assert.equal(plans.length, 2);
  assert.ok(medianError < 0.07, String(medianError));
});
