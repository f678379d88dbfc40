import assert from "node:assert/strict";
import { test } from "node:test";
import { toKserveServices } from "../../../src/plan/answer/export-kserve.js";
import { checkedServices, HOSTILE, modelOf, planOf, WITHOUT_JSONSCHEMA } from "./serving-schemas.js";

const skip = WITHOUT_JSONSCHEMA;

test("a service per type and mini-batch size: replicas, batch size and what a device takes", { skip }, () => {
  const plan = planOf(
    { type: "cpu-2t", miniBatchSize: 8, times: 3 },
    { type: "cpu-2t", miniBatchSize: 6 },
    { type: "gpu", miniBatchSize: 32, times: 2 },
    { type: "given", miniBatchSize: 16 },
  );
  const model = modelOf({
    "cpu-2t": { kind: "cpu", provider: "cpu", threads: 2, peakMemoryMib: (size) => 100 * size },
    gpu: { kind: "gpu", provider: "cuda", threads: 4, peakMemoryMib: () => undefined },
    given: { kind: "cpu" },
  });
  const services = checkedServices(toKserveServices(plan, model)).map(({ metadata, spec: { predictor } }) => ({
    name: metadata.name,
    replicas: [predictor.minReplicas, predictor.maxReplicas],
    size: predictor.batcher.maxBatchSize,
    resources: predictor.model.resources,
  }));
  const both = (amounts: Record<string, string>) => ({ requests: amounts, limits: amounts });
  assert.deepEqual(services, [
    // 800 MiB and 25 % are 1000 MiB, rounded up to 1024
    {
      name: "classifier-images-cpu-2t-b8",
      replicas: [3, 3],
      size: 8,
      resources: both({ cpu: "2", memory: "1024Mi" }),
    },
    { name: "classifier-images-cpu-2t-b6", replicas: [1, 1], size: 6, resources: both({ cpu: "2", memory: "768Mi" }) },
    {
      name: "classifier-images-gpu-b32",
      replicas: [2, 2],
      size: 32,
      resources: both({ cpu: "4", "nvidia.com/gpu": "1" }),
    },
    { name: "classifier-images-given-b16", replicas: [1, 1], size: 16, resources: undefined },
  ]);
});

test("devices that shared a GPU when they were measured are said to, others not", { skip }, () => {
  const note = (perGpu?: number) =>
    toKserveServices(planOf({}), modelOf({ gpu: { kind: "gpu", ...(perGpu !== undefined && { perGpu }) } }));
  assert.match(note(2), /# 2 devices shared a GPU when they were measured\./);
  for (const perGpu of [undefined, 1]) assert.doesNotMatch(note(perGpu), /shared a GPU/);
});

test("where a memory limit comes from is said beside it", { skip }, () => {
  const model = modelOf({ cpu: { kind: "cpu", peakMemoryMib: () => 800.2 }, other: { kind: "cpu" } });
  const text = toKserveServices(planOf({ type: "cpu" }, { type: "other" }), model);
  assert.match(text, /# Memory: a measured peak of 801 MiB and 25 %, in steps of 64 MiB\./);
  assert.match(text, /# Memory on the host was not measured\./);
});

test("a mini-batch that is not full waits as long as one takes, not the batcher's 5 s", { skip }, () => {
  const [service] = checkedServices(
    toKserveServices(planOf({ furtherMiniBatches: 9, finishUs: 1_234_567 }), modelOf({})),
  );
  assert.equal(service?.spec.predictor.batcher.maxLatency, 124);
});

test("a service may be of more devices than a call has arguments", () => {
  const text = toKserveServices(planOf({ furtherMiniBatches: 9, finishUs: 1_234_567, times: 150_000 }), modelOf({}));
  assert.match(text, /\n {6}maxLatency: 124\n/);
});

test("names stay different and valid, however long and strange the devices' names are", { skip }, () => {
  const long = "a-device-with-a-name-that-is-longer-than-what-kubernetes-allows";
  const types = [`${long}-1`, `${long}-2`, "A b", "a-b", "a_b", "-", "测", "😀"];
  const plan = planOf(...types.map((type) => ({ type })));
  for (const name of ["classifier", "8bit", "", "Ünï"]) {
    const names = checkedServices(toKserveServices(plan, modelOf({}, { name }))).map(({ metadata }) => metadata.name);
    assert.equal(new Set(names).size, types.length);
    for (const own of names) assert.match(`${own}-predictor-00001`, /^(?=.{1,63}$)[a-z][-a-z0-9]*[a-z0-9]$/);
  }
});

test("no name from a file gets out of its string or comment", { skip }, () => {
  for (const hostile of HOSTILE) {
    const plan = planOf({ type: hostile, workload: hostile });
    const model = modelOf({ [hostile]: { kind: "gpu", kindNote: hostile } }, { name: hostile, storageUri: hostile });
    const [service, ...others] = checkedServices(toKserveServices(plan, model));
    assert.deepEqual(others, []);
    assert.equal(service?.spec.predictor.model.storageUri, hostile.replace("\ud800", "\ufffd"));
  }
});
