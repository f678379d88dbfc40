import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { sweepCommand, withFlags } from "../../../pipeline/commands/sweep-command.js";
import { sweepLines } from "../../../pipeline/terminal/sweep-lines.js";
import { PACKAGE_ROOT } from "../../../src/core/package-root.js";
import { readPart } from "../../../src/dataset/part-file.js";
import { trialsTable } from "../../../src/dataset/tables.js";
import { designSchema, miniBatchSizesAt } from "../../../src/design/design.js";
import { assertKept, finishedRows } from "../../dataset/kept-rows.js";
import { writeTinyModel } from "./tiny-model.js";

const CLI = join(PACKAGE_ROOT, "dist", "pipeline", "batchwise.js");
const folder = mkdtempSync(join(tmpdir(), "batchwise-flags-"));
after(() => rmSync(folder, { recursive: true }));
const model = join(folder, "tiny.onnx");
writeTinyModel(model, "uint8", ["N", "H", "W", 3], [1, 2]);
const design = join(folder, "design.json");
const WRITTEN = {
  name: "flags",
  input_sizes_px: [32, 64],
  mini_batch_sizes: [1, 4],
  trials: 5,
  devices: [{ threads: 2, concurrent: 1 }, { threads: 1 }],
  stopping: { max_inferences: 12 },
  idle_ms: 5,
};
writeFileSync(design, JSON.stringify(WRITTEN));
const dataset = join(folder, "dataset");
const flags = [
  ...["--sizes", "24", "--batches", "2,3", "--trials", "1", "--provider", "cpu", "--threads", "1", "--concurrent", "1"],
  ...["--model", model, "--memory-limit-mib", "4000", "--seed", "7"],
];

test("the flags of a sweep take the place of what its design says, and a second run finds nothing left to do", async () => {
  const args = [CLI, "sweep", "--design", design, "--out", dataset, ...flags];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...args, "--json"], { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  const { noise, trial_cautions: counted, ...summary } = JSON.parse(stdout);
  assert.deepEqual(summary, { folder: dataset, complete: true, trials: 2, byStatus: { ok: 2 } });
  const { trials_with_cautions: cautions, ...told } = noise;
  assert.equal(counted.with_cautions, cautions);
  assert.deepEqual(told, { cells: 0, median_ratio: null, worst: null, trials: 2 });
  assert.match(stderr, /^1\/2 .*24 px.*: ok, ETA .*\n2\/2 .*: ok\n/m);
  const { design: measured, runs } = JSON.parse(readFileSync(join(dataset, "datapackage.json"), "utf8")).provenance;
  const isNow = ({ about, verdict }: Record<string, string>) =>
    about === "moment" && /^(bad|caution)$/.test(verdict ?? "");
  const busy = runs[0].system.checks.filter(isNow).slice(0, 3);
  assert.equal(stderr.match(/^machine: /gm)?.length ?? 0, busy.length, "what the machine does is told as it is kept");
  for (const { name, found } of busy) assert.ok(stderr.includes(`${name}: `) && stderr.includes(found), name);
  assert.deepEqual(measured, {
    ...{
      name: "flags",
      model: join("..", "tiny.onnx"),
      input_sizes_px: [24],
      mini_batch_sizes: [2, 3],
      trials: 1,
      seed: 7,
      idle_ms: 5,
    },
    process_half_width: 0.05,
    devices: [{ provider: "cpu", threads: 1, concurrent: 1 }],
    stopping: { min_inferences: 10, max_inferences: 12, max_steady_ms: 5000, relative_half_width: 0.01 },
    ...{ memory_limit_mib: 4000, timeout_ms: 120_000, hardware_interval_ms: 100, pulse: true },
  });
  const kept = finishedRows(dataset);
  assert.deepEqual([...kept.trialIds].sort(), ["cpu-1t-24px-2mb-1", "cpu-1t-24px-3mb-1"]);
  const again = spawnSync(process.execPath, args, { encoding: "utf8" });
  const [first, noiseLine, ...cautionLine] = again.stdout.trimEnd().split("\n");
  assert.deepEqual(
    [again.status, first, noiseLine],
    [
      0,
      `measured 2 trials in ${dataset}: 2 ok`,
      `noise between processes: unknown, no cell has two trials that ended well; cautions in ${cautions} of 2 trials`,
    ],
  );
  assert.equal(cautionLine.length, cautions > 0 ? 1 : 0);
  assert.ok(
    cautionLine.every((line) => /^[12] of 2 trials (has|have) cautions: /.test(line)),
    again.stdout,
  );
  assert.match(again.stderr, /^resuming: 2 of 2 trials measured$/m);
  assertKept(kept, dataset);
  assert.equal(readPart(dataset, trialsTable).length, 2);
  await refused(["--no-resume"], /dataset .*: holds a dataset already, allowed with --resume or another folder/);
});

test("sweep --against measures two designs in turns, and compare takes their trials as pairs", () => {
  const [one, other] = [join(folder, "one"), join(folder, "other")];
  const against = join(folder, "against.json");
  const small = { ...WRITTEN, model, input_sizes_px: [24], mini_batch_sizes: [1, 2], trials: 3, pulse: false };
  writeFileSync(against, JSON.stringify({ ...small, name: "against", devices: [{ threads: 1 }] }));
  const own = ["--sizes", "24", "--batches", "1,2", "--trials", "3", "--threads", "1", "--model", model];
  const args = [CLI, "sweep", "--design", design, "--out", one, ...own, "--against", against];
  const measured = spawnSync(process.execPath, [...args, "--against-out", other], { encoding: "utf8" });
  assert.equal(measured.status, 0, measured.stderr);
  assert.match(measured.stdout, /^measured 6 trials in .*one: 6 ok$/m);
  assert.match(measured.stdout, /^measured 6 trials in .*other: 6 ok$/m);
  assert.match(measured.stdout, /^compare them: npm run batchwise -- compare .*one .*other$/m);
  assert.match(measured.stderr, /^12\/12 /m);
  const compared = spawnSync(process.execPath, [CLI, "compare", one, other, "--json"], { encoding: "utf8" });
  assert.equal(compared.status, 0, compared.stderr);
  const { pairs, quantities } = JSON.parse(compared.stdout);
  assert.equal(pairs, 6);
  // Oracle: the geometric mean of the ratios of trials of the same number, from the tables.
  const [rowsA, rowsB] = [one, other].map((dataset) => readPart(dataset, trialsTable));
  const logs = (rowsA ?? []).flatMap(({ trialId, miniBatchSize, steadyMedianMs = Number.NaN }) => {
    const partner = rowsB?.find((row) => row.trialId === trialId)?.steadyMedianMs ?? Number.NaN;
    return miniBatchSize === 2 ? [Math.log(partner / steadyMedianMs)] : [];
  });
  const mean = Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length);
  const [{ cells }] = quantities;
  assert.ok(Math.abs(cells[1].ratio / mean - 1) < 1e-9);
  const again = spawnSync(process.execPath, [...args, "--against-out", other, "--json"], { encoding: "utf8" });
  const { a, b } = JSON.parse(again.stdout);
  assert.deepEqual([a.trials, b.trials, a.complete, b.complete], [6, 6, true, true]);
  for (const [flags, message] of [
    [[], /--against and --against-out: required are both/],
    [["--against-out", other, "--again", "1"], /--against: not with --again, --retry or --shard/],
  ] as const) {
    const refusedRun = spawnSync(process.execPath, [...args, ...flags], { encoding: "utf8" });
    assert.equal(refusedRun.status, 2);
    assert.match(refusedRun.stderr, message);
  }
});

test("sweep --format parquet keeps the hardware of a finished run as Parquet, and going on makes it CSV again", () => {
  const [csv, parquet] = ["csv", "parquet"].map((format) => join(dataset, "hardware", `part-0.${format}`));
  const before = readFileSync(csv ?? "");
  const args = [CLI, "sweep", "--design", design, "--out", dataset, ...flags];
  const asParquet = spawnSync(process.execPath, [...args, "--format", "parquet"], { encoding: "utf8" });
  assert.equal(asParquet.status, 0, asParquet.stderr);
  assert.equal(
    readFileSync(parquet ?? "")
      .subarray(0, 4)
      .toString(),
    "PAR1",
  );
  assert.equal(existsSync(csv ?? ""), false);
  const asCsv = spawnSync(process.execPath, args, { encoding: "utf8" });
  assert.equal(asCsv.status, 0, asCsv.stderr);
  assert.ok(readFileSync(csv ?? "").equals(before));
  assert.equal(existsSync(parquet ?? ""), false);
});

test("sweep --again measures every cell once more, in a run of its own, and keeps what there was", (t) => {
  const kept = finishedRows(dataset);
  const neighbour = spawn(process.execPath, ["--eval", 'process.title = "neighbour"; for (;;);']);
  t.after(() => neighbour.kill("SIGKILL"));
  const goOn = [CLI, "sweep", "--design", design, "--out", dataset, ...flags];
  const args = [...goOn, "--again", "1", "--process-names"];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  assert.match(stdout, /^measured 4 trials in .*: 4 ok$/m);
  assert.match(stderr, /^2 more trials in a session of their own$/m);
  assertKept(kept, dataset);
  const trials = readPart(dataset, trialsTable);
  assert.deepEqual(
    trials
      .slice(2)
      .map(({ trialId }) => trialId)
      .sort(),
    ["cpu-1t-24px-2mb-2", "cpu-1t-24px-3mb-2"],
  );
  const [first, , third, fourth] = trials.map(({ runId }) => runId);
  assert.ok(third === fourth && third !== first);

  const silent = spawnSync(process.execPath, goOn, { encoding: "utf8" });
  assert.equal(silent.status, 0, silent.stderr);
  const { runs } = JSON.parse(readFileSync(join(dataset, "datapackage.json"), "utf8")).provenance;
  const namesNeighbour = (run: object) => JSON.stringify(run).includes("neighbour");
  assert.deepEqual(runs.slice(-2).map(namesNeighbour), [true, false], "names are kept where they are asked for");
});

/** Runs the command in this process: what it refuses it refuses before it measures. */
async function refused(args: string[], message: RegExp): Promise<void> {
  const all = ["--design", design, "--out", dataset, "--model", model, ...args];
  const running = sweepCommand().exitOverride().parseAsync(all, { from: "user" });
  await assert.rejects(running, { name: "UserError", message }, String(args));
}

const WRONG: [args: string[], message: RegExp][] = [
  [["--seed", "x"], /--seed "x": allowed are whole numbers from 0/],
  [["--seed", "99999999999"], /with flags: seed: /],
  [["--again", "0"], /--again "0": allowed are whole numbers/],
  [["--trials", "0"], /--trials "0": allowed are whole numbers/],
  [["--memory-limit-mib", "0"], /--memory-limit-mib "0": allowed are numbers above 0/],
  [["--batches", "1,1"], /with flags: mini_batch_sizes: has a value twice/],
  [["--retry", "crashed,ok"], /^--retry ok: allowed are crashed, timeout$/],
  [["--concurrent", "2000"], /with flags: devices\.0\.concurrent: allowed is at most 1024/],
];

test("what a flag may not say is refused with what is allowed", async () => {
  for (const [args, message] of WRONG) await refused(args, message);
});

test("staggered mini-batches are chosen for the sizes that are asked for, and of those given by size others are left out", () => {
  const read = (mini_batch_sizes: unknown) => designSchema.parse({ ...WRITTEN, mini_batch_sizes });
  const files = { design };
  const staggered = withFlags(read([1, 4]), { ...files, sizes: "32,48,96", batches: "staggered" });
  assert.deepEqual(Object.keys(staggered.mini_batch_sizes), ["32", "48", "96"]);
  assert.deepEqual(miniBatchSizesAt(staggered, 48), [1, 2, 5, 9, 19, 32]);
  const given = read({ 32: [1, 3], 64: [2] });
  assert.deepEqual(withFlags(given, { ...files, sizes: "64" }).mini_batch_sizes, { 64: [2] });
  assert.deepEqual(withFlags(given, { ...files, batches: "5" }).mini_batch_sizes, [5]);
  assert.throws(() => withFlags(given, { ...files, sizes: "64,96" }), /with flags: mini_batch_sizes: none for 96 px$/);
});

test("a sweep's last line counts its trials by how they ended", () => {
  const summary = { folder: "D", complete: false, trials: 5, byStatus: { ok: 3, out_of_memory: 2 } };
  assert.deepEqual(sweepLines(summary), ["stopped with 5 trials in D: 3 ok, 2 out of memory"]);
  assert.deepEqual(sweepLines({ ...summary, complete: true }), ["measured 5 trials in D: 3 ok, 2 out of memory"]);
});
