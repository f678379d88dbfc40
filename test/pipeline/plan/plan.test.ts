import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { readFleet } from "../../../pipeline/plan/plan-devices.js";
import { PACKAGE_ROOT } from "../../../src/core/package-root.js";
import { readPart } from "../../../src/dataset/part-file.js";
import { trialsTable } from "../../../src/dataset/tables.js";
import { refusal } from "../refusal.js";

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
  for (const { type, mini_batch_size, further_mini_batches, images: own, finish_ms } of answer.devices) {
    assert.equal(type, "a100");
    const counted = 210 + 1.3 * mini_batch_size + further_mini_batches * (1.9 + 0.71 * mini_batch_size);
    assert.ok(Math.abs(finish_ms - counted) < 0.001 * (further_mini_batches + 2) && finish_ms <= 10_000);
    assert.ok(own <= (further_mini_batches + 1) * mini_batch_size);
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

test("an infeasible plan exits with 3, for people, as JSON and where its plan would be exported; a program is printed", () => {
  const args = ["soft", "--images", "500000", "--deadline", "10s"];
  const ended = [[], ["--json"], ["--export", "triton"], ["--export", "lp"]].map((more) => plan(...args, ...more));
  assert.deepEqual(
    ended.map(({ status }) => status),
    [3, 3, 3, 0],
  );
  const [people, , serving] = ended;
  assert.match(
    people?.stdout ?? "",
    /^infeasible: capacity: .* in 10 s, 392480 fewer than 500000\n45\.2056 s would do\n/,
  );
  assert.match(serving?.stderr ?? "", /^batchwise: plan: infeasible, nothing to export \(capacity: .*\)\n$/);
  const later = plan("soft", "--images", "500000", "--deadline", "45.2056 s");
  assert.equal(later.status, 0, "the time that would do is read as it is shown");
});

test("a relaxed plan of least cost without a single image in time says so, with the limits that bind", () => {
  const args = ["relaxed", "--budget", "211.5ms", "--objective", "cost"];
  const { status, stdout, stderr } = plan(...args, "--max-latency", "1ms");
  assert.deepEqual([status, stderr], [3, ""]);
  assert.equal(
    stdout,
    "infeasible: latency: the fastest mini-batch takes 2.61 ms, 1.61 ms more than --max-latency 1ms\n" +
      "no time that is known would do\n" +
      "limit that binds: --max-latency 1ms; without it there is a plan\n",
  );
  const short = plan("relaxed", "--budget", "1ms", "--objective", "energy");
  assert.deepEqual([short.status, short.stderr], [3, ""]);
  assert.match(
    short.stdout,
    /^infeasible: time: the fastest first inference takes 211\.3 ms, 210\.3 ms more than 1 ms\n/,
  );
});

test("what limits a plan is said in words, and as one word each in JSON", () => {
  const args = ["relaxed", "--budget", "10s", "--sensitivity"];
  assert.match(
    planOf([{ max_uses: 10 }], ...args).stdout,
    /^limited by the largest mini-batch that is known to fit a device, and by the most .* \(max_uses\), and by the number of/m,
  );
  const { sensitivity } = JSON.parse(planOf([{ max_uses: 10 }], ...args, "--json").stdout);
  assert.deepEqual(sensitivity.binding, ["memory", "uses", "devices"]);
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
  [["soft", "--images", "10", "--deadline", "10s", "--latency", "mean"], /^latency mean: needs measured functions/],
  [["soft", "--images", "10", "--deadline", "10s", "--latency", "mode"], /--latency mode: allowed are mean, median/],
  [["soft", "--images", "10", "--deadline", "10s", "--confidence", "0.95"], /^confidence: needs measured functions/],
  [["soft", "--images", "10", "--deadline", "10s", "--uncertainty", "5"], /--uncertainty: needs measured functions/],
  [["soft", "--images", "10", "--deadline", "10s", "--export", "xml"], /allowed are lp, mps, triton, kserve/],
  [["soft", "--images", "10", "--deadline", "10s", "--start", "cold"], /load time is not known/],
  [["soft", "--images", "10", "--deadline", "1e300h"], /--deadline "1e300h": allowed are 0\.001 to 1000000000000 ms/],
  [
    ["soft", "--images", "10", "--deadline", "10s", "--max-cost", "1e300"],
    /--max-cost "1e300": allowed .* to 1000000000000000/,
  ],
  [["soft", "--images", "10", "--deadline", "10s", "--time-limit", "1e12"], /--time-limit .* up to 86400/],
  [["soft", "--images", "10", "--deadline", "10s", "--pareto", "1000000000"], /--pareto .* from 1 to 1000/],
  [["soft", "--images", "10", "--deadline", "10s", "--uncertainty", "201"], /--uncertainty "201": .* from 1 to 200/],
  [["soft", "--images", "10", "--deadline", "10s", "--mini-batch-size", "1e9"], /from 1 to 65536/],
  [["soft", "--images", "10", "--deadline", "10s", "--size", "256"], /--size 256: no device of .* uses it/],
  [["soft", "--images", "10", "--deadline", "10s", "--max-uses", "5"], /--max-uses: not used beside the device file/],
  [["soft", "--images", "10", "--deadline", "10s", "--max-latency", "p99=5ms"], /needs measured functions/],
  [["soft", "--images", "10", "--deadline", "10s", "--max-latency", "p30=5ms"], /allowed are p above 50 and below 100/],
  [["relaxed", "--budget", "10s", "--objective", "devices"], /of relaxed plans allowed are images, cost and energy/],
  [
    ["relaxed", "--budget", "10s", "--objective", "cost", "--workload", "a=5", "--workload", "b=5"],
    /one set of functions, several workloads/,
  ],
] as const) {
  test(`plan ${wrong.join(" ")} is refused in one line`, async () => {
    const said = await refusal(["plan", ...wrong, "--devices", devices]);
    assert.match(said, message);
    assert.ok(!said.includes("\n"), said);
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
  // The most that any of the five trials of that size, or of the next larger one, took, and 25 %, in steps of 64 MiB.
  for (const [sizePx, measuredPx] of [
    ["224", 224],
    ["200", 224],
  ] as const) {
    const trials = readPart(folder, trialsTable).filter(
      ({ inputSizePx, miniBatchSize }) => inputSizePx === measuredPx && miniBatchSize === 8,
    );
    const peakMib = Math.max(...trials.map(({ peakMemoryMib = 0 }) => peakMemoryMib));
    const kserve = exported("kserve", "--mini-batch-size", "8", "--size", sizePx);
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

test("a least energy says how near its bound it is, and counts as proven within --gap of it", () => {
  const args = ["soft", "--images", "50000", "--deadline", "10s", "--objective", "energy"];
  const [near, exact] = [[], ["--gap", "0"]].map((gap) => JSON.parse(plan(...args, ...gap, "--json").stdout));
  for (const { devices: used, objective, bound } of [near, exact]) {
    // By hand: the first mini-batch's energy is its share of time of a steady one's, and a device waits until the
    // deadline.
    let energyJ = 0;
    for (const { mini_batch_size: size, further_mini_batches: further, finish_ms } of used) {
      const [latencyMs, warmupMs, ownJ] = [1.9 + 0.71 * size, 210 + 1.3 * size, 0.4 + 0.11 * size];
      energyJ += ownJ * (warmupMs / latencyMs + further) + 60 * (10 - finish_ms / 1000);
    }
    assert.ok(Math.abs(objective.energy_j - energyJ) < 1e-3, `${objective.energy_j}, ${energyJ}`);
    assert.ok(bound <= objective.energy_j && objective.energy_j <= 1.001 * bound);
  }
  assert.ok(near.proven && exact.objective.energy_j <= near.objective.energy_j);
  assert.equal(exact.proven, exact.bound === exact.objective.energy_j, "at gap 0 only what meets its bound");
  const shown = Number(((100 * (near.objective.energy_j - near.bound)) / near.bound).toPrecision(2));
  // The search ends after steps: a limit that is over at once changes nothing.
  assert.match(
    plan(...args, "--time-limit", "0.001").stdout,
    new RegExp(`; proven to be within ${shown} % of the best`),
  );
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
  const { uncertainty } = measuredPlan("--uncertainty", "40");
  // Each resample solved by hand: the most images of one device within 10 s, and so many devices for all of them.
  const folder = join(PACKAGE_ROOT, "data", "reference-cpu");
  const resampled = readFleet(folder, { devices: "32" }, ["images"]);
  const needed = Array.from({ length: 40 }, (_, index) => {
    const [type] = resampled.types({ kind: "resample", index }, "loaded");
    const capacity = (type?.choices[0] ?? []).map(
      ({ miniBatchSize, latencyUs, warmupUs }) => (1 + Math.floor((10_000_000 - warmupUs) / latencyUs)) * miniBatchSize,
    );
    return Math.ceil(10_000 / Math.max(...capacity));
  }).sort((a, b) => a - b);
  assert.ok(needed.at(-1) !== needed[0] && (needed.at(-1) ?? 0) <= 32, `${needed}`);
  const { low, high, feasible, resamples } = uncertainty;
  assert.deepEqual([feasible, resamples], [1, 40]);
  // Of forty values the second and third, and the 38th and 39th, stand around the ends of nine tenths.
  assert.ok(low >= (needed[1] ?? 0) && low <= (needed[2] ?? 0), `${low} of ${needed}`);
  assert.ok(high >= (needed[37] ?? 0) && high <= (needed[38] ?? 0), `${high} of ${needed}`);
});

test("what the time limit ends says how far it came", () => {
  const { uncertainty } = measuredPlan("--uncertainty", "40", "--time-limit", "0.001");
  assert.ok(uncertainty.resamples >= 1 && uncertainty.resamples < 40, `${uncertainty.resamples}`);
  const { stdout } = plan("soft", "--images", "20000", "--deadline", "20s", "--pareto", "500", "--time-limit", "0.001");
  assert.match(stdout, /^the time limit ended the front: \d+ of 500 deadlines looked at$/m);
});

test("a plan takes the mean latency and says so, and the study's median where it is asked for", () => {
  const [byMedian, byMean] = [["--latency", "median"], []].map((args) =>
    measuredPlan("--mini-batch-size", "1", ...args),
  );
  assert.equal(byMedian.question.sources[0].latency, undefined);
  assert.equal(byMean.question.sources[0].latency, "mean");
  const [perMiniBatch, slower] = [byMedian, byMean].map(
    ({ devices: [first] }) => first.finish_ms / (first.further_mini_batches + 1),
  );
  assert.ok((slower ?? 0) > (perMiniBatch ?? 0) && (slower ?? 0) < 1.5 * (perMiniBatch ?? 0), `${slower}`);
});

test("the worst observed latency is neither mean nor median", () => {
  const args = ["hard", ...REFERENCE.slice(1), "--latency", "mean"];
  const { status, stderr } = spawnSync(process.execPath, [CLI, "plan", ...args], { encoding: "utf8" });
  assert.equal(status, 2);
  assert.match(stderr, /^batchwise: latency mean: a hard plan takes the worst that was observed/);
});

/** The command line with a device file of its own: the devices given, each with A100's values where it has none. */
function planOf(own: readonly object[], ...args: string[]) {
  const file = join(folder, "own.json");
  const all = own.map((device, index) => ({ ...A100, name: `d${index}`, ...device }));
  writeFileSync(file, JSON.stringify({ devices: all }));
  return spawnSync(process.execPath, [CLI, "plan", ...args, "--devices", file], {
    encoding: "utf8",
    maxBuffer: 100_000_000,
  });
}
const SOFT = ["soft", "--images", "5000", "--deadline", "10s"] as const;

for (const [device, message] of [
  [{ latency_ms: { 1: 1e-9 } }, /devices\.0\.latency_ms\.1: 1e-9, allowed are numbers from 0\.001 to 1000000000/],
  [{ latency_ms: { intercept: 1e300, slope: 1 } }, /latency at mini-batch size 1 1e\+300 ms, allowed are/],
  [{ latency_ms: { 1: 2, 1000000000: 5 } }, /mini-batch size 1000000000, allowed are whole numbers from 1 to 65536/],
  [{ latency_ms: {} }, /an empty table/],
  [{ price_per_hour: 1e300 }, /price_per_hour: 1e\+300, allowed are numbers from 0 to 1000000/],
  [{ energy_per_mini_batch_j: { 1: 1e300 } }, /energy_per_mini_batch_j\.1: 1e\+300, allowed are/],
  [{ count: 1e9 }, /count: 1000000000, allowed are whole numbers from 1 to 1000000/],
  [{ max_mini_batch_size: 1e9 }, /max_mini_batch_size: 1000000000, allowed are whole numbers from 1 to 65536/],
  [{ warmup_ms: undefined }, /warmup_ms is missing, which start loaded needs; allowed without it is warm/],
] as const) {
  test(`a device with ${JSON.stringify(device)} is refused in one line with what is allowed`, () => {
    const { status, stderr } = planOf([device], ...SOFT);
    assert.equal(status, 2);
    assert.match(stderr, message);
    assert.equal(stderr.trim().split("\n").length, 1);
  });
}

test("numbers and times are read as people write them", () => {
  const [plain, written] = [
    ["50000", "10s"],
    ["5e4", "1_0 s"],
  ].map(([images = "", time = ""]) => plan("soft", "--images", images, "--deadline", time, "--json"));
  assert.equal(written?.status, 0, written?.stderr);
  assert.equal(written?.stdout, plain?.stdout);
});

test("a warm start needs no warm-up, and a given one below the latency counts as given", () => {
  const warm = planOf([{ warmup_ms: undefined }], ...SOFT, "--start", "warm", "--json");
  assert.equal(warm.status, 0, warm.stderr);
  const device = { latency_ms: { 8: 10 }, warmup_ms: { 8: 4 } };
  const { stdout } = planOf([device], "soft", "--images", "16", "--deadline", "10s", "--json");
  assert.equal(JSON.parse(stdout).objective.finish_ms, 14);
});

test("sizes without energy are left out where a plan needs the energy, and only there", () => {
  const device = { energy_per_mini_batch_j: { 1: 1, 8: 2 }, warmup_energy_j: { 1: 1, 4: 1, 8: 3 } };
  const energy = planOf([device], ...SOFT, "--objective", "energy", "--json");
  assert.equal(energy.status, 0, energy.stderr);
  for (const { mini_batch_size } of JSON.parse(energy.stdout).devices) assert.equal(mini_batch_size, 8);
  const devices = planOf([device], ...SOFT, "--json");
  assert.ok(JSON.parse(devices.stdout).devices.every((one: { mini_batch_size: number }) => one.mini_batch_size > 8));
});

test("a device without one of the workloads does not serve it", () => {
  const functions = { latency_ms: { 1: 1 }, warmup_ms: { 1: 1 } };
  const { name, count } = A100;
  const file = join(folder, "two.json");
  const write = (first: object, second: object) =>
    writeFileSync(
      file,
      JSON.stringify({
        devices: [
          { name, count, workloads: first },
          { name: "other", count, workloads: second },
        ],
      }),
    );
  const ask = () =>
    spawnSync(
      process.execPath,
      [CLI, "plan", "soft", "--deadline", "1s", "--workload", "a=9", "--workload", "b=9", "--devices", file, "--json"],
      { encoding: "utf8" },
    );
  write({ b: functions }, { a: functions });
  const { stdout, stderr, status } = ask();
  assert.equal(status, 0, stderr);
  const served = JSON.parse(stdout).devices.map((one: { type: string; workload: string }) => [one.type, one.workload]);
  assert.deepEqual(served.sort(), [
    ["a100", "b"],
    ["other", "a"],
  ]);
  write({ b: functions }, { c: functions });
  assert.match(ask().stderr, /device other: no functions for workload a, b, it has c/);
  write({ b: functions }, { b: functions });
  assert.match(ask().stderr, /workload a: no device has functions for it/);
});

test("a cap on the latency leaves out the mini-batch sizes that take longer", () => {
  const capped = JSON.parse(plan(...SOFT, "--max-latency", "20ms", "--json").stdout);
  for (const { mini_batch_size } of capped.devices) assert.ok(1.9 + 0.71 * mini_batch_size <= 20);
  const none = JSON.parse(plan(...SOFT, "--max-latency", "1ms", "--json").stdout);
  assert.equal(none.reason, "latency: the fastest mini-batch takes 2.61 ms, 1.61 ms more than --max-latency 1ms");
  assert.deepEqual(none.binding_limits, [{ limit: "--max-latency 1ms", without: "there is a plan" }]);
  assert.ok(!("feasible_time_ms" in none));
});

test("a cap on a quantile of the latency is narrower than one on the typical latency", () => {
  const args = ["relaxed", join(PACKAGE_ROOT, "data", "reference-cpu"), "--budget", "20s", "--json"];
  const images = ["30ms", "p99=30ms"].map((cap) => {
    const { stdout } = spawnSync(process.execPath, [CLI, "plan", ...args, "--max-latency", cap], { encoding: "utf8" });
    return JSON.parse(stdout).objective.images as number;
  });
  assert.ok((images[1] ?? 0) > 0 && (images[1] ?? 0) < (images[0] ?? 0), `${images}`);
});

test("the limits that bind are said last, with what there would be without", () => {
  const args = ["soft", "--images", "50000", "--deadline", "10s"];
  const text = planOf([{ max_uses: 40 }], ...args).stdout;
  assert.match(
    text.trim().split("\n").at(-1) ?? "",
    /^limit that binds: max_uses 40; without it 4 devices in place of 5$/,
  );
  const { binding_limits } = JSON.parse(planOf([{ max_uses: 1000 }], ...args, "--json").stdout);
  assert.deepEqual(binding_limits, []);
});

test("a relaxed plan of least cost has the most images, and no other one of them costs less", () => {
  const args = ["relaxed", "--budget", "10s", "--billing", "busy", "--json"];
  const most = JSON.parse(plan(...args).stdout);
  const cheapest = JSON.parse(plan(...args, "--objective", "cost").stdout);
  assert.equal(cheapest.objective.images, most.objective.images);
  assert.ok(cheapest.proven && cheapest.objective.cost <= most.objective.cost * (1 + 1e-9));
  assert.deepEqual(cheapest.question.workloads, [{ name: "images", images: most.objective.images }]);
});

/** Whether a JSON text holds a number that is none. */
function hasNoNumber(json: string): boolean {
  return /null|NaN|Infinity/.test(json);
}

test("answers of every class hold no null where a number is not known", () => {
  for (const args of [
    SOFT,
    ["soft", "--images", "9007199254740991", "--deadline", "10s"],
    ["relaxed", "--budget", "1ms"],
    ["hard", "--images", "10", "--deadline", "1s", "--max-power-w", "1"],
    ["best-effort", "--images", "1e9"],
  ]) {
    const { status, stdout, stderr } = plan(...args, "--json");
    assert.equal(status, JSON.parse(stdout).status === "infeasible" ? 3 : 0, stderr);
    assert.ok(!hasNoNumber(stdout), stdout);
  }
});

test("20,000 types of devices with prices are planned, most images and least cost", () => {
  const many = Array.from({ length: 20_000 }, (_, index) => ({
    name: `t${index}`,
    count: 1 + (index % 3),
    max_uses: undefined,
    price_per_hour: 1 + ((index * 7919) % 1000) / 100,
    latency_ms: { 1: 1 + ((index * 104_729) % 1000) / 1000, 16: 8 + ((index * 1301) % 1000) / 100 },
    warmup_ms: { 1: 100, 16: 200 },
  }));
  const relaxed = planOf(many, "relaxed", "--budget", "10s");
  assert.equal(relaxed.status, 0, relaxed.stderr);
  const cheapest = planOf(many, "soft", "--images", "200000", "--deadline", "60s", "--objective", "cost", "--json");
  assert.equal(cheapest.status, 0, cheapest.stderr);
});

test("a device file may begin with a byte order mark, and a wrong one is named in one line", () => {
  const [marked, broken] = [join(folder, "marked.json"), join(folder, "broken.json")];
  writeFileSync(marked, `\uFEFF${JSON.stringify({ devices: [{ ...A100, name: "a\nb" }] })}\r\n`);
  writeFileSync(broken, '{"devices":\n[}\n');
  const asked = (file: string) =>
    spawnSync(process.execPath, [CLI, "plan", "relaxed", "--budget", "1s", "--devices", file], { encoding: "utf8" });
  assert.match(asked(marked).stdout, /^ +8 {2}a\\nb {2}/m);
  const { status, stderr } = asked(broken);
  assert.deepEqual([status, stderr.trim().split("\n").length], [2, 1], stderr);
});

test("a full disk under the output is said in one line", { skip: !existsSync("/dev/full") }, () => {
  const full = openSync("/dev/full", "w");
  const done = spawnSync(process.execPath, [CLI, "plan", "relaxed", "--budget", "1s", "--devices", devices], {
    encoding: "utf8",
    stdio: ["ignore", full, "pipe"],
  });
  closeSync(full);
  assert.deepEqual([done.status, done.stderr], [1, "batchwise: output: no space left on device\n"]);
});
