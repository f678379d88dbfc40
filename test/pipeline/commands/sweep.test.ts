import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { PACKAGE_ROOT } from "../../../src/core/package-root.js";
import { checkDataset } from "../../../src/dataset/check-dataset.js";
import { readPart } from "../../../src/dataset/part-file.js";
import { trialsTable } from "../../../src/dataset/tables.js";
import { fitDataset } from "../../../src/fit/fit-dataset.js";
import { assertKept, finishedRows } from "../../dataset/kept-rows.js";
import { playing } from "../../measure/played-trial.js";
import { refusal } from "../refusal.js";

const CLI = join(PACKAGE_ROOT, "dist", "pipeline", "batchwise.js");
const folder = mkdtempSync(join(tmpdir(), "batchwise-test-"));
const design = join(folder, "tiny.json");
writeFileSync(
  design,
  JSON.stringify({
    name: "tiny",
    input_sizes_px: [32, 48],
    mini_batch_sizes: [1, 2],
    trials: 2,
    devices: [{ provider: "cpu", threads: 1, concurrent: 1 }],
    stopping: { max_inferences: 12 },
    idle_ms: 20,
  }),
);

function batchwise(...args: string[]) {
  return spawnSync(process.execPath, [CLI, ...args], { encoding: "utf8" });
}

/** Resolves as soon as the sweep says that a number of trials ended. */
async function trialsEnded(sweep: ChildProcess, number: number): Promise<void> {
  let text = "";
  for await (const chunk of sweep.stderr ?? []) {
    text += chunk;
    if (new RegExp(`^${number}/`, "m").test(text)) return;
  }
  throw new Error(`the sweep ended before trial ${number}: ${text}`);
}

test("a sweep that is killed with SIGKILL goes on, loses no finished trial and measures none twice", async () => {
  const dataset = join(folder, "killed");
  const sweep = spawn(process.execPath, [CLI, "sweep", "--design", design, "--out", dataset], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  await trialsEnded(sweep, 3);
  sweep.kill("SIGSTOP"); // so that it is still measuring however long the second one takes to start
  const second = batchwise("sweep", "--design", design, "--out", dataset);
  assert.equal(second.status, 2);
  assert.match(second.stderr, new RegExp(`is being measured by process ${sweep.pid}`));
  const ended = once(sweep, "exit");
  sweep.kill("SIGKILL");
  await ended;
  const before = finishedRows(dataset);
  assert.ok(before.trialIds.length >= 3);
  appendFileSync(join(dataset, "trials", "part-0.csv"), "cpu-1t-32px-1mb-9,torn");
  appendFileSync(join(dataset, "inferences", "part-0.csv"), "cpu-1t-32px-1mb-9,0,1,2\n");

  const resumed = batchwise("sweep", "--design", design, "--out", dataset, "--json");
  assert.equal(resumed.status, 0, resumed.stderr);
  assert.match(resumed.stderr, /dropped \d+ lines of an unfinished trial/);
  assertKept(before, dataset);
  const trials = readPart(dataset, trialsTable);
  assert.equal(trials.length, 8);
  assert.equal(new Set(trials.map(({ trialId }) => trialId)).size, 8);
  assert.equal(new Set(trials.map(({ runId }) => runId)).size, 2);
  const checked = batchwise("dataset", "check", dataset);
  assert.equal(checked.status, 0, checked.stdout);
});

test("a trial over its memory limit is a row, larger cells are skipped with the reason, and the sweep goes on", () => {
  const dataset = join(folder, "limited");
  const swept = batchwise("sweep", "--design", design, "--out", dataset, "--memory-limit-mib", "40", "--json");
  assert.equal(swept.status, 0, swept.stderr);
  const trials = readPart(dataset, trialsTable);
  assert.equal(trials.length, 8);
  const exceeded = new Set<number>();
  for (const { inputSizePx, miniBatchSize, status, detail } of trials) {
    if (miniBatchSize === 2 && exceeded.has(inputSizePx)) {
      assert.equal(status, "skipped");
      assert.equal(detail, `mini-batch size 1 ran out of memory at ${inputSizePx} px already`);
    } else {
      assert.equal(status, "out_of_memory");
      assert.match(detail ?? "", /^memory \d+ MiB exceeds the limit of 40 MiB$/);
    }
    if (miniBatchSize === 1) exceeded.add(inputSizePx);
  }
  const skipped = trials.filter(({ status }) => status === "skipped").length;
  assert.ok(skipped >= 2, "both sizes are skipped in the second round at least");
  assert.deepEqual(JSON.parse(swept.stdout).byStatus, { out_of_memory: 8 - skipped, skipped });
});

test("the dataset is fitted, planned, drawn and exported", () => {
  const dataset = join(folder, "killed");
  const fit = batchwise("fit", dataset, "--json");
  assert.equal(fit.status, 0, fit.stderr);
  const [device] = JSON.parse(fit.stdout).devices;
  assert.equal(device.functions.length, 9, "two sizes and all sizes, of three quantities");
  for (const { coefficients, coefficient_intervals } of device.functions) {
    assert.deepEqual(Object.keys(coefficient_intervals), Object.keys(coefficients));
  }
  const { levels } = device.noise;
  assert.equal(levels.length, 10, "four levels of latency, three of warm-up and of memory");
  const runs = new Set(readPart(dataset, trialsTable).map(({ runId }) => runId));
  assert.deepEqual(
    levels.slice(0, 3).map(({ level, groups }: Record<string, unknown>) => [level, groups]),
    [
      ["host", 1],
      ["session", runs.size],
      ["process", 8],
    ],
  );
  const plan = batchwise("plan", "soft", dataset, "--images", "100", "--deadline", "60s", "--size", "32", "--json");
  assert.equal(JSON.parse(plan.stdout).status, "optimal", plan.stderr);
  const figures = batchwise("figures", dataset, "--json");
  assert.equal(figures.status, 0, figures.stderr);
  const { files, left } = JSON.parse(figures.stdout);
  for (const file of files) assert.ok(existsSync(file), file);
  assert.deepEqual(
    left.map(({ name }: { name: string }) => name),
    ["hosts", "importance-explain", "importance-predict", "correlation", "warmup-prediction"],
    "one host stands beside no other, and eight trials are too few to rank",
  );
  const tables = files.filter((file: string) => /tables\/.*\.tex$/.test(file));
  assert.equal(tables.length, 2);
  for (const file of tables) assert.match(readFileSync(file, "utf8"), /\\toprule[\s\S]*\\bottomrule/);
  const pdf = readFileSync(
    files.find((file: string) => file.endsWith("memory.pdf")),
    "latin1",
  );
  assert.match(pdf, /FontFile2/);
  const one = batchwise("figures", dataset, "--only", "memory", "--out", join(folder, "one"), "--json");
  assert.equal(JSON.parse(one.stdout).files.length, 7, one.stderr);
  const claims = batchwise("claims", dataset, "--json");
  assert.equal(JSON.parse(claims.stdout).claims.length, 6, claims.stderr);
  assert.deepEqual(JSON.parse(claims.stdout).cautions, device.cautions);
  const exported = batchwise("dataset", "export", dataset, "--json");
  for (const file of JSON.parse(exported.stdout).files) assert.ok(existsSync(file), file);
});

test("with --retry what crashed is measured again, earlier rows stay as they are, and the last attempt counts", async () => {
  const dataset = join(folder, "retried");
  const args = ["sweep", "--design", design, "--out", dataset, "--sizes", "32", "--trials", "1", "--json"];
  const bytes = (name: string) => readFileSync(join(dataset, name, "part-0.csv"), "utf8");
  const first = await playing(
    { "trial-process.js": 'if (process.argv[2].endsWith(" x 2")) die("SIGKILL")' },
    async () => batchwise(...args),
  );
  assert.deepEqual(JSON.parse(first.stdout).byStatus, { ok: 1, crashed: 1 }, first.stderr);
  const before = { trials: bytes("trials"), inferences: bytes("inferences") };
  const retried = batchwise(...args, "--retry", "crashed,timeout");
  assert.match(retried.stderr, /^resuming: 1 of 2 trials measured$/m);
  assert.deepEqual([JSON.parse(retried.stdout).trials, JSON.parse(retried.stdout).byStatus], [2, { ok: 2 }]);
  assert.ok(bytes("trials").startsWith(before.trials) && bytes("inferences").startsWith(before.inferences));
  const ids = readPart(dataset, trialsTable).map(({ trialId }) => trialId);
  assert.deepEqual(ids.slice(2), ["cpu-1t-32px-2mb-1-attempt-2"]);
  assert.deepEqual(await checkDataset(dataset), []);
  const [fit] = fitDataset(dataset);
  assert.deepEqual(fit?.measuredMiniBatches.get(32), [1, 2]);
});

const WRONG: [args: string[], message: RegExp][] = [
  [["sweep", "--design", join(folder, "none.json"), "--out", folder], /design .*none\.json: no such file/],
  [["sweep", "--design", design, "--out", join(folder, "x"), "--sizes", "abc"], /--sizes "abc": allowed are whole/],
  [["sweep", "--design", design, "--out", join(folder, "x"), "--provider", "abacus"], /provider: allowed are cpu/],
  [["sweep", "--design", design, "--out", join(folder, "x"), "--model", "b9"], /model .*b9: no such file/],
  [["sweep", "--design", design, "--out", join(folder, "x"), "--model", design], /not an ONNX model/],
  [["dataset", "check", folder], /no datapackage\.json/],
  [["fit", join(folder, "nowhere")], /no datapackage\.json/],
  [["plan", "soft", join(folder, "killed"), "--images", "0", "--deadline", "5s"], /--images "0"/],
  [["plan", "soft", join(folder, "killed"), "--images", "5", "--deadline", "5"], /--deadline "5"/],
  [["plan", "soft", join(folder, "killed"), "--images", "5", "--deadline", "5s", "--size", "999"], /too far outside/],
  [["figures", folder], /no datapackage\.json/],
  [["figures", join(folder, "killed"), "--only", "pie"], /--only pie: no such figure, allowed are memory/],
  [
    ["figures", join(folder, "killed"), "--quantity", "energy"],
    /--quantity energy: allowed are latency, warmup, memory/,
  ],
  [["figures", join(folder, "killed"), "--size", "big"], /--size "big": allowed are whole numbers from 1/],
  [["figures", join(folder, "killed"), "--theme", design], /theme .*tiny\.json: /],
  [["rank", join(folder, "killed")], /8 trials ended well, required are 20/],
  [["rank", join(folder, "killed"), "--question", "why"], /--question why: allowed are explain, predict/],
  [["claims", folder], /no datapackage\.json/],
  [["claims", join(folder, "killed"), "--claims", design], /claims .*tiny\.json: /],
  [["model", "build", "resnet", "--out", "x.onnx"], /model resnet: not built in/],
  [["design", "show", join(PACKAGE_ROOT, "package.json")], /design .*package\.json: /],
  [["sweep"], /required option/],
];

for (const [args, message] of WRONG) {
  test(`batchwise ${args.map((arg) => arg.replace(folder, "DIR").replace(PACKAGE_ROOT, ".")).join(" ")} says what is wrong on one line`, async () => {
    const said = await refusal(args);
    assert.match(said, message);
    assert.ok(!said.includes("\n"), said);
  });
}

test("a refusal is a line on standard error and exit code 2, without a stack", () => {
  for (const [args, message] of [
    [["unknown"], /^batchwise: unknown command/],
    [["fit", join(folder, "nowhere")], /^batchwise: .*no datapackage\.json/],
  ] as const) {
    const { status, stdout, stderr } = batchwise(...args);
    assert.match(stderr, message);
    assert.deepEqual([status, stdout, stderr.trim().split("\n").length], [2, "", 1]);
  }
});
