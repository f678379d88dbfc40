import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import onnxProto from "onnx-proto";
import sharp from "sharp";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";
import { probeFeatures } from "../../src/hardware/sampling/probe.js";
import { runTrial, type TrialOptions, type TrialOutcome } from "../../src/measure/trial.js";
import type { TrialEvent, TrialSpec } from "../../src/measure/trial-protocol.js";
import { startProcess } from "../../src/processes/start-process.js";
import { type SmallModel, tensorOutput, writeSmallModel } from "./small-model.js";

const { TensorProto } = onnxProto.onnx;
const folder = mkdtempSync(join(tmpdir(), "batchwise-process-"));
after(() => rmSync(folder, { recursive: true }));

const model = join(folder, "mean.onnx");
const MEAN = { opType: "ReduceMean", input: ["images"], output: "mean", attributes: { axes: [2, 3], keepdims: 0 } };
writeSmallModel(model, { shape: ["N", 3, "H", "W"], nodes: [MEAN] });
const black = join(folder, "black.png");

before(async () => {
  const background = { r: 0, g: 0, b: 0 };
  await sharp({ create: { width: 40, height: 40, channels: 3, background } })
    .png()
    .toFile(black);
});

const ENTRY = pathToFileURL(join(PACKAGE_ROOT, "dist", "src", "measure", "trial-process.js"));
const SPEC: TrialSpec = {
  modelPath: model,
  input: { name: "images", type: "float32", layout: "nchw", channels: 3 },
  provider: "cpu",
  threads: 1,
  inputSizePx: 32,
  miniBatchSize: 2,
  imagePaths: [black],
  stopping: { min_inferences: 10, max_inferences: 23, max_steady_ms: 60_000, relative_half_width: 1e-12 },
  idleMs: 40,
  memoryLimitMib: 1e6,
};

function run(more: Partial<TrialSpec> = {}, options: Partial<TrialOptions> = {}): Promise<TrialOutcome> {
  return runTrial({ ...SPEC, ...more }, { timeoutMs: 60_000, ...options });
}

test("a trial idles, loads, infers once and then steadily, and tells every inference to the last", async () => {
  let victim = "";
  const deviceMemoryMib = (pid: number) => {
    victim = readFileSync(`/proc/${pid}/oom_score_adj`, "latin1").trim();
    return undefined;
  };
  const outcome = await run({}, process.platform === "linux" ? { deviceMemoryMib } : {});
  const { status, phases, inferences, probes, prepared, loadMs, done } = outcome;
  assert.equal(status, "ok", outcome.detail);
  assert.deepEqual(
    phases.map(({ phase }) => phase),
    ["idle", "load", "first", "steady"],
  );
  const [idle = 0, load = 0, first = 0, steady = 0] = phases.map(({ atMs }) => atMs);
  assert.ok(load - idle >= 39, `idle for ${load - idle} ms`); // timers may fire a little early
  assert.ok(loadMs !== undefined && loadMs > 0 && loadMs <= first - load);
  assert.ok(prepared && prepared.decodeMs > 0 && prepared.resizeMs > 0 && prepared.tensorMs > 0);

  assert.equal(inferences.length, 1 + 23, "the first inference and as many steady ones as are allowed");
  const times = inferences.flatMap(({ startedAtMs, latencyMs }) => [startedAtMs, startedAtMs + latencyMs]);
  assert.deepEqual(
    times,
    [...times].sort((a, b) => a - b),
    "one after the other",
  );
  assert.ok(inferences.every(({ latencyMs }) => latencyMs > 0));
  const [{ startedAtMs: firstStart, latencyMs: firstMs } = { startedAtMs: 0, latencyMs: 0 }] = inferences;
  assert.ok(firstStart >= first && firstStart + firstMs <= steady, "the first inference is in its phase");
  assert.ok((inferences[1]?.startedAtMs ?? 0) >= steady);

  const looks = probes.map(({ atMs }) => atMs);
  assert.equal(looks.length, 4);
  const [before = 0, loaded = 0, warm = 0, end = 0] = looks;
  assert.ok(idle < before && before <= load && load < loaded && loaded <= first);
  assert.ok(firstStart + firstMs <= warm && warm <= steady && (times.at(-1) ?? 0) <= end, "a probe at each boundary");
  for (const { values } of probes) assert.equal(values.length, probeFeatures().length);

  assert.deepEqual([done?.stoppedBy, done?.finiteOutputs], ["max_inferences", true]);
  // Of 23 that happen to resemble each other there is no interval, and none is told.
  assert.ok((done?.relativeHalfWidth ?? Number.POSITIVE_INFINITY) > 1e-12);
  const { idleMemoryMib = 0, peakMemoryMib } = done ?? { peakMemoryMib: 0 };
  assert.ok(idleMemoryMib > 20 && peakMemoryMib >= idleMemoryMib, `${idleMemoryMib}, ${peakMemoryMib}`);
  if (process.platform === "linux") assert.equal(victim, "1000", "the kernel should end the trial and not the sweep");
});

test("a trial ends by the interval of its median where that is narrow enough", async () => {
  const { inferences, done } = await run({
    stopping: { min_inferences: 10, max_inferences: 1e6, max_steady_ms: 60_000, relative_half_width: 1 },
  });
  assert.equal(done?.stoppedBy, "interval");
  assert.ok((done?.relativeHalfWidth ?? 9) <= 1);
  assert.ok(inferences.length >= 1 + 64, String(inferences.length));
});

test("a trial may choose among more images than fit an argument", async () => {
  const { status, detail } = await run({ imagePaths: Array.from({ length: 10_000 }, () => black) });
  assert.equal(status, "ok", detail);
});

test("a long trial passes its inferences on four times a second at most, loses none, and ends in time", async () => {
  const stopping = { min_inferences: 10, max_inferences: 1e6, max_steady_ms: 800, relative_half_width: 1e-12 };
  const spec = { ...SPEC, inputSizePx: 128, miniBatchSize: 32, idleMs: 0, stopping }; // about a millisecond
  const events: TrialEvent[] = [];
  const onEvent = (event: TrialEvent) => events.push(event);
  await startProcess(ENTRY, spec, { label: "long", onEvent }).ended;
  const passed = events.flatMap((event) => (event.event === "inferences" ? [event.inferences] : [])).slice(1);
  const ends = passed.map((inferences) => {
    const { startedAtMs, latencyMs } = inferences.at(-1) ?? { startedAtMs: 0, latencyMs: 0 };
    return startedAtMs + latencyMs;
  });
  assert.ok(passed.length >= 2, "some on the way, and the rest at the end");
  const gaps = ends.slice(1, -1).map((end, index) => end - (ends[index] ?? 0));
  assert.ok(
    gaps.every((gap) => gap > 250),
    String(gaps),
  );
  const starts = passed.flat().map(({ startedAtMs }) => startedAtMs);
  assert.equal(new Set(starts).size, starts.length);
  const totalMs = passed.flat().reduce((sum, { latencyMs }) => sum + latencyMs, 0);
  const lastMs = passed.flat().at(-1)?.latencyMs ?? 0;
  assert.ok(totalMs >= 800 && totalMs - lastMs < 800, `steady for ${totalMs} ms`);
  const done = events.at(-1);
  assert.equal(done?.event === "done" && done.stoppedBy, "max_steady_ms");
});

test("a CPU trial that outgrows its memory limit says so after its first inference, whose time is kept", async () => {
  const { status, detail, inferences, phases, done, loadMs } = await run(
    { memoryLimitMib: 1 },
    { deviceMemoryMib: () => 0 }, // so that it is not ended from outside before
  );
  assert.equal(status, "out_of_memory");
  assert.match(detail ?? "", /^peak memory \d{2,} MiB exceeds the limit of 1 MiB$/);
  assert.deepEqual([inferences.length, phases.at(-1)?.phase, done], [1, "first", undefined]);
  assert.ok((loadMs ?? 0) > 0);
});

test("outputs of which some are not finite are told", async () => {
  const red = join(folder, "red.png");
  await sharp({ create: { width: 40, height: 40, channels: 3, background: { r: 255, g: 0, b: 0 } } })
    .png()
    .toFile(red);
  const log = join(folder, "log.onnx");
  writeSmallModel(log, {
    shape: ["N", 3, "H", "W"],
    nodes: [MEAN, { opType: "Log", input: ["mean"], output: "logits" }], // red's mean is positive, the others' are not
  });
  const { status, done } = await run({ modelPath: log, imagePaths: [red], idleMs: 0 });
  assert.deepEqual([status, done?.finiteOutputs], ["ok", false]);
});

const LABEL = { elemType: TensorProto.DataType.INT64 };
const SCORES = {
  mapType: { keyType: LABEL.elemType, valueType: { tensorType: { elemType: TensorProto.DataType.FLOAT } } },
};
const OUTPUTS: Record<string, Pick<SmallModel, "nodes" | "outputs">> = {
  "64-bit integers": {
    nodes: [MEAN, { opType: "ArgMax", input: ["mean"], output: "best", attributes: { axis: 1 } }],
    outputs: [tensorOutput("best", "INT64")],
  },
  texts: {
    nodes: [
      MEAN,
      { opType: "Cast", input: ["mean"], output: "label", attributes: { to: TensorProto.DataType.STRING } },
    ],
    outputs: [tensorOutput("label", "STRING")],
  },
  "half-precision numbers": {
    nodes: [
      MEAN,
      { opType: "Cast", input: ["mean"], output: "half", attributes: { to: TensorProto.DataType.FLOAT16 } },
    ],
    outputs: [tensorOutput("half", "FLOAT16")],
  },
  "a map beside a tensor": {
    nodes: [
      MEAN,
      {
        ...{ opType: "ZipMap", domain: "ai.onnx.ml", input: ["mean"], output: "scores" },
        attributes: { classlabels_int64s: [0, 1, 2] },
      },
    ],
    outputs: [{ name: "scores", type: { sequenceType: { elemType: SCORES } } }, tensorOutput("mean", "FLOAT")],
  },
  "a sequence beside a tensor": {
    nodes: [MEAN, { opType: "SequenceConstruct", input: ["mean", "mean"], output: "both" }],
    outputs: [
      { name: "both", type: { sequenceType: { elemType: { tensorType: { elemType: TensorProto.DataType.FLOAT } } } } },
      tensorOutput("mean", "FLOAT"),
    ],
  },
};

for (const [index, [what, graph]] of Object.entries(OUTPUTS).entries()) {
  test(`a model that gives ${what} is measured, and nothing is held against its outputs`, async () => {
    const path = join(folder, `outputs-${index}.onnx`);
    writeSmallModel(path, { shape: ["N", 3, "H", "W"], ...graph });
    const { status, detail, inferences, done } = await run({ modelPath: path, idleMs: 0 });
    assert.deepEqual([status, detail, inferences.length, done?.finiteOutputs], ["ok", undefined, 24, true]);
    assert.deepEqual(Object.keys(inferences[0] ?? {}), ["startedAtMs", "latencyMs"], "times alone are told");
  });
}

test("a model that takes half-precision numbers is measured where JavaScript has such numbers as well", async () => {
  const path = join(folder, "half.onnx");
  const cast = { opType: "Cast", input: ["images"], output: "real", attributes: { to: TensorProto.DataType.FLOAT } };
  const element = "FLOAT16";
  writeSmallModel(path, { shape: ["N", 3, "H", "W"], element, nodes: [cast, { ...MEAN, input: ["real"] }] });
  // Stands for that of Node 24: the runtime's own code makes one, and its library finds no numbers in it.
  const preload = join(folder, "half-precision.mjs");
  writeFileSync(preload, "globalThis.Float16Array ??= class { static from() {} };");
  const before = process.env.NODE_OPTIONS;
  process.env.NODE_OPTIONS = `--import=${pathToFileURL(preload)}`;
  try {
    const { status, detail } = await run({ modelPath: path, input: { ...SPEC.input, type: "float16" }, idleMs: 0 });
    assert.deepEqual([status, detail], ["ok", undefined]);
  } finally {
    if (before === undefined) delete process.env.NODE_OPTIONS;
    else process.env.NODE_OPTIONS = before;
  }
});

test("half-precision numbers that are not finite are told, too, and a model without a tensor to give is refused", async () => {
  const infinite = join(folder, "infinite.onnx");
  writeSmallModel(infinite, {
    shape: ["N", 3, "H", "W"],
    nodes: [
      MEAN,
      { opType: "Sub", input: ["mean", "mean"], output: "zero" },
      { opType: "Div", input: ["mean", "zero"], output: "infinite" },
      { opType: "Cast", input: ["infinite"], output: "half", attributes: { to: TensorProto.DataType.FLOAT16 } },
    ],
    outputs: [tensorOutput("half", "FLOAT16")],
  });
  const { status, done } = await run({ modelPath: infinite, idleMs: 0 });
  assert.deepEqual([status, done?.finiteOutputs], ["ok", false]);
  const { nodes = [], outputs = [] } = OUTPUTS["a map beside a tensor"] ?? {};
  const mapAlone = join(folder, "map.onnx");
  writeSmallModel(mapAlone, { shape: ["N", 3, "H", "W"], nodes, outputs: outputs.slice(0, 1) });
  const refused = await run({ modelPath: mapAlone, idleMs: 0 });
  assert.deepEqual(
    [refused.status, refused.detail],
    ["unsupported", "model: none of its outputs is a tensor (scores), required is one"],
  );
});

test("an image that can't be read is unsupported, and a model that can't be loaded a crash", async () => {
  const noImage = await run({ imagePaths: [model] });
  assert.equal(noImage.status, "unsupported");
  assert.match(noImage.detail ?? "", /^image .*mean\.onnx: /);
  assert.deepEqual(noImage.phases, []);
  const noModel = await run({ modelPath: black, idleMs: 0 });
  assert.equal(noModel.status, "crashed");
  assert.match(noModel.detail ?? "", /black\.png/);
  assert.equal(noModel.phases.at(-1)?.phase, "load");
});
