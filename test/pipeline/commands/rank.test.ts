import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { PACKAGE_ROOT } from "../../../src/core/package-root.js";
import { rankDataset } from "../../../src/rank/rank-dataset.js";
import { rankResidual } from "../../../src/rank/rank-residual.js";
import { residualSummary } from "../../../src/rank/residual-table.js";
import { rankedTrials, writeRankedDataset } from "../../rank/ranked-dataset.js";

const CLI = join(PACKAGE_ROOT, "dist", "pipeline", "batchwise.js");
const folder = mkdtempSync(join(tmpdir(), "batchwise-rank-"));
after(() => rmSync(folder, { recursive: true, force: true }));
await writeRankedDataset(folder);

function rank(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, "rank", folder, ...args], { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return stdout;
}

interface RankJson {
  question: string;
  trees: number;
  features: { rank: number; feature: string; importance: number; known_before: boolean }[];
  four_parameters?: { parameters: string[]; left_out_error: number };
}

test("rank finds the planted driver of warm-up, says it in a table, and as JSON with the trees and seed asked for", async () => {
  const table = rank("--trees", "8");
  const [first = ""] = table.split("\n").filter((line) => /^\s*1\s/.test(line));
  assert.match(first, /^\s*1\s+planted\/driver_kib__before\s+\d\.\d{4}\s+-?\d\.\d{4} to \d\.\d{4}\s+1 to 1/);
  assert.match(table, /^8 trees, out-of-bag R² 0\.\d+$/m);
  assert.match(table, /^warmup_ms = .*planted\/driver_kib__before/m);

  const all = JSON.parse(rank("--trees", "6", "--seed", "2", "--question", "explain", "--json")) as RankJson;
  assert.deepEqual([all.question, all.trees, all.four_parameters], ["explain", 6, undefined]);
  assert.equal(all.features[0]?.feature, "planted/driver_kib__before");
  const ranked = await rankDataset(folder, { question: "explain", trees: 6, seed: 2 });
  assert.deepEqual(
    all.features.map(({ feature, importance, known_before }) => [feature, importance, known_before]),
    ranked.ranking.features.map(({ group, importance }) => [group.name, importance, group.knownBefore]),
  );
});

test("rank --question residual finds what drives warm-up within cells, in a table and as JSON, or says that nothing does", async () => {
  const table = rank("--question", "residual", "--trees", "8");
  const [first = ""] = table.split("\n").filter((line) => line.startsWith("planted/"));
  assert.match(first, /^planted\/driver_kib__before +\+\d+\.\d % +\d\d\.\d % +\d\.\de-\d+ +1$/);
  assert.match(
    table,
    /^the workload explains \d+\.\d % of the variance of ln W; the rest is within 8 cells of 24 trials$/m,
  );
  assert.match(table, /^8 trees on the same rest: out-of-bag R² 0\.\d{3}, first planted\/driver_kib__before/m);
  const printed = JSON.parse(rank("--question", "residual", "--trees", "8", "--seed", "2", "--json"));
  assert.deepEqual([printed.question, printed.trials, printed.cells, printed.forest.trees], ["residual", 24, 8, 8]);
  assert.equal(printed.drivers[0].feature, "planted/driver_kib__before");
  assert.ok(printed.drivers[0].effect > 0.1 && printed.drivers[0].share > 0.5 && printed.drivers[0].p_value < 0.0025);
  assert.ok(printed.between_cells > 0 && printed.between_cells < 0.9);

  // Twice the same trials in turn: what differs within a cell goes with nothing that was recorded.
  const alike = rankedTrials().map((trial, index) => ({ ...trial, firstInferenceMs: 100 + ((index * 7) % 5) }));
  await writeRankedDataset(join(folder, "alike"), alike);
  const nothing = await rankResidual(join(folder, "alike"), { trees: 4 });
  assert.deepEqual(nothing.drivers, []);
  assert.ok(residualSummary(nothing).includes("nothing that was recorded explains the rest"));
});

test("what the workload leaves is taken within a host, of cells with more than one trial", async () => {
  // The second host takes ten times as long: as one pool that would be what differs most within every cell.
  const trials = rankedTrials().flatMap((trial) => [
    trial,
    {
      ...{ ...trial, trialId: `other-${trial.trialId}`, host: "other-host" },
      firstInferenceMs: 10 * (trial.firstInferenceMs ?? 0),
    },
  ]);
  const alone = { ...trials[0], trialId: "alone", miniBatchSize: 64 } as (typeof trials)[0];
  await writeRankedDataset(join(folder, "hosts"), [...trials, alone]);
  const ranked = await rankResidual(join(folder, "hosts"), { trees: 4 });
  assert.deepEqual([ranked.trials.length, ranked.cells], [48, 16]);
  assert.equal(ranked.drivers[0]?.group.name, "planted/driver_kib__before");
  assert.ok((ranked.drivers[0]?.share ?? 0) > 0.5);
});

test("of several devices and hosts the trials count together, which is said, or those of one", async () => {
  const two = join(folder, "two");
  const slower = rankedTrials().map((trial) => ({
    ...{ ...trial, trialId: `2t-${trial.trialId}`, threads: 2, loadMs: 1 },
    ...(trial.trial > 1 && { host: "other-host", steadyMedianMs: 3 * (trial.steadyMedianMs ?? 0) }),
  }));
  await writeRankedDataset(two, [...rankedTrials(), ...slower]);
  const ranked = (dataset: string, ...args: string[]) =>
    spawnSync(process.execPath, [CLI, "rank", dataset, "--trees", "4", ...args], { encoding: "utf8" });
  const together = "trials of cpu-1t and cpu-2t together; --device NAME ranks those of one";
  const hosts = `one pool of 2 hosts or versions, ranked together: host ${rankedTrials()[0]?.host}: 32 trials; host other-host: 16 trials, 3.000 times the latency of the first over 8 cells of both`;
  assert.ok(ranked(two).stdout.includes(`\n${together}\n${hosts}\n`));
  const one = ranked(two, "--device", "cpu-1t");
  assert.deepEqual([one.status, one.stdout], [0, ranked(folder).stdout], "as if the other device were not there");
  const other = JSON.parse(ranked(two, "--device", "cpu-2t", "--json").stdout);
  assert.deepEqual(other.devices, ["cpu-2t"]);
  assert.deepEqual(
    other.sessions.map(({ host, trials, shared_cells }: Record<string, unknown>) => [host, trials, shared_cells]),
    [
      ["other-host", 16, 0],
      [rankedTrials()[0]?.host, 8, 8],
    ],
  );
  assert.ok(
    other.dropped.some(({ name }: { name: string }) => name === "trial/load_ms"),
    "constant there",
  );
  const wrong = ranked(two, "--device", "gpu");
  assert.deepEqual(
    [wrong.status, wrong.stderr],
    [2, `batchwise: ranking of ${two}: it has no device gpu, allowed are cpu-1t, cpu-2t\n`],
  );
});
