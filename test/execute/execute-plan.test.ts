import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import ort from "onnxruntime-node";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";
import { executePlan } from "../../src/execute/execute-plan.js";
import type { PlanDocument } from "../../src/plan/answer/plan-document.js";
import { canPin } from "../../src/processes/pinning.js";
import { writeTinyModel } from "../pipeline/commands/tiny-model.js";

const folder = mkdtempSync(join(tmpdir(), "batchwise-execute-plan-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const scratch = join(folder, "scratch");
mkdirSync(scratch);
process.env.TMPDIR = scratch;
const working = join(folder, "working");
mkdirSync(working);
process.chdir(working);
/** Of a dataset an execution needs the design only: whose images, and their seed. */
const DATASET = join(PACKAGE_ROOT, "test", "fixtures", "three-cells");
const skip = availableParallelism() < 2 && "two devices side by side need two cores";

/** What is left of the images that executions made: ONNX Runtime keeps files of its own beside them. */
function leftBehind(): string[] {
  return readdirSync(scratch).filter((name) => name.startsWith("batchwise-"));
}

type Source = PlanDocument["question"]["sources"][number];
type Device = PlanDocument["devices"][number];

/** A source of functions: a model that takes three images at a time, or any number of them. */
function source(fixed: boolean, own: Partial<Source> = {}): Source {
  const model = join(folder, fixed ? "fixed.onnx" : "any.onnx");
  writeTinyModel(model, "float32", fixed ? [3, 3, 32, 32] : ["n", 3, "h", "w"], [2, 3]);
  const model_sha256 = createHash("sha256").update(readFileSync(model)).digest("hex");
  const measured = { dataset: DATASET, provider: "cpu", threads: 1, concurrent: 1, input_size_px: 32 };
  return { type: "cpu-1t", workload: "images", model, model_sha256, ...measured, ...own };
}

/** Seven images in three mini-batches of three. */
const DEVICE: Device = { type: "cpu-1t", mini_batch_size: 3, further_mini_batches: 2, images: 7, finish_ms: 50 };

function planOf(devices: readonly Device[], sources: readonly Source[], own: object = {}): PlanDocument {
  return {
    version: 2,
    status: "optimal",
    devices: [...devices],
    question: {
      class: "relaxed",
      objective: "images",
      workloads: [{ name: "images", images: 0 }],
      start: "loaded",
      sources: [...sources],
      ...own,
    },
  };
}

test("an execution's row holds what was asked, predicted and done, under a plan and a time of its own", async () => {
  const device = { ...DEVICE, finish_low_ms: 40, finish_high_ms: 60 };
  const plan = planOf([device], [source(false)], { deadline_ms: 1e9 });
  const before = Date.now();
  const rows = await executePlan(plan, { provider: "cpu", threads: 1 });
  assert.equal(rows.length, 1);
  const [{ planId, startedAt, measuredFinishMs, detail, ...row } = { planId: "", startedAt: "" }] = rows;
  assert.deepEqual(row, {
    device: 1,
    type: "cpu-1t",
    inputSizePx: 32,
    threads: 1,
    concurrent: 1,
    miniBatchSize: 3,
    miniBatches: 3,
    imagesPlanned: 7,
    imagesDone: 7,
    deadlineMs: 1e9,
    predictedFinishMs: 50,
    predictedLowMs: 40,
    predictedHighMs: 60,
    deadline: "met",
  });
  assert.equal(detail, canPin() ? undefined : "not pinned: taskset is missing");
  assert.ok(measuredFinishMs !== undefined && measuredFinishMs > 0);
  assert.ok(Date.parse(startedAt) >= before && startedAt === new Date(startedAt).toISOString());
  const hash = createHash("sha256").update(JSON.stringify(plan)).digest("hex");
  assert.equal(planId, `${hash.slice(0, 12)}-${startedAt}`);
  assert.deepEqual(leftBehind(), [], "the images that were made for it are gone");
  assert.deepEqual(readdirSync(working), [], "nothing is written to where a user works");
});

test("a plan without a deadline misses none, and a device beyond its deadline does", async () => {
  const ended = async (own: object) => (await executePlan(planOf([DEVICE], [source(false)], own)))[0]?.deadline;
  assert.equal(await ended({}), undefined);
  assert.equal(await ended({ deadline_ms: 1e-6 }), "missed");
});

test("a shorter last mini-batch arrives at the device: a model that can't run it fails there, and there alone", {
  skip,
}, async () => {
  const own = { concurrent: 2 };
  const shorter = { ...DEVICE, last_mini_batch_size: 1 };
  const rows = await executePlan(planOf([shorter, DEVICE], [source(true, own)], { deadline_ms: 1e9 }));
  assert.deepEqual(
    rows.map(({ device, imagesDone, deadline }) => [device, imagesDone, deadline]),
    [
      [1, 0, "missed"],
      [2, 7, "met"],
    ],
  );
  const [failed, done] = rows;
  assert.match(failed?.detail ?? "", /Got: 1 Expected: 3/);
  assert.equal(failed?.measuredFinishMs, undefined);
  assert.ok((done?.measuredFinishMs ?? 0) > 0);
});

test("warm devices run their first mini-batch before the common start: where one fails, none starts", {
  skip,
}, async () => {
  const wrong = { ...DEVICE, mini_batch_size: 2, images: 5 };
  const plan = planOf([DEVICE, wrong], [source(true, { concurrent: 2 })], { start: "warm" });
  const rows = await executePlan(plan);
  assert.deepEqual(
    rows.map(({ imagesDone, measuredFinishMs }) => [imagesDone, measuredFinishMs]),
    [
      [0, undefined],
      [0, undefined],
    ],
  );
  for (const { detail } of rows) assert.match(detail ?? "", /Got: 2 Expected: 3/);
});

test("a model that several devices run is described once", { skip }, async ({ mock }) => {
  const opened = mock.method(ort.InferenceSession, "create");
  const rows = await executePlan(planOf([DEVICE, DEVICE], [source(false)]), { anyNeighbours: true });
  assert.deepEqual(
    rows.map(({ imagesDone }) => imagesDone),
    [7, 7],
  );
  assert.equal(opened.mock.callCount(), 1, "the devices open it in processes of their own");
});

test("a device runs the functions of its own workload", { skip }, async () => {
  const own = { concurrent: 2 };
  const sources = [
    source(false, { ...own, workload: "a" }),
    source(false, { ...own, workload: "b", input_size_px: 48 }),
  ];
  const rows = await executePlan(
    planOf(
      [
        { ...DEVICE, workload: "b" },
        { ...DEVICE, workload: "a" },
      ],
      sources,
    ),
  );
  assert.deepEqual(
    rows.map(({ inputSizePx, imagesDone }) => [inputSizePx, imagesDone]),
    [
      [48, 7],
      [32, 7],
    ],
  );
});

/** A folder that has the provenance of a dataset, with images of the user's own. */
function datasetWithImages(images: string): string {
  const path = join(folder, "own-images");
  const described = JSON.parse(readFileSync(join(DATASET, "datapackage.json"), "utf8"));
  mkdirSync(path, { recursive: true });
  described.provenance.design.images = images;
  writeFileSync(join(path, "datapackage.json"), JSON.stringify(described));
  return path;
}

const gone = join(folder, "gone");

for (const [what, plan, message] of [
  [
    "one image more than its mini-batches hold",
    () => planOf([{ ...DEVICE, images: 10 }], [source(false)]),
    /at most 9/,
  ],
  [
    "one image more than with a shorter last one",
    () => planOf([{ ...DEVICE, images: 8, last_mini_batch_size: 1 }], [source(false)]),
    /device 1 has 8 images, its mini-batches hold at most 7$/,
  ],
  ["a provider of another program", () => planOf([DEVICE], [source(false, { provider: "abacus" })]), /abacus/],
  [
    "images that are gone",
    () => planOf([DEVICE], [source(false, { dataset: datasetWithImages(gone) })]),
    new RegExp(`images folder ${gone}: `),
  ],
  ["a neighbour too few", () => planOf([DEVICE], [source(false, { concurrent: 2 })]), /--any-neighbours$/],
] as const) {
  test(`a plan with ${what} is refused, and nothing is left behind`, async () => {
    await assert.rejects(executePlan(plan()), { name: "UserError", message });
    assert.deepEqual(leftBehind(), []);
  });
}

test("as many images as the mini-batches hold, and other neighbours where they are allowed, are executed", async () => {
  const plan = planOf([{ ...DEVICE, images: 9 }], [source(false, { concurrent: 2 })]);
  const [row] = await executePlan(plan, { anyNeighbours: true });
  assert.deepEqual([row?.imagesDone, row?.concurrent], [9, 2]);
});
