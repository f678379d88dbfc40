import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fitAsJson } from "../../../pipeline/terminal/fit-as-json.js";
import { PACKAGE_ROOT } from "../../../src/core/package-root.js";
import { fitDataset } from "../../../src/fit/fit-dataset.js";
import { sessionNotes } from "../../../src/fit/session-levels.js";
import { writeTrials } from "../../dataset/write-trials.js";
import { tableTrials } from "../../fit/simulated-device.js";

const CLI = join(PACKAGE_ROOT, "dist", "pipeline", "batchwise.js");
const folder = mkdtempSync(join(tmpdir(), "batchwise-sessions-"));
after(() => rmSync(folder, { recursive: true, force: true }));

function batchwise(...args: string[]) {
  return spawnSync(process.execPath, [CLI, ...args], { encoding: "utf8" });
}

interface Session {
  readonly runId: string;
  readonly host: string;
  readonly latencyMs: Readonly<Record<number, number>>;
}

/** A dataset whose runs say their hosts and versions; a run of before they did says neither. */
async function writeDataset(name: string, sessions: readonly Session[], runs: readonly object[]): Promise<string> {
  const dataset = join(folder, name);
  const trials = sessions.flatMap(({ runId, host, latencyMs }) =>
    tableTrials(latencyMs).map((trial) => ({ ...trial, trialId: `${runId}-${trial.trialId}`, runId, host })),
  );
  await writeTrials(dataset, { trials });
  const path = join(dataset, "datapackage.json");
  const described = JSON.parse(readFileSync(path, "utf8"));
  described.provenance = { ...described.provenance, versions: { node: "20.1.0", onnxruntime: "1.30.0" }, runs };
  writeFileSync(path, JSON.stringify(described));
  return dataset;
}

const STARTED = { started_at: "2026-11-24T00:00:00Z" };
/** 1.5 times the latency at 2 and 2.5 times at 4; the cell of 8 is the second host's alone. */
const A = { runId: "r1", host: "aaaaaaaaaaaa", latencyMs: { 1: 10, 2: 20, 4: 40 } };
const B = { runId: "r2", host: "bbbbbbbbbbbb", latencyMs: { 2: 30, 4: 100, 8: 200 } };
const OTHER_MACHINE = {
  ...{ run_id: "r2", ...STARTED, host: B.host, machine: { cpuModel: "Other CPU", kernel: "9.9" } },
  versions: { batchwise: "0.2.0", node: "22.0.0", onnxruntime: "1.31.0" },
  system: {
    ...{ verdict: "bad", summary: "bad for measuring now: other load", looked_ms: 1500, cpu_ms: 80, facts: { a: 1 } },
    checks: [{ name: "other load", about: "moment", verdict: "bad", found: "1 of 2 cores", remedy: "stop it" }],
  },
};

test("a fit of two hosts says which, with what, how many trials each, and how far apart they are", async () => {
  const more = { runId: "r3", host: A.host, latencyMs: { 1: 10 } };
  const runs = [{ run_id: "r1", ...STARTED }, OTHER_MACHINE, { run_id: "r3", ...STARTED }];
  const dataset = await writeDataset("two-hosts", [B, A, more], runs);
  const { stdout } = batchwise("fit", dataset);
  const [, apart = "", whose = ""] = stdout.split("\n");
  // By hand: the geometric mean of 1.5 and 2.5.
  assert.match(
    apart,
    /^host bbbbbbbbbbbb takes 1\.936 times \(95 %: .*\) the latency .* of host aaaaaaaaaaaa over 2 cells of several hosts: apart, with a level of its own$/,
  );
  assert.match(whose, /^functions are those of host aaaaaaaaaaaa; /);
  const [fit] = fitDataset(dataset);
  assert.deepEqual(fit && fitAsJson(fit).sessions, [
    {
      ...{ host: A.host, versions: { node: "20.1.0", onnxruntime: "1.30.0" }, trials: 12 },
      ...{ shared_cells: 0, latency_over_first: null },
    },
    {
      ...{ host: B.host, versions: { node: "22.0.0", onnxruntime: "1.31.0" }, trials: 9 },
      ...{ shared_cells: 2, latency_over_first: 2 },
    },
  ]);
  const { levels, advice } = fitAsJson(fit ?? assert.fail()).noise;
  assert.deepEqual(
    levels.slice(0, 3).map(({ level, groups }) => [level, groups]),
    [
      ["host", 2],
      ["session", 3],
      ["process", 21],
    ],
  );
  // By hand: what its level leaves of two cells, half the square of ln(1.5 / 1.936) and of ln(2.5 / 1.936).
  const [host, session] = levels.map(({ deviation }) => deviation);
  assert.ok(Math.abs((host ?? 0) - 0.1806) < 0.002, String(host));
  assert.equal(session, 0, "r3 repeats r1: an estimate below 0");
  assert.match(stdout, /^latency_ms +session +0\.0 .* 3 sessions, estimate below 0 *$/m);
  assert.deepEqual([advice?.half_width, advice?.sessions_known, advice?.present.sessions], [0.05, true, 3]);
  const plan = batchwise("plan", "soft", dataset, "--images", "10", "--deadline", "60s");
  assert.ok(`${plan.stdout}${plan.stderr}`.includes(`cpu-1t: ${apart}`), plan.stderr);

  const described = batchwise("dataset", "describe", dataset);
  assert.match(
    described.stdout,
    /^ +2 +2026-11-24T00:00:00Z +bbbbbbbbbbbb +Other CPU +9\.9 +0\.2\.0 +22\.0\.0 +1\.31\.0 +bad *$/m,
  );
  assert.deepEqual(
    described.stdout.split("\n").filter((line) => /^run \d+: /.test(line)),
    ["run 2: bad for measuring now: other load"],
    "runs of before it was checked say nothing",
  );
  const shown = JSON.parse(batchwise("dataset", "describe", dataset, "--json").stdout).runs;
  assert.deepEqual(shown[1], { ...OTHER_MACHINE, ended_at: null, environment: {} });
  assert.deepEqual(
    [shown[0].host, shown[0].system, shown[0].versions],
    [null, null, { node: "20.1.0", onnxruntime: "1.30.0" }],
  );
});

test("another version on the same host is a level, too, and cells that nobody shares say nothing", async () => {
  const later = { runId: "r2", host: A.host, latencyMs: { 8: 80 } };
  const run = { run_id: "r2", ...STARTED, host: A.host, versions: { node: "20.1.0", onnxruntime: "1.31.0" } };
  const dataset = await writeDataset("upgraded", [A, later], [{ run_id: "r1", ...STARTED }, run]);
  const [note = ""] = notesOf(dataset);
  assert.match(
    note,
    /onnxruntime 1\.30\.0: 9 trials; .* onnxruntime 1\.31\.0: 3 trials, no cell in common with the first$/,
  );
});

test("runs on one host with the same runtime are one level, whatever the project's own version, and no line", async () => {
  const runs = [1, 2].map((index) => ({
    ...{ run_id: `r${index}`, ...STARTED, host: A.host },
    versions: { batchwise: `0.${index}.0`, node: "20.1.0", onnxruntime: "1.30.0" },
  }));
  const dataset = await writeDataset("resumed", [A, { ...B, host: A.host }], runs);
  assert.deepEqual(notesOf(dataset), []);
});

function notesOf(dataset: string): string[] {
  return fitDataset(dataset).flatMap(({ sessions }) => sessionNotes(sessions));
}
