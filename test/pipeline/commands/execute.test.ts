import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { before, test } from "node:test";
import { PACKAGE_ROOT } from "../../../src/core/package-root.js";
import { UserError } from "../../../src/core/user-error.js";
import { checkDataset } from "../../../src/dataset/check-dataset.js";
import { lockFolder } from "../../../src/dataset/folder-lock.js";
import { readPart } from "../../../src/dataset/part-file.js";
import { executionsTable, inferencesTable, trialsTable } from "../../../src/dataset/tables.js";
import { readDesign } from "../../../src/design/design.js";
import { type ExecuteOptions, executePlan } from "../../../src/execute/execute-plan.js";
import { fitDataset } from "../../../src/fit/fit-dataset.js";
import { runSweep } from "../../../src/measure/sweep.js";
import { readPlanDocument } from "../../../src/plan/answer/read-plan-document.js";
import { allowedCores, canPin } from "../../../src/processes/pinning.js";
import { writeTinyModel } from "./tiny-model.js";

const CLI = join(PACKAGE_ROOT, "dist", "pipeline", "batchwise.js");
const folder = mkdtempSync(join(tmpdir(), "batchwise-test-"));
const dataset = join(folder, "measured");
const executed = join(folder, "executed");
const planFile = join(folder, "plan.json");
const skip = availableParallelism() < 2 && "two devices side by side need two cores";

function batchwise(...args: string[]) {
  return spawnSync(process.execPath, [CLI, ...args], { encoding: "utf8" });
}

/** The same without waiting for it: the process, and its exit. */
function started(...args: string[]) {
  const run = spawn(process.execPath, [CLI, ...args], { stdio: "ignore" });
  return { run, ended: once(run, "exit") };
}

const LONE = { provider: "cpu", threads: 1, concurrent: 1 } as const;

/** A plan file that differs from the plan that was made. */
function changedPlan(name: string, change: (plan: Plan) => void): string {
  const plan = JSON.parse(readFileSync(planFile, "utf8"));
  change(plan);
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(plan));
  return path;
}

interface Plan {
  readonly devices: {
    images: number;
    further_mini_batches: number;
    readonly mini_batch_size: number;
    last_mini_batch_size?: number;
    readonly finish_ms: number;
    finish_low_ms?: number;
    finish_high_ms?: number;
  }[];
  readonly question: { deadline_ms: number; readonly sources: Record<string, unknown>[] };
}

/** For tests that wait for processes: a failure, not a test run that hangs. */
const TIMEOUT_MS = 120_000;

const RELAXED = ["--budget", "1s", "--devices", "2", "--size", "32", "--concurrent", "2", "--max-uses", "9"];

/** Until a condition holds; the test's time limit ends it otherwise. */
async function until(holds: () => boolean, signal: AbortSignal): Promise<void> {
  while (!holds()) {
    signal.throwIfAborted();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Processes that run one of Batchwise's entry points with this test's model. */
function processesOfModel(): string[] {
  if (!existsSync("/proc")) return [];
  return readdirSync("/proc").filter((pid) => {
    const command = commandOf(pid);
    return command.includes("-process.js") && command.includes(folder);
  });
}

function commandOf(pid: string): string {
  try {
    return readFileSync(join("/proc", pid, "cmdline"), "utf8");
  } catch {
    return "";
  }
}

/** The cores that a process may use, as the kernel lists them. */
function coresOf(pid: string): string {
  const status = readFileSync(join("/proc", pid, "status"), "utf8");
  return /^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1] ?? "";
}

before(() => {
  if (skip) return;
  const model = join(folder, "tiny.onnx");
  writeTinyModel(model, "float32", ["n", 3, "h", "w"], [2, 3]);
  const design = join(folder, "tiny.json");
  writeFileSync(
    design,
    JSON.stringify({
      name: "tiny",
      model,
      input_sizes_px: [32],
      mini_batch_sizes: [1, 2, 3],
      trials: 1,
      devices: [LONE, { ...LONE, concurrent: 2 }],
      stopping: { max_inferences: 12 },
      idle_ms: 20,
    }),
  );
  const swept = batchwise("sweep", "--design", design, "--out", dataset, "--json");
  assert.equal(swept.status, 0, swept.stderr);
  const plan = batchwise("plan", "relaxed", dataset, ...RELAXED, "--json");
  assert.equal(plan.status, 0, plan.stderr);
  writeFileSync(planFile, plan.stdout);
});

test("a design with a lone device and one of two is measured side by side, and each is fitted", { skip }, () => {
  const trials = readPart(dataset, trialsTable);
  assert.deepEqual([...new Set(trials.map(({ status, detail }) => `${status} ${detail ?? ""}`))], ["ok "]);
  assert.deepEqual(
    trials.map(({ trialId }) => trialId).sort(),
    [1, 2, 3].flatMap((size) => [`cpu-1t-2c-32px-${size}mb-1`, `cpu-1t-32px-${size}mb-1`]).sort(),
  );
  assert.deepEqual(
    fitDataset(dataset).map(({ device }) => device.concurrent),
    [1, 2],
  );
  assert.deepEqual(processesOfModel(), [], "no companion outlives its trial");
});

test("a plan is executed, every device classifies its images, and the rows make a sound dataset", {
  skip,
}, async () => {
  const { devices } = JSON.parse(readFileSync(planFile, "utf8"));
  assert.equal(devices.length, 2);
  const done = batchwise("execute", planFile, "--out", executed, "--json");
  assert.equal(done.status, 0, done.stderr);
  const rows = readPart(executed, executionsTable);
  assert.deepEqual(
    rows.map(({ device, imagesDone, miniBatchSize, miniBatches }) => [device, imagesDone, miniBatchSize, miniBatches]),
    devices.map((device: Record<string, number>, index: number) => [
      index + 1,
      device.images,
      device.mini_batch_size,
      (device.further_mini_batches ?? 0) + 1,
    ]),
  );
  for (const { measuredFinishMs, predictedFinishMs, deadlineMs, deadline } of rows) {
    assert.ok(measuredFinishMs !== undefined && measuredFinishMs > 0);
    assert.ok(predictedFinishMs <= (deadlineMs ?? 0));
    assert.equal(deadline, measuredFinishMs <= 1000 ? "met" : "missed");
  }
  assert.deepEqual(await checkDataset(executed), []);
});

for (const start of ["cold", "warm"]) {
  test(`a plan for ${start} devices is executed from there`, { skip }, () => {
    const plan = batchwise("plan", "relaxed", dataset, ...RELAXED, "--start", start, "--json");
    assert.equal(plan.status, 0, plan.stderr);
    const file = join(folder, `${start}.json`);
    writeFileSync(file, plan.stdout);
    const done = batchwise("execute", file, "--out", join(folder, start), "--json");
    assert.equal(done.status, 0, done.stderr);
    const rows = readPart(join(folder, start), executionsTable);
    const { devices } = JSON.parse(plan.stdout);
    assert.deepEqual(
      rows.map(({ imagesDone, predictedFinishMs }) => [imagesDone, predictedFinishMs]),
      devices.map((device: Record<string, number>) => [device.images, device.finish_ms]),
    );
  });
}

test("a cold device's finish counts its load, a warm one's not even its first inference", { skip }, () => {
  const trials = readPart(dataset, trialsTable).filter(({ concurrent }) => concurrent === 2);
  const inferences = readPart(dataset, inferencesTable);
  const loadsMs = trials.map(({ loadMs = 0 }) => loadMs).sort((a, b) => a - b);
  for (const [file, first] of [
    [planFile, (warmupMs: number) => warmupMs],
    [join(folder, "cold.json"), (warmupMs: number) => (loadsMs[1] ?? 0) + warmupMs],
    [join(folder, "warm.json"), (_: number, latencyMs: number) => latencyMs],
  ] as const) {
    for (const { mini_batch_size, further_mini_batches, finish_ms } of JSON.parse(readFileSync(file, "utf8")).devices) {
      // One trial a cell: its first inference, what the second takes beyond those after it, and the mean of these.
      const { firstInferenceMs = 0, trialId } =
        trials.find(({ miniBatchSize }) => miniBatchSize === mini_batch_size) ?? {};
      const [second = Number.NaN, ...settled] = inferences
        .filter((inference) => inference.trialId === trialId && inference.iteration > 0)
        .sort((a, b) => a.iteration - b.iteration)
        .map(({ latencyMs }) => latencyMs);
      const meanMs = settled.reduce((sum, latencyMs) => sum + latencyMs, 0) / settled.length;
      const warmupMs = Math.max(firstInferenceMs + Math.max(0, second - meanMs), meanMs);
      const expectedMs = first(warmupMs, meanMs) + further_mini_batches * meanMs;
      // Each time is rounded up to whole microseconds.
      const roundedMs = 0.001 * (further_mini_batches + 2);
      assert.ok(finish_ms >= expectedMs - 1e-9 && finish_ms <= expectedMs + roundedMs, `${finish_ms}, ${expectedMs}`);
    }
  }
});

test("a device that fails is said with the reason, its row is written, and the exit code is 1", { skip }, async () => {
  const model = join(folder, "fixed.onnx");
  writeTinyModel(model, "float32", [3, 3, 32, 32], [2, 3]);
  const sha256 = createHash("sha256").update(readFileSync(model)).digest("hex");
  const failing = changedPlan("failing.json", (plan) => {
    setSource(plan, "model", model);
    setSource(plan, "model_sha256", sha256);
    plan.question.deadline_ms = 1e9;
    for (const device of plan.devices)
      Object.assign(device, { mini_batch_size: 3, further_mini_batches: 1, images: 4 });
    for (const device of plan.devices.slice(0, 1)) device.last_mini_batch_size = 1;
  });
  const out = join(folder, "failing");
  const done = batchwise("execute", failing, "--out", out);
  assert.equal(done.status, 1, done.stderr);
  assert.match(done.stdout, /^device 1: .*Got: 1 Expected: 3 Please .*$/m);
  assert.doesNotMatch(done.stdout, /^device 2: /m);
  assert.match(done.stdout, new RegExp(`^recorded in ${out}$`, "m"));
  assert.deepEqual(
    readPart(out, executionsTable).map(({ imagesDone, measuredFinishMs, deadline, detail }) => [
      imagesDone,
      measuredFinishMs === undefined,
      deadline,
      detail === undefined,
    ]),
    [
      [0, true, "missed", false],
      [4, false, "met", true],
    ],
  );
  assert.deepEqual(await checkDataset(out), []);
});

test("a missed deadline is said and recorded, and the job is done all the same", { skip }, () => {
  const late = changedPlan("late.json", ({ question, devices }) => {
    question.deadline_ms = 1e-6;
    for (const [index, device] of devices.entries()) {
      device.finish_low_ms = 0;
      device.finish_high_ms = index === 0 ? 1e9 : 1e-6; // the first one holds, whatever is measured, the other one can't
    }
  });
  const done = batchwise("execute", late, "--out", executed);
  assert.equal(done.status, 0, done.stderr);
  assert.match(done.stdout, /missed/);
  const report = batchwise("execute", "--report", executed, "--figures", join(folder, "figures"), "--json");
  assert.equal(report.status, 0, report.stderr);
  const { plans, devices, coverage, figures } = JSON.parse(report.stdout);
  assert.equal(figures.length, 7, "and its captions");
  assert.equal(
    readFileSync(join(folder, "figures", "calibration.csv"), "utf8")
      .trim()
      .split("\n").length,
    5,
  );
  assert.deepEqual(
    plans.map((plan: { devices: number }) => plan.devices),
    [2, 2],
  );
  assert.equal(plans[1].deadline, "missed");
  assert.equal(devices, 4);
  assert.equal(coverage, 0.5, "the first plan comes from too few trials for an interval");
});

const onLinux = { skip: skip || process.platform !== "linux", timeout: TIMEOUT_MS };

/** A design of two devices side by side whose trials take so long, if nothing stops them. */
function longDesign(name: string, maxSteadyMs: number): string {
  const path = join(folder, name);
  const design = JSON.parse(readFileSync(join(folder, "tiny.json"), "utf8"));
  const stopping = { max_inferences: 1_000_000_000, max_steady_ms: maxSteadyMs, relative_half_width: 1e-9 };
  const devices = [{ ...LONE, concurrent: 2 }];
  writeFileSync(path, JSON.stringify({ ...design, mini_batch_sizes: [1], devices, stopping }));
  return path;
}

test("a companion whose sweep is killed ends by itself", onLinux, async ({ signal }) => {
  const out = join(folder, "killed");
  const design = longDesign("long.json", 1e9);
  const { run, ended } = started("sweep", "--design", design, "--out", out);
  await until(() => processesOfModel().length === 2, signal);
  run.kill("SIGKILL");
  await ended;
  await until(() => processesOfModel().length === 0, signal);
});

test("a trial during which its companion dies does not count, and its row says why", onLinux, async ({ signal }) => {
  const out = join(folder, "companion-died");
  const design = longDesign("shorter.json", 1000);
  const { ended } = started("sweep", "--design", design, "--out", out);
  await until(() => processesOfModel().length === 2, signal);
  const companion = processesOfModel().find((pid) => commandOf(pid).includes("companion-process.js"));
  process.kill(Number(companion), "SIGKILL");
  await ended;
  const [trial] = readPart(out, trialsTable);
  assert.deepEqual([trial?.status, trial?.detail], ["crashed", "a device beside it: signal SIGKILL"]);
  assert.deepEqual(processesOfModel(), []);
});

test("executions are added to the dataset that was measured, which stays sound and can be fitted", {
  skip,
}, async () => {
  assert.equal(batchwise("execute", planFile).status, 0);
  assert.equal(readPart(dataset, executionsTable).length, 2);
  assert.deepEqual(await checkDataset(dataset), []);
  assert.equal(fitDataset(dataset).length, 2);
});

test("a dataset that is being measured is refused before anything is executed", { skip }, () => {
  const out = join(folder, "being-measured");
  mkdirSync(out);
  const lock = lockFolder(out);
  const { status, stderr } = batchwise("execute", planFile, "--out", out);
  assert.deepEqual([status, readdirSync(out)], [2, ["sweep.lock"]]);
  assert.match(stderr, /is being measured by process \d+, wait for it or stop it\n$/);
  lock.release();
});

test("Ctrl-C ends every process of an execution, and nothing is recorded", { skip, timeout: TIMEOUT_MS }, async ({
  signal,
}) => {
  const endless = changedPlan("endless.json", ({ devices }) => {
    for (const device of devices) device.further_mini_batches = 1_000_000_000;
  });
  const out = join(folder, "interrupted");
  const { run, ended } = started("execute", endless, "--out", out);
  await until(() => processesOfModel().length === 2, signal);
  if (process.platform === "linux" && canPin()) {
    const cores = processesOfModel().map(coresOf);
    assert.deepEqual(cores.sort(), allowedCores().slice(0, 2).map(String), "each has a core of its own");
  }
  run.kill("SIGINT");
  assert.deepEqual(await ended, [130, null]);
  assert.deepEqual(processesOfModel(), []);
  assert.equal(existsSync(out), false);
});

test("a device whose execution is killed ends by itself", onLinux, async ({ signal }) => {
  const { run, ended } = started("execute", join(folder, "endless.json"), "--out", join(folder, "orphans"));
  await until(() => processesOfModel().length === 2, signal);
  run.kill("SIGKILL");
  await ended;
  await until(() => processesOfModel().length === 0, signal);
});

const REFUSED: [what: string, change: (plan: Plan) => void, options: ExecuteOptions, message: RegExp][] = [
  ["of other threads", () => undefined, { threads: 2 }, /was measured with threads 1 .*, not 2/],
  ["of another provider", () => undefined, { provider: "cuda" }, /was measured with provider cpu .*, not cuda/],
  ["of a lone device", (plan) => setSource(plan, "concurrent", 1), {}, /with 1 side by side .*, not 2/],
  ["of another model file", (plan) => setSource(plan, "model_sha256", "0"), {}, /another file than the one/],
  ["of given functions", (plan) => setSource(plan, "dataset", undefined), {}, /was not measured here, allowed are/],
  ["of more threads than cores", (plan) => setSource(plan, "threads", 999), {}, /need 1998 cores, this machine has/],
  ["with images that no mini-batch holds", (plan) => addImages(plan), {}, /device 1 has \d+ images, .* at most \d+/],
  ["that is infeasible", (plan) => Object.assign(plan, { status: "infeasible" }), {}, /only a plan that was found/],
  ["that is none", (plan) => Object.assign(plan, { question: 7 }), {}, /plan .*plan-refused\.json: question: /],
];

function setSource({ question }: Plan, key: string, value: unknown): void {
  for (const source of question.sources) source[key] = value;
}

function addImages({ devices }: Plan): void {
  for (const device of devices) device.images += 1_000_000;
}

for (const [what, change, options, message] of REFUSED) {
  test(`a plan ${what} is refused with the reason`, { skip }, async () => {
    const refused = changedPlan("plan-refused.json", change);
    await assert.rejects(
      async () => executePlan(readPlanDocument(refused), options),
      (error) => error instanceof UserError && message.test(error.message),
    );
  });
}

test("a refusal is one line, ends with exit code 2 and records nothing", { skip }, () => {
  const out = join(folder, "refused");
  const { status, stderr } = batchwise("execute", planFile, "--threads", "2", "--out", out);
  assert.match(stderr, /^batchwise: plan: device cpu-1t-2c was measured with threads 1 .*, not 2\n$/);
  assert.equal(status, 2);
  assert.equal(existsSync(out), false);
});

test("devices side by side that need more cores than there are can't be measured", { skip }, async () => {
  const design = { ...readDesign(join(folder, "tiny.json")), devices: [{ ...LONE, concurrent: 999 }] };
  await assert.rejects(
    runSweep({ design, folder: join(folder, "none") }),
    /999 devices .*need 999 cores, this machine has \d+$/,
  );
});
