import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { PACKAGE_ROOT } from "../../../src/core/package-root.js";
import { checkDataset } from "../../../src/dataset/check-dataset.js";
import { readPart } from "../../../src/dataset/part-file.js";
import { choicesTable, inferencesTable, trialsTable } from "../../../src/dataset/tables.js";
import { assertKept, finishedRows } from "../../dataset/kept-rows.js";
import { refusal } from "../refusal.js";
import { writeTinyModel } from "./tiny-model.js";

const CLI = join(PACKAGE_ROOT, "dist", "pipeline", "batchwise.js");
const folder = mkdtempSync(join(tmpdir(), "batchwise-until-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const model = join(folder, "tiny.onnx");
writeTinyModel(model, "float32", ["batch", 3, "height", "width"], [2, 3]);
/** Would a trial of a question stay idle for so long, it would not have begun by then. */
const IDLE_MS = 60_000;
const design = join(folder, "design.json");
writeFileSync(
  design,
  JSON.stringify({
    ...{ name: "tiny", model, input_sizes_px: [32, 48], mini_batch_sizes: [1, 8], trials: 3 },
    ...{ devices: [{ threads: 1 }], stopping: { max_inferences: 12 }, idle_ms: IDLE_MS, pulse: false },
  }),
);
const several = join(folder, "several.json");
writeFileSync(
  several,
  JSON.stringify({
    ...{ name: "several", model, input_sizes_px: [32, 48], mini_batch_sizes: [1, 8] },
    ...{ devices: [{ threads: 1 }, { threads: 2 }], stopping: { max_inferences: 12 }, idle_ms: 0, pulse: false },
  }),
);
/** A device that costs too much to be used. */
const LINE = { latency_ms: { 1: 10 }, warmup_ms: { 1: 20 } };
const PLAN = "plan relaxed --budget 5s --devices 2 --size 32";
const SWEEP = ["sweep", "--design", design, "--indifference", "60%"];

function batchwise(...args: string[]) {
  return spawnSync(process.execPath, [CLI, ...args], { encoding: "utf8" });
}

test("a sweep measures until a plan is decided, says of each trial why, and gives the plan that plan gives", async () => {
  const dataset = join(folder, "decided");
  const until = (...args: string[]) => batchwise(...SWEEP, "--out", dataset, "--until", PLAN, ...args);
  const first = until("--budget", "1ms");
  assert.equal(first.status, 4, first.stderr);
  assert.match(
    first.stdout,
    /^undecided, the budget of 1 ms is spent: mini-batch size 1, .* without mini-batch size 8$/m,
  );
  assert.match(first.stdout, /^2 devices, \d+ images, finished after/m);
  assert.match(
    first.stderr,
    /^until: plan relaxed .*\nnext: 32 px × 1, trial 1: .* was not measured yet; left: .*\n1 32 px/m,
  );

  const swept = until("--budget", "1h", "--json");
  assert.equal(swept.status, 0, swept.stderr);
  assert.match(swept.stderr, /^going on from 1 trial$/m);
  const { until: told, plan, complete } = JSON.parse(swept.stdout);
  assert.deepEqual([told.question, told.decided, complete], [PLAN, true, true]);
  const trials = readPart(dataset, trialsTable);
  const choices = readPart(dataset, choicesTable);
  assert.deepEqual(
    choices.map(({ trialId }) => trialId),
    trials.map(({ trialId }) => trialId),
  );
  assert.ok(trials.length >= 3 && trials.every(({ inputSizePx }) => inputSizePx === 32));
  assert.deepEqual(
    choices.slice(0, 2).map(({ reason }) => reason),
    ["first look", "first look"],
  );
  assert.ok(choices.every(({ tookMs }) => tookMs > 0));
  const firsts = readPart(dataset, inferencesTable).filter(({ iteration }) => iteration === 0);
  assert.equal(firsts.length, trials.length);
  assert.ok(firsts.every(({ startedMs = IDLE_MS }) => startedMs < IDLE_MS));
  assert.deepEqual(await checkDataset(dataset), []);
  const [name, planClass = "", ...options] = PLAN.split(" ");
  const size = String(told.mini_batch_size);
  const asked = batchwise(name ?? "", planClass, dataset, ...options, "--mini-batch-size", size, "--json");
  const answerOf = ({ notes: _, binding_limits: __, ...answer }: Record<string, unknown>) => answer;
  assert.deepEqual(answerOf(plan), answerOf(JSON.parse(asked.stdout)));

  const before = finishedRows(dataset);
  const again = until("--budget", "1h", "--json");
  assert.equal(again.status, 0, again.stderr);
  assert.deepEqual(JSON.parse(again.stdout).until, told);
  assertKept(before, dataset);
  assert.equal(readPart(dataset, trialsTable).length, trials.length);
});

test("devices of a file and workloads are decided one by one, and the plan has the sizes that were found", () => {
  const dataset = join(folder, "several");
  const devices = join(folder, "devices.json");
  const measured = (name: string, threads: number, price: number) => ({
    ...{ name, count: 2, price_per_hour: price, threads, dataset: "several" },
  });
  const given = { name: "given", count: 9, price_per_hour: 9, workloads: { "32": LINE, "48": LINE } };
  writeFileSync(devices, JSON.stringify({ devices: [measured("one", 1, 1), measured("two", 2, 1.5), given] }));
  const question = `plan soft --workload 32=300 --workload 48=200 --deadline 5s --objective cost --devices ${devices}`;
  const swept = batchwise(
    ...["sweep", "--design", several, "--indifference", "90%", "--budget", "1h", "--out", dataset],
    ...["--until", question, "--json"],
  );
  assert.equal(swept.status, 0, swept.stderr);
  const { until, plan } = JSON.parse(swept.stdout);
  assert.deepEqual(
    until.parts.map((part: Record<string, unknown>) => [part.device, part.input_size_px, part.decided]),
    [
      ["cpu-1t", 32, true],
      ["cpu-1t", 48, true],
      ["cpu-2t", 32, true],
      ["cpu-2t", 48, true],
    ],
  );
  const cells = new Set(readPart(dataset, trialsTable).map((row) => `${row.threads}t ${row.inputSizePx} px`));
  assert.deepEqual([...cells].toSorted(), ["1t 32 px", "1t 48 px", "2t 32 px", "2t 48 px"]);
  const sizeOf = new Map(
    until.parts.map(({ device, input_size_px: px, mini_batch_size: size }: Record<string, unknown>) => [
      `${device === "cpu-1t" ? "one" : "two"} ${px}`,
      size,
    ]),
  );
  assert.ok(plan.devices.length > 0, JSON.stringify(plan));
  for (const { type, workload, mini_batch_size: size } of plan.devices) {
    assert.equal(size, sizeOf.get(`${type} ${workload}`), `${type} ${workload}`);
  }
  const images = (name: string) =>
    plan.devices
      .filter(({ workload }: { readonly workload: string }) => workload === name)
      .reduce((sum: number, device: { readonly images: number }) => sum + device.images, 0);
  assert.deepEqual([images("32") >= 300, images("48") >= 200], [true, true]);
});

test("one of a design's devices is asked about alone, and going on with several parts measures nothing again", () => {
  const until = (question: string, ...more: string[]) =>
    batchwise(
      ...["sweep", "--design", several, "--indifference", "90%", "--budget", "1h", "--out", join(folder, "one")],
      ...["--until", question, "--json", ...more],
    );
  const one = until("plan soft --images 100 --devices 2 --size 32 --deadline 5s --threads 2");
  assert.equal(one.status, 0, one.stderr + one.stdout);
  assert.deepEqual(
    JSON.parse(one.stdout).plan.devices.map(({ type }: { readonly type: string }) => type),
    ["cpu-2t"],
  );
  const two = "plan relaxed --workload 32=1 --workload 48=1 --budget 3s --devices 2";
  const first = until(two);
  const again = until(two);
  assert.deepEqual([first.status, again.status], [0, 0], first.stderr + again.stderr);
  assert.deepEqual(JSON.parse(again.stdout).until, JSON.parse(first.stdout).until);
});

test("a precision and the claims are measured until, too, and where their budget is spent they end with 4", () => {
  const until = (what: string, out: string) =>
    batchwise("sweep", "--design", several, "--out", join(folder, out), "--until", what, "--budget", "1ms", "--json");
  const precise = until("precision 90%", "precise");
  assert.equal(precise.status, 4, precise.stderr);
  assert.match(
    JSON.parse(precise.stdout).until.sentences.join("; "),
    /0 of 1 cell within ±90.0 %; some \d+ more trials/,
  );
  const claims = until("claims", "claims");
  assert.equal(claims.status, 4, claims.stderr);
  assert.match(JSON.parse(claims.stdout).until.sentences[0], /^undecided, the budget of 1 ms is spent: 0 of/);
});

test("what does not go with --until, or without it, is refused in one line with 2", async () => {
  const { status, stderr } = batchwise(...SWEEP, "--out", join(folder, "none"), "--until", "plans");
  assert.equal(status, 2);
  assert.match(stderr, /^batchwise: --until "plans": allowed are plan .*\n$/);
  const told = (...args: string[]) => refusal(["sweep", "--design", design, "--out", join(folder, "none"), ...args]);
  assert.match(await told("--indifference", "5%"), /^--indifference: only with --until plan$/);
  assert.match(await told("--budget", "5min"), /^--budget: only with --until$/);
  assert.match(await told("--until", "claims", "--again", "1"), /^--until: not with --again/);
  assert.match(await told("--until", "claims", "--retry", "crashed"), /^--until: not with --retry/);
  assert.match(await told("--until", "claims", "--against", design), /^--until: not with --against/);
  assert.match(await told("--until", "claims", "--indifference", "5%"), /^--indifference: only with --until plan$/);
  assert.match(await told("--until", PLAN, "--indifference", "5"), /^--indifference "5": allowed are per cent/);
  assert.match(await told("--until", PLAN, "--budget", "soon"), /^--budget "soon": allowed is a positive number/);
  assert.match(await told("--until", PLAN.replace("32", "96")), /--size 96: .* allowed are 32, 48$/);
});
