import assert from "node:assert/strict";
import { test } from "node:test";
import { toTritonModels, toTritonText } from "../../../src/plan/answer/export-triton.js";
import { checkedConfig, HOSTILE, INPUT, modelOf, planOf, WITHOUT_PROTOC } from "./serving-schemas.js";

const CPU = { kind: "cpu", provider: "cpu", threads: 2, input: INPUT } as const;
const GPU = { kind: "gpu", provider: "cuda", threads: 2, input: INPUT } as const;

/** All numbers that a repeated field of a checked configuration has. */
function numbers(config: string, field: string): number[] {
  return [...config.matchAll(new RegExp(`\\b${field}: (\\d+)`, "g"))].map(([, value]) => Number(value));
}

/** A string as protoc writes it: bytes that are not printable ASCII as octal or one-letter escapes. */
function unescaped(text: string): string {
  const letters: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };
  const bytes = text.replaceAll(/\\(?:([0-7]{3})|(.))/g, (_, octal: string | undefined, letter = "") =>
    octal === undefined ? (letters[letter] ?? letter) : String.fromCharCode(Number.parseInt(octal, 8)),
  );
  return Buffer.from(bytes, "latin1").toString("utf8");
}

const skip = WITHOUT_PROTOC;

test("each GPU of a plan is one instance on a GPU of its own, over types and workloads", { skip }, () => {
  const plan = planOf(
    { type: "a", times: 3 },
    { type: "b", times: 2 },
    { type: "c", miniBatchSize: 16 },
    { type: "a", workload: "other", times: 2 },
  );
  const models = toTritonModels(plan, modelOf({ a: GPU, b: GPU, c: GPU }));
  assert.deepEqual(
    models.map(({ name }) => name),
    ["classifier-images-a-b", "classifier-images-c", "classifier-other"],
  );
  const configs = models.map(({ config }) => checkedConfig(config));
  assert.deepEqual(
    configs.map((config) => numbers(config, "gpus")),
    [[0, 1, 2, 3, 4], [5], [6, 7]],
  );
  assert.deepEqual(
    configs.map((config) => [numbers(config, "count"), config.match(/instance_group/g)?.length]),
    [
      [[1, 1], 2],
      [[1], 1],
      [[1], 1],
    ],
  );
});

test("a model says for how many devices and images it is", () => {
  // Three devices of 80 images, and one of a single one.
  const [model] = toTritonModels(planOf({ times: 3 }, { images: 1, furtherMiniBatches: 0 }), modelOf({ gpu: GPU }));
  assert.match(model?.config ?? "", /^# 4 devices, 241 images\n/);
});

test("a model may be of more devices than a call has arguments", () => {
  const [model] = toTritonModels(planOf({ times: 150_000 }), modelOf({ gpu: GPU }));
  assert.match(model?.config ?? "", /^# 150000 devices, 12000000 images\n/);
});

test("devices that were measured side by side on one GPU share one again", { skip }, () => {
  const plan = planOf({ type: "a", times: 5 }, { type: "b", times: 2 });
  const [{ config } = { config: "" }] = toTritonModels(plan, modelOf({ a: { ...GPU, perGpu: 2 }, b: GPU }));
  const checked = checkedConfig(config);
  assert.equal(config.match(/share a GPU/g)?.length, 2, "both groups of the type that shared one");
  assert.match(config, /# 2 instances share a GPU, as they were measured\./);
  assert.deepEqual(
    [numbers(checked, "count"), numbers(checked, "gpus")],
    [
      [2, 1, 1],
      [0, 1, 2, 3, 4],
    ],
  );
});

test("CPU instances are counted and get their threads; types that differ in them are models of their own", {
  skip,
}, () => {
  const plan = planOf({ type: "cpu-2t", times: 3 }, { type: "cpu-1t", times: 2 }, { type: "gpu" });
  const model = modelOf({ "cpu-2t": CPU, "cpu-1t": { ...CPU, threads: 1 }, gpu: GPU });
  const models = toTritonModels(plan, model);
  assert.deepEqual(
    models.map(({ name }) => name),
    ["classifier-cpu-2t", "classifier-cpu-1t", "classifier-gpu"],
  );
  const [two = "", one = "", gpu = ""] = models.map(({ config }) => checkedConfig(config));
  assert.match(two, /count: 3\n {2}kind: KIND_CPU/);
  assert.match(two, /key: "intra_op_thread_count"\n {2}value \{\n {4}string_value: "2"/);
  assert.match(one, /count: 2\n {2}kind: KIND_CPU/);
  assert.match(one, /string_value: "1"/);
  assert.doesNotMatch(gpu, /intra_op_thread_count/);
});

test("types with different largest mini-batches keep their own limit", { skip }, () => {
  const plan = planOf(
    { type: "a", miniBatchSize: 4 },
    { type: "a", miniBatchSize: 8 },
    { type: "b", miniBatchSize: 32 },
  );
  const [a = "", b = ""] = toTritonModels(plan, modelOf({ a: GPU, b: GPU })).map(({ config }) => checkedConfig(config));
  assert.deepEqual([numbers(a, "max_batch_size"), numbers(a, "preferred_batch_size")], [[8], [4, 8]]);
  assert.deepEqual([numbers(b, "max_batch_size"), numbers(b, "preferred_batch_size")], [[32], [32]]);
});

test("types share a model where their largest mini-batches are the same, whatever their smallest are", () => {
  const plan = planOf(
    { type: "a", miniBatchSize: 4 },
    { type: "a", miniBatchSize: 8 },
    { type: "b", miniBatchSize: 8 },
    { type: "c", miniBatchSize: 4 },
  );
  const names = toTritonModels(plan, modelOf({ a: GPU, b: GPU, c: GPU })).map(({ name }) => name);
  assert.deepEqual(names, ["classifier-a-b", "classifier-c"]);
});

test("every number of images that runs at once is warmed up with the real input", { skip }, () => {
  const plan = planOf(
    { type: "a", miniBatchSize: 8, furtherMiniBatches: 3, images: 30 }, // 6 are left for the last mini-batch
    { type: "a", miniBatchSize: 16, furtherMiniBatches: 1, lastMiniBatchSize: 5, images: 36 }, // 4 of 5
    { type: "a", miniBatchSize: 12, furtherMiniBatches: 1, images: 24 },
  );
  const [config = ""] = toTritonModels(plan, modelOf({ a: GPU })).map(({ config }) => checkedConfig(config));
  assert.deepEqual(numbers(config, "batch_size"), [4, 5, 6, 8, 12, 16]);
  const samples = config.match(
    /inputs \{\n {4}key: "images"\n {4}value \{\n {6}data_type: TYPE_FP32\n(?: {6}dims: (?:3|224)\n){3} {6}zero_data: true/g,
  );
  assert.equal(samples?.length, 6);
  assert.match(config, /^input \{\n {2}name: "images"\n {2}data_type: TYPE_FP32\n {2}dims: 3\n {2}dims: 224/m);
});

test("an unknown input is left out, and the configuration says what that costs", { skip }, () => {
  const [{ config } = { config: "" }] = toTritonModels(planOf({}), modelOf({}));
  assert.doesNotMatch(checkedConfig(config), /input|warmup/);
  assert.match(config, /# No model_warmup: the input is not known/);
});

test("a model whose file fixes the mini-batch is not batched by the server", { skip }, () => {
  const model = modelOf({ gpu: { ...GPU, fixedMiniBatchSize: 8, provider: "tensorrt" } });
  const [config = ""] = toTritonModels(planOf({}), model).map(({ config }) => checkedConfig(config));
  assert.doesNotMatch(config, /max_batch_size|dynamic_batching/); // protoc leaves out a 0
  assert.deepEqual([numbers(config, "batch_size"), numbers(config, "dims").slice(0, 2)], [[1], [8, 3]]);
  assert.match(config, /gpu_execution_accelerator \{\n {6}name: "tensorrt"/);
});

test("no name from a file gets out of its string or comment", { skip }, () => {
  for (const hostile of HOSTILE) {
    const input = { ...INPUT, name: hostile };
    const plan = planOf({ type: hostile }, { type: "b", miniBatchSize: 4 }, { type: hostile, workload: hostile });
    const served = { ...GPU, input, kindNote: hostile };
    const models = toTritonModels(plan, modelOf({ [hostile]: served, b: served }, { name: hostile }));
    const plain = toTritonModels(planOf({ type: "x" }), modelOf({ x: GPU }));
    assert.equal(new Set(models.map(({ name }) => name)).size, 3);
    for (const { name, config } of models) {
      const fields = (text: string) => checkedConfig(text).replaceAll(/"[^"\n]*(?:\\"[^"\n]*)*"/g, '""');
      assert.deepEqual(
        new Set(fields(config).match(/\w+(?=: | \{)/g)),
        new Set(fields(plain[0]?.config ?? "").match(/\w+(?=: | \{)/g)),
      );
      assert.doesNotMatch(checkedConfig(config), /^max_batch_size: 7/m);
      assert.equal(
        unescaped(/^name: "(.*)"$/m.exec(checkedConfig(config))?.[1] ?? ""),
        name.replace("\ud800", "\ufffd"),
      );
    }
  }
});

test("an instance group says what it is of, and what is known of its kind", () => {
  const noted = modelOf({ a: { ...CPU, kindNote: "measured beside a neighbour" } });
  const text = toTritonText(planOf({ type: "a" }), noted);
  assert.match(text, /# a\n\s*# measured beside a neighbour\n/);
  assert.doesNotMatch(toTritonText(planOf({ type: "a" }), modelOf({ a: CPU })), /neighbour/);
});

test("several models are told apart by their files' paths", () => {
  const text = toTritonText(planOf({ type: "a" }, { type: "a/../b", miniBatchSize: 4 }), modelOf({}));
  assert.deepEqual(text.match(/^# .*config\.pbtxt$/gm), [
    "# classifier-a/config.pbtxt",
    "# classifier-a-..-b/config.pbtxt",
  ]);
});
