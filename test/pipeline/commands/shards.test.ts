import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { PACKAGE_ROOT } from "../../../src/core/package-root.js";
import { checkDataset } from "../../../src/dataset/check-dataset.js";
import { readDataPackage } from "../../../src/dataset/data-package.js";
import { readPart } from "../../../src/dataset/part-file.js";
import { inferencesTable, trialsTable } from "../../../src/dataset/tables.js";
import { plannedTrials } from "../../../src/design/cells.js";
import { readDesign } from "../../../src/design/design.js";
import { writeSmallModel } from "../../measure/small-model.js";
import { refusal } from "../refusal.js";

const CLI = join(PACKAGE_ROOT, "dist", "pipeline", "batchwise.js");
const folder = mkdtempSync(join(tmpdir(), "batchwise-shards-"));
after(() => rmSync(folder, { recursive: true }));
writeSmallModel(join(folder, "mean.onnx"), {
  shape: ["N", 3, "H", "W"],
  nodes: [{ opType: "ReduceMean", input: ["images"], output: "mean", attributes: { axes: [2, 3], keepdims: 0 } }],
});

function designFile(name: string, more: object = {}): string {
  const path = join(folder, `${name}.json`);
  const design = {
    ...{ name: "sharded", model: "mean.onnx", input_sizes_px: [32], mini_batch_sizes: [1, 2, 4], trials: 3 },
    ...{ devices: [{ threads: 1 }], stopping: { max_inferences: 10 }, idle_ms: 0, pulse: false, ...more },
  };
  writeFileSync(path, JSON.stringify(design));
  return path;
}
const design = designFile("tiny", { anchors: [{ input_size_px: 32, mini_batch_size: 2 }] });

function batchwise(...args: string[]): ChildProcess {
  return spawn(process.execPath, [CLI, ...args], { stdio: ["ignore", "pipe", "pipe"] });
}

async function ended(command: ChildProcess): Promise<{ readonly code: unknown; readonly out: string }> {
  let out = "";
  for (const stream of [command.stdout, command.stderr]) stream?.on("data", (chunk) => (out += chunk));
  const [code] = await once(command, "close");
  return { code, out };
}

function shard(of: string, out: string, ...more: string[]): ChildProcess {
  return batchwise("sweep", "--design", design, "--out", out, "--shard", of, ...more);
}

test("shards that write to one folder at once, one of them killed and run again, are merged to the design", async () => {
  const out = join(folder, "shards");
  const killed = shard("2/2", out);
  const other = ended(shard("1/2", out));
  let told = "";
  for await (const chunk of killed.stderr ?? []) {
    told += chunk;
    if (/^2\//m.test(told)) break;
  }
  killed.kill("SIGKILL");
  assert.equal((await other).code, 0);
  const before = readPart(out, trialsTable, 2).map(({ trialId }) => trialId);
  assert.ok(before.length > 0);
  const again = await ended(shard("2/2", out));
  assert.equal(again.code, 0, again.out);
  assert.match(again.out, /of shard 2\/2 in /);
  assert.deepEqual(
    readPart(out, trialsTable, 2)
      .map(({ trialId }) => trialId)
      .slice(0, before.length),
    before,
  );

  const merged = join(folder, "merged");
  const merge = await ended(batchwise("dataset", "merge", out, "--out", merged, "--json"));
  assert.equal(merge.code, 0, merge.out);
  const { trials, missing, complete, missingShards } = JSON.parse(merge.out);
  assert.deepEqual(
    { trials, missing, complete, missingShards },
    { trials: 13, missing: 0, complete: true, missingShards: [] },
  );
  assert.deepEqual(await checkDataset(merged), []);
  const rows = readPart(merged, trialsTable);
  const planned = plannedTrials(readDesign(design)).map(({ trialId }) => trialId);
  const anchors = [4, 5, 6, 7].map((trial) => `cpu-1t-32px-2mb-${trial}`);
  assert.deepEqual(rows.map(({ trialId }) => trialId).toSorted(), [...planned, ...anchors].toSorted());
  const measured = new Set(readPart(merged, inferencesTable).map(({ trialId }) => trialId));
  assert.equal(measured.size, 13);
  const { provenance } = readDataPackage(merged);
  assert.deepEqual(
    provenance.runs.map((run) => run.shard).toSorted(),
    ["1/2", "2/2", "2/2"],
    "the run that was killed has its entry",
  );

  const whole = await ended(batchwise("sweep", "--design", design, "--out", merged));
  assert.equal(whole.code, 0, whole.out);
  assert.equal(readPart(merged, trialsTable).length, 13, "a sweep of the merged dataset has nothing left to measure");

  const line = await ended(batchwise("dataset", "merge", out, "--out", join(folder, "lines")));
  assert.match(
    line.out,
    /^merged 2 datasets with 3 runs on 1 host in \S+: 13 trials, all 9 of the design among them$/m,
  );
  rmSync(join(out, "datapackage-2-of-2.json"));
  const half = await ended(batchwise("dataset", "merge", out, "--out", join(folder, "half")));
  assert.match(half.out, /of the design's 9 are missing\nno run of shard 2\/2: measure and merge again$/m);
  const refused = await ended(batchwise("dataset", "merge", out, merged, "--out", join(folder, "half")));
  assert.equal(refused.code, 2);
  assert.match(refused.out, /^batchwise: dataset \S+half: is there already, choose another folder\n$/);
});

test("a shard takes a folder of the same shards only, is measured once more only as a whole, and never removes a folder", async () => {
  const out = join(folder, "shards"); // of the test before
  const sweep = (...more: string[]) => refusal(["sweep", "--design", design, "--out", out, ...more]);
  assert.match(await sweep("--shard", "1/3"), /holds shard 1\/2, choose another folder for shard 1\/3$/);
  assert.match(await sweep(), /holds shard 1\/2, choose another folder for all of the design$/);
  assert.match(await sweep("--shard", "3/2"), /^--shard "3\/2": allowed is i\/n, as in 2\/8, i from 1 to n/);
  assert.match(await sweep("--shard", "1/2", "--no-resume"), /holds a dataset already/);
  assert.match(
    await sweep("--shard", "1/2", "--again", "1"),
    /^shard 1\/2: can't be measured again, allowed is a merged/,
  );
  assert.match(await sweep("--shard", "1/2", "--format", "parquet"), /^shard 1\/2: can't be kept as parquet/);
  assert.match(await sweep("--shard", "1/2", "--seed", "9"), /its design has seed 1, not 9, choose another folder$/);
  const pair = ["--against", design, "--against-out", join(folder, "pair")];
  assert.match(await sweep("--shard", "1/2", ...pair), /^--against: not with --again, --retry or --shard/);
  const into = ["sweep", "--design", design, "--out", join(folder, "merged"), "--shard", "1/2"];
  assert.match(await refusal(into), /holds a whole dataset, choose another folder for shard 1\/2$/);

  const early = join(folder, "early");
  const missing = designFile("no-images", { images: "nowhere" });
  await refusal(["sweep", "--design", missing, "--out", early, "--shard", "1/2"]);
  assert.equal(existsSync(early), true, "another shard may just have found it there");
});

test("a shard's crashed trials are measured again, and the earlier rows stay", async () => {
  const out = join(folder, "shards"); // of the first test
  const path = join(out, "trials", "part-1.csv");
  const rows = readFileSync(path, "utf8").replace(/(mb-1,.*),ok,,/, "$1,crashed,killed,");
  writeFileSync(path, rows);
  const [crashed] = readPart(out, trialsTable, 1).filter(({ status }) => status === "crashed");
  assert.ok(crashed);
  assert.equal((await ended(shard("1/2", out, "--retry", "crashed,timeout"))).code, 0);
  const attempts = readPart(out, trialsTable, 1).filter(({ trialId }) => trialId.startsWith(crashed.trialId));
  assert.deepEqual(
    attempts.map(({ trialId, status }) => [trialId, status]),
    [
      [crashed.trialId, "crashed"],
      [`${crashed.trialId}-attempt-2`, "ok"],
    ],
  );
});
