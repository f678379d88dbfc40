import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { planAsJson } from "../../../src/plan/answer/plan-document.js";
import { readPlanDocument } from "../../../src/plan/answer/read-plan-document.js";

const folder = mkdtempSync(join(tmpdir(), "batchwise-plan-document-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const QUESTION = {
  class: "soft",
  objective: "devices",
  workloads: [{ name: "images", images: 12 }],
  deadline_ms: 100,
  start: "loaded",
  sources: [],
};
/** Three mini-batches of four images: the first one and two after it. */
const DEVICE = { type: "d", mini_batch_size: 4, images: 12, finish_ms: 50 };

function read(document: object) {
  const path = join(folder, "plan.json");
  writeFileSync(path, JSON.stringify({ status: "optimal", question: QUESTION, ...document }));
  return readPlanDocument(path);
}

test("a plan of the first version is read as what it meant", () => {
  const now = read({ version: 2, devices: [{ ...DEVICE, further_mini_batches: 2 }] });
  assert.deepEqual(read({ devices: [{ ...DEVICE, mini_batches: 2 }] }), now);
  assert.deepEqual(read({ version: 1, devices: [{ ...DEVICE, mini_batches: 2 }] }), now);
  assert.equal(now.devices[0]?.further_mini_batches, 2);
});

test("a plan of another version, or without what it must say, is refused in one line", () => {
  const refused = (document: object, message: RegExp) =>
    assert.throws(() => read(document), { name: "UserError", message });
  refused({ version: 3, devices: [{ ...DEVICE, further_mini_batches: 2 }] }, /version: 3, allowed are 1 and 2$/);
  refused({ version: 2, devices: [{ ...DEVICE, mini_batches: 2 }] }, /devices\.0\.further_mini_batches/);
  refused({ devices: [DEVICE] }, /devices\.0\.further_mini_batches/);
  refused({ devices: [7] }, /devices\.0/);
  refused({ devices: 7 }, /devices/);
});

test("a plan that is written says its version first, a missing one too", () => {
  const device = {
    type: "d",
    workload: "images",
    miniBatchSize: 4,
    furtherMiniBatches: 2,
    images: 12,
    finishUs: 50_000,
  };
  const plan = {
    status: "optimal",
    devices: [device],
    images: 12,
    finishUs: 50_000,
    solver: "s",
    proven: true,
  } as const;
  const none = { status: "infeasible", reason: "time", mostImages: 0, feasibleTimeUs: undefined } as const;
  for (const outcome of [plan, none]) assert.deepEqual(Object.entries(planAsJson(outcome))[0], ["version", 2]);
  const { devices } = JSON.parse(JSON.stringify(planAsJson(plan)));
  assert.equal(devices[0].further_mini_batches, 2);
});
