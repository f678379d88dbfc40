import assert from "node:assert/strict";
import { test } from "node:test";
import { deviceRuns } from "../../../src/plan/answer/device-runs.js";
import type { PlannedDevice } from "../../../src/plan/answer/plan-outcome.js";

const DEVICE: PlannedDevice = {
  type: "d",
  workload: "images",
  miniBatchSize: 4,
  furtherMiniBatches: 3,
  images: 16,
  finishUs: 196_000,
};

test("devices in a row that do the same are a run, whether or not they are one record", () => {
  const other = { ...DEVICE, images: 15 };
  assert.deepEqual(deviceRuns([DEVICE, DEVICE, { ...DEVICE }, other, DEVICE]), [
    { device: DEVICE, copies: 3 },
    { device: other, copies: 1 },
    { device: DEVICE, copies: 1 },
  ]);
  assert.deepEqual(deviceRuns([]), []);
});

test("devices that differ in anything are not alike", () => {
  const others: readonly PlannedDevice[] = [
    { ...DEVICE, type: "e" },
    { ...DEVICE, workload: "a" },
    { ...DEVICE, miniBatchSize: 5 },
    { ...DEVICE, furtherMiniBatches: 4 },
    { ...DEVICE, lastMiniBatchSize: 2 },
    { ...DEVICE, images: 15 },
    { ...DEVICE, finishUs: 195_999 },
  ];
  for (const other of others) assert.equal(deviceRuns([DEVICE, other]).length, 2, JSON.stringify(other));
});
