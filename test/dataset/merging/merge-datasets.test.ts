import assert from "node:assert/strict";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { checkDataset } from "../../../src/dataset/check-dataset.js";
import { convertHardware } from "../../../src/dataset/convert-hardware.js";
import { type Provenance, readDataPackage } from "../../../src/dataset/data-package.js";
import { DatasetWriter } from "../../../src/dataset/dataset-writer.js";
import { lockFolder } from "../../../src/dataset/folder-lock.js";
import { hardwareTable } from "../../../src/dataset/hardware-table.js";
import { mergeDatasets } from "../../../src/dataset/merging/merge-datasets.js";
import { readPart } from "../../../src/dataset/part-file.js";
import { trialsTable } from "../../../src/dataset/tables.js";
import { plannedTrials } from "../../../src/design/cells.js";
import { designSchema } from "../../../src/design/design.js";
import { shareOf } from "../../../src/design/share.js";
import { featureGroup } from "../../../src/hardware/reading/feature-group.js";
import { FREE, sampleProvenance, sampleRecord } from "../sample-dataset.js";

const root = mkdtempSync(join(tmpdir(), "batchwise-merge-"));
after(() => rmSync(root, { recursive: true }));

const DESIGN = designSchema.parse({
  ...{ name: "merged", input_sizes_px: [32, 64], mini_batch_sizes: [1, 2, 4], trials: 2 },
  devices: [{ threads: 1 }],
});
const SHARDS = 3;

interface Written {
  readonly more?: Partial<Provenance>;
  /** Of these trials only; of all where nothing is said. */
  readonly only?: number;
  readonly status?: "finished" | "interrupted";
}

/** Writes a shard as a sweep does on a host of its own; the later ones started earlier. */
async function writeShard(folder: string, index: number, { more = {}, only, status = "finished" }: Written = {}) {
  const runId = `run-${index}`;
  const host = `host-${index}`;
  const minute = String(50 - index).padStart(2, "0");
  const writer = await DatasetWriter.open(folder, {
    ...sampleProvenance(),
    design: DESIGN,
    shard: { index, of: SHARDS },
    machine: { cpuModel: host },
    versions: { batchwise: "0.1.0" },
    runs: [
      {
        ...{ run_id: runId, started_at: `2026-11-24T00:${minute}:00Z`, host, shard: `${index}/${SHARDS}` },
        ...{ finished: status === "finished", ...(status === "finished" && { ended_at: "2026-11-24T02:00:00Z" }) },
      },
    ],
    ...more,
  });
  for (const { trialId, trial, cell } of shareOf(DESIGN, { index, of: SHARDS }).planned.slice(0, only)) {
    const { device, ...shape } = cell;
    writer.append(sampleRecord(trialId, { runId, host, trial, ...shape, ...device }));
  }
  await writer.close(status);
}

const shards = join(root, "shards");
before(async () => {
  for (let index = 1; index <= SHARDS; index++) await writeShard(shards, index);
});

/** A copy of all shards in one folder. */
function allShards(name: string): string {
  cpSync(shards, join(root, name), { recursive: true });
  return join(root, name);
}

/** A copy of one shard in a folder of its own. */
function oneShard(name: string, index: number): string {
  const folder = allShards(name);
  for (const other of [1, 2, 3]) if (other !== index) removeShard(folder, other);
  return folder;
}

function removeShard(folder: string, index: number): void {
  rmSync(join(folder, `datapackage-${index}-of-3.json`));
  for (const table of ["trials", "inferences", "images", "pulses", "hardware"]) {
    rmSync(join(folder, table, `part-${index}.csv`));
  }
}

/** Every file of a folder by its path. */
function filesIn(folder: string): Record<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8", withFileTypes: true });
  return Object.fromEntries(
    paths
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [path.slice(folder.length), readFileSync(path, "latin1")]),
  );
}

function merging(...folders: string[]): Promise<unknown> {
  return mergeDatasets(folders, join(root, "refused"));
}

test("shards of one folder become a sound dataset that has each trial of the design and all runs", async () => {
  const folder = allShards("whole");
  const out = join(root, "whole-out");
  const summary = await mergeDatasets([folder], out);
  const anchors = 3 * 2 * SHARDS;
  assert.deepEqual(summary, {
    ...{ folder: out, datasets: 3, runs: 3, hosts: 3, trials: 12 + anchors, planned: 12, missing: 0 },
    ...{ missingShards: [], complete: true },
  });
  assert.deepEqual(await checkDataset(out), []);
  const { status, provenance } = readDataPackage(out);
  assert.equal(status, "finished");
  assert.equal(provenance.shard, undefined);
  assert.deepEqual(
    provenance.runs.map(({ run_id, host, machine, versions }) => [
      run_id,
      host,
      machine?.cpuModel,
      versions?.batchwise,
    ]),
    [3, 2, 1].map((index) => [`run-${index}`, `host-${index}`, `host-${index}`, "0.1.0"]),
    "in the order of their starts",
  );
  assert.deepEqual(provenance.machine, { cpuModel: "host-3" }, "of the first run");
  const ids = readPart(out, trialsTable).flatMap(({ trialId, trial }) => (trial <= 2 ? [trialId] : []));
  assert.deepEqual(
    ids.toSorted(),
    plannedTrials(DESIGN)
      .map(({ trialId }) => trialId)
      .toSorted(),
  );
  // A merged dataset is one like any other: a sweep of all of the design goes on with it.
  const writer = await DatasetWriter.open(out, provenance);
  assert.equal(writer.trials.length, 12 + anchors);
  assert.equal(writer.droppedLines, 0);
  await writer.close("finished");
});

test("merging in any order, at once or one after the other, gives the same bytes", async () => {
  const gpu = featureGroup("gpu", "device", "test").gauge("power", "W", "", "A gauge.");
  const [a, b, c] = [oneShard("own-1", 1), join(root, "own-2"), oneShard("own-3", 3)];
  await writeShard(b, 2, { more: { features: [gpu, FREE] } }); // one of the machines has a feature more
  const merged = async (name: string, ...of: string[]) => {
    const out = join(root, name);
    await mergeDatasets(of, out);
    return out;
  };
  const expected = filesIn(await merged("abc", a, b, c));
  assert.deepEqual(filesIn(await merged("cab", c, a, b)), expected);
  const ca = await merged("ca", c, a);
  assert.equal(readDataPackage(ca).status, "interrupted");
  assert.deepEqual(filesIn(await merged("ca-b", ca, b)), expected);
  assert.deepEqual(filesIn(await merged("ca-ab", ca, await merged("ab", a, b))), expected, "copies count once");
  assert.deepEqual(await checkDataset(join(root, "abc")), []);
  const { features } = readDataPackage(join(root, "abc")).provenance;
  assert.deepEqual(
    features.map(({ name }) => name),
    ["g/free_kib", "gpu/power"],
  );
  const rows = readPart(join(root, "abc"), hardwareTable(features));
  assert.ok(rows.every((row) => row["g/free_kib"] === 1000 && row["gpu/power"] === undefined));
});

test("hardware that is kept as Parquet is merged as what it was made from", async () => {
  const folder = allShards("parquet-shards");
  const out = join(root, "parquet-csv");
  await mergeDatasets([folder], out);
  const converted = join(root, "parquet-parquet");
  cpSync(out, converted, { recursive: true });
  assert.equal(await convertHardware(converted, "parquet"), true);
  await mergeDatasets([converted], join(root, "parquet-again"));
  assert.deepEqual(filesIn(join(root, "parquet-again")), filesIn(out));
});

test("what a killed shard left of a trial is not merged, and a merge says what is missing", async () => {
  const folder = allShards("killed");
  removeShard(folder, 2);
  const path = join(folder, "datapackage-3-of-3.json");
  const known = JSON.parse(readFileSync(path, "utf8"));
  const resources = known.resources.map(({ name, path: of }: Record<string, string>) => ({ name, path: of }));
  const provenance = { ...known.provenance, runs: [{ ...known.provenance.runs[0], finished: undefined }] };
  writeFileSync(path, JSON.stringify({ ...known, status: "running", resources, provenance }));
  appendFileSync(join(folder, "inferences", "part-3.csv"), "unfinished,0,1,2\nunfinis");
  appendFileSync(join(folder, "trials", "part-3.csv"), "unfinished,run-3,ho");
  const out = join(root, "killed-out");
  const summary = await mergeDatasets([folder], out);
  assert.deepEqual([summary.missingShards, summary.complete], [["2/3"], false]);
  const second = shareOf(DESIGN, { index: 2, of: SHARDS }).planned.filter(({ trial }) => trial <= 2).length;
  assert.equal(summary.missing, second);
  assert.deepEqual(await checkDataset(out), []);
  assert.equal(readDataPackage(out).status, "interrupted");
});

test("a copy of before a shard ended is the same trials, the same trial measured twice is refused", async () => {
  const [early, late, other] = ["early", "late", "other"].map((name) => join(root, name)) as [string, string, string];
  await writeShard(early, 1, { only: 4, status: "interrupted" });
  oneShard("late", 1);
  await mergeDatasets([early, late], join(root, "early-late"));
  await mergeDatasets([late], join(root, "late-alone"));
  assert.deepEqual(filesIn(join(root, "early-late")), filesIn(join(root, "late-alone")));

  const run = { run_id: "another", started_at: "2026-11-25T00:00:00Z", host: "h", shard: "1/3" };
  await writeShard(other, 1, { more: { runs: [run] } });
  const rows = readFileSync(join(other, "trials", "part-1.csv"), "utf8").replaceAll("run-1", "another");
  writeFileSync(join(other, "trials", "part-1.csv"), rows);
  await (await DatasetWriter.open(other, readDataPackage(other, { index: 1, of: 3 }).provenance)).close("finished");
  const message =
    /^trial cpu-1t-\S+: is in \S*(late|other) shard 1\/3 and in \S*(late|other) shard 1\/3, measured by different runs, allowed are the same bytes$/;
  await assert.rejects(merging(late, other), { name: "UserError", message });
  assert.equal(existsSync(join(root, "refused")), false, "nothing is left behind");

  const changed = readFileSync(join(early, "inferences", "part-1.csv"), "utf8").replace("4.25", "4.26");
  writeFileSync(join(early, "inferences", "part-1.csv"), changed);
  const damaged = /part-1\.csv: is not what its data package says, see dataset check$/;
  await assert.rejects(merging(early, late), { name: "UserError", message: damaged });
  await (await DatasetWriter.open(early, readDataPackage(early, { index: 1, of: 3 }).provenance)).close("interrupted");
  const differs =
    /^trial cpu-1t-\S+: is in \S*early shard 1\/3 and in \S*late shard 1\/3 with other inferences, allowed/;
  await assert.rejects(merging(early, late), { name: "UserError", message: differs });
});

test("another design, model file or description of a run is refused with the reason, and so is what is no dataset", async () => {
  const folder = allShards("refusing");
  const refused = async (name: string, more: Partial<Provenance>, message: RegExp) => {
    const other = join(root, name);
    await writeShard(other, 2, { more });
    await assert.rejects(merging(folder, other), { name: "UserError", message });
    assert.equal(existsSync(join(root, "refused")), false);
  };
  await refused("seed", { design: { ...DESIGN, seed: 7 } }, /seed shard 2\/3: its design has seed 7, that of .* 1$/);
  const model = { ...sampleProvenance().model, sha256: "abc" };
  await refused(
    "model",
    { model },
    /model shard 2\/3: was measured with the model file abc, \S*refusing shard 1\/3 with/,
  );
  const [run] = readDataPackage(folder, { index: 2, of: 3 }).provenance.runs;
  assert.ok(run);
  await refused("run", { runs: [{ ...run, host: "elsewhere" }] }, /says something else of run run-2 than/);
  await refused("feature", { features: [{ ...FREE, unit: "MiB" }] }, /its feature g\/free_kib is not what/);
  await assert.rejects(merging(join(root, "nothing")), /no datapackage\.json in this folder$/);
  await assert.rejects(mergeDatasets([folder], folder), /is there already, choose another folder$/);
  const lock = lockFolder(folder, 2);
  await assert.rejects(merging(folder), /refusing shard 2\/3: is being measured by process \d+/);
  lock.release();
  assert.throws(
    () => readDataPackage(folder),
    /holds 3 shards, make it one dataset first \(dataset merge \S+ --out DIR\)$/,
  );
});
