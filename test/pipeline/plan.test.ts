import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";
import { readPart } from "../../src/dataset/part-file.js";
import { trialsTable } from "../../src/dataset/tables.js";

const CLI = join(PACKAGE_ROOT, "dist", "pipeline", "batchwise.js");
const folder = mkdtempSync(join(tmpdir(), "batchwise-plan-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const devices = join(folder, "devices.json");
const A100 = {
  name: "a100",
  count: 8,
  max_mini_batch_size: 256,
  max_uses: 1000,
  latency_ms: { intercept: 1.9, slope: 0.71 },
  warmup_ms: { intercept: 210, slope: 1.3 },
  price_per_hour: 3.2,
  idle_w: 60,
  energy_per_mini_batch_j: { intercept: 0.4, slope: 0.11 },
};
writeFileSync(devices, JSON.stringify({ devices: [A100] }));

function plan(...args: string[]) {
  return spawnSync(process.execPath, [CLI, "plan", ...args, "--devices", devices], { encoding: "utf8" });
}

test("a soft plan is one JSON object whose devices classify all images in time", () => {
  const { status, stdout } = plan("soft", "--images", "50000", "--deadline", "10s", "--json");
  assert.equal(status, 0);
  const answer = JSON.parse(stdout);
  assert.equal(answer.status, "optimal");
  assert.deepEqual([answer.objective.devices, answer.objective.images], [4, 50_000]);
  assert.deepEqual([answer.proven, answer.bound], [true, 4]);
  assert.equal(typeof answer.solver, "string");
  assert.equal(answer.devices.length, 4);
  let images = 0;
  for (const { type, mini_batch_size, mini_batches, images: own, finish_ms } of answer.devices) {
    assert.equal(type, "a100");
    const counted = 210 + 1.3 * mini_batch_size + mini_batches * (1.9 + 0.71 * mini_batch_size);
    assert.ok(Math.abs(finish_ms - counted) < 0.001 * (mini_batches + 2) && finish_ms <= 10_000);
    assert.ok(own <= (mini_batches + 1) * mini_batch_size);
    images += own;
  }
  assert.equal(images, 50_000);
});

test("an infeasible plan says why and which time would do", () => {
  const answer = JSON.parse(plan("soft", "--images", "500000", "--deadline", "10s", "--json").stdout);
  assert.equal(answer.status, "infeasible");
  assert.match(answer.reason, /^capacity: .* 392480 fewer than 500000$/);
  assert.equal(answer.feasible_time_ms, 45_205.6);
});

test("caps that leave no plan are proven to leave none", () => {
  const args = ["soft", "--images", "50000", "--deadline", "10s", "--max-power-w", "400", "--json"];
  assert.equal(JSON.parse(plan(...args).stdout).status, "infeasible");
});

for (const [wrong, message] of [
  [["soft", "--deadline", "10s"], /--images/],
  [["soft", "--images", "10"], /--deadline/],
  [["relaxed"], /--budget/],
  [["soft", "--images", "0", "--deadline", "10s"], /--images/],
  [
    ["soft", "--images", "10", "--deadline", "10s", "--objective", "speed"],
    /allowed are devices, images, cost, energy/,
  ],
  [["soft", "--images", "10", "--deadline", "10s", "--gap", "1"], /--gap "1": allowed are numbers from 0 to below 1/],
  [["soft", "--images", "10", "--deadline", "10s", "--latency", "mean"], /--latency mean: needs measured functions/],
  [["soft", "--images", "10", "--deadline", "10s", "--latency", "mode"], /--latency mode: allowed are median, mean/],
  [["soft", "--images", "10", "--deadline", "10s", "--confidence", "0.95"], /--confidence: needs measured functions/],
  [["soft", "--images", "10", "--deadline", "10s", "--uncertainty", "5"], /--uncertainty: needs measured functions/],
  [["soft", "--images", "10", "--deadline", "10s", "--export", "xml"], /allowed are lp, mps, triton, kserve/],
  [["soft", "--images", "10", "--deadline", "10s", "--start", "cold"], /load time is not known/],
] as const) {
  test(`plan ${wrong.join(" ")} is refused in one line`, () => {
    const { status, stderr } = plan(...wrong);
    assert.equal(status, 2);
    assert.match(stderr, message);
    assert.equal(stderr.trim().split("\n").length, 1);
  });
}

const glpsol = spawnSync("glpsol", ["--version"]).status === 0;
for (const [format, option] of [
  ["lp", "--lp"],
  ["mps", "--freemps"],
] as const) {
  test(`an exported ${format} has the plan's optimum in GLPK`, {
    skip: glpsol ? false : "glpsol is not installed (Debian package glpk-utils)",
  }, () => {
    const [model, solution] = [join(folder, `plan.${format}`), join(folder, "solution.txt")];
    writeFileSync(model, plan("soft", "--images", "50000", "--deadline", "10s", "--export", format).stdout);
    assert.equal(spawnSync("glpsol", [option, model, "--write", solution]).status, 0);
    assert.match(readFileSync(solution, "utf8"), /^s mip \d+ \d+ o 4$/m);
  });
}

test("a plan is exported as serving configurations", () => {
  const args = ["soft", "--images", "50000", "--deadline", "10s", "--mini-batch-size", "32", "--export"];
  const triton = plan(...args, "triton").stdout;
  assert.match(triton, /max_batch_size: 32[\s\S]*# Taken for a GPU[\s\S]*gpus: \[ 0, 1, 2, 3 \]\n/);
  assert.match(triton, /No model_warmup: the input is not known \(--input-dims\)/);
  const told = ["--given-devices", "cpu", "--input-name", "x", "--input-type", "uint8", "--input-dims", "3x64x64"];
  const cpu = plan(...args, "triton", ...told).stdout;
  assert.match(cpu, /count: 4\n {4}kind: KIND_CPU\n/);
  assert.match(cpu, /key: "x" value: \{ data_type: TYPE_UINT8 dims: \[ 3, 64, 64 \] zero_data: true \}/);
  assert.match(plan(...args, "kserve").stdout, /minReplicas: 4[\s\S]*maxBatchSize: 32\n/);
  assert.match(plan(...args, "triton", "--input-dims", "3×64").stderr, /allowed are sizes like 3x224x224/);
});

test("a measured plan's serving configurations have its threads, input, warm-up and memory", () => {
  const folder = join(PACKAGE_ROOT, "data", "reference-cpu");
  const exported = (format: string, ...args: string[]) => {
    const asked = ["plan", "soft", folder, "--images", "1000", "--deadline", "10s", "--devices", "4", ...args];
    const done = spawnSync(process.execPath, [CLI, ...asked, "--export", format], { encoding: "utf8" });
    assert.equal(done.status, 0, done.stderr);
    return done.stdout;
  };
  const triton = exported("triton", "--start", "warm", "--mini-batch-size", "8");
  assert.match(
    triton,
    /count: 1\n {4}kind: KIND_CPU\n[\s\S]*"intra_op_thread_count"\n {2}value: \{ string_value: "2" \}/,
  );
  assert.match(
    triton,
    /model_warmup \[\n {2}\{\n.*\n {4}batch_size: 8\n {4}inputs \{ key: "images" value: \{ data_type: TYPE_FP32 dims: \[ 3, 224, 224 \]/,
  );
  // The most that any of the five trials of 224 px × 8 took, and 25 %, in steps of 64 MiB.
  const trials = readPart(folder, trialsTable).filter(
    ({ inputSizePx, miniBatchSize }) => inputSizePx === 224 && miniBatchSize === 8,
  );
  const peakMib = Math.max(...trials.map(({ peakMemoryMib = 0 }) => peakMemoryMib));
  for (const size of ["5", "8"]) {
    const kserve = exported("kserve", "--mini-batch-size", size);
    assert.match(kserve, new RegExp(`cpu: "2"\n +memory: ${64 * Math.ceil((1.25 * peakMib) / 64)}Mi\n`));
  }
});

test("the front of cost against finish time falls, up to the deadline", () => {
  const args = ["soft", "--images", "20000", "--deadline", "20s", "--objective", "cost", "--pareto", "6", "--json"];
  const { status, stdout } = plan(...args);
  assert.equal(status, 0);
  const { pareto } = JSON.parse(stdout);
  assert.ok(pareto.length >= 2);
  for (const [index, point] of pareto.entries()) {
    assert.ok(point.deadline_ms <= 20_000 && point.proven);
    if (index === 0) continue;
    assert.ok(point.deadline_ms > pareto[index - 1].deadline_ms && point.cost < pareto[index - 1].cost);
  }
});

test("a least energy says how near the best it is, and at gap 0 it is the best", () => {
  const args = ["soft", "--images", "50000", "--deadline", "10s", "--objective", "energy"];
  const near = JSON.parse(plan(...args, "--json").stdout);
  assert.ok(near.proven && near.objective.energy_j <= near.bound * 1.001);
  const best = JSON.parse(plan(...args, "--gap", "0", "--json").stdout);
  assert.ok(near.bound <= best.objective.energy_j && best.objective.energy_j <= near.objective.energy_j);
  assert.match(plan(...args).stdout, /proven (optimal|to be within [\d.e-]+ % of the best) \(/);
});

const REFERENCE = ["soft", join(PACKAGE_ROOT, "data", "reference-cpu"), "--images", "10000", "--deadline", "10s"];

/** A plan for 32 devices like the one that was measured. */
function measuredPlan(...args: string[]) {
  const done = spawnSync(process.execPath, [CLI, "plan", ...REFERENCE, "--devices", "32", ...args, "--json"], {
    encoding: "utf8",
  });
  assert.equal(done.status, 0, done.stderr);
  return JSON.parse(done.stdout);
}

test("an upper prediction bound never asks for fewer devices than the typical time", () => {
  const typical = measuredPlan().objective.devices;
  const careful = measuredPlan("--confidence", "0.95").objective.devices;
  const more = measuredPlan("--confidence", "0.99").objective.devices;
  assert.ok(typical < careful && careful <= more, `${typical}, ${careful}, ${more}`);
});

test("resampled functions give the range of the objective, the same ones each time", () => {
  const { objective, uncertainty } = measuredPlan("--uncertainty", "40");
  assert.ok(uncertainty.low <= objective.devices && objective.devices <= uncertainty.high);
  assert.ok(uncertainty.feasible > 0 && uncertainty.feasible <= 1);
  assert.deepEqual(measuredPlan("--uncertainty", "40").uncertainty, uncertainty);
});

test("a plan with the mean latency says so, and differs by the mean over the median of the inferences", () => {
  const [byMedian, byMean] = [[], ["--latency", "mean"]].map((args) => measuredPlan("--mini-batch-size", "1", ...args));
  assert.equal(byMedian.question.sources[0].latency, undefined);
  assert.equal(byMean.question.sources[0].latency, "mean");
  const [perMiniBatch, slower] = [byMedian, byMean].map(
    ({ devices: [first] }) => first.finish_ms / (first.mini_batches + 1),
  );
  assert.ok((slower ?? 0) > (perMiniBatch ?? 0) && (slower ?? 0) < 1.5 * (perMiniBatch ?? 0), `${slower}`);
});

test("the worst observed latency is neither mean nor median", () => {
  const args = ["hard", ...REFERENCE.slice(1), "--latency", "mean"];
  const { status, stderr } = spawnSync(process.execPath, [CLI, "plan", ...args], { encoding: "utf8" });
  assert.equal(status, 2);
  assert.match(stderr, /^batchwise: --latency mean: a hard plan takes the worst that was observed/);
});
