import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";
import { checkDataset } from "../../src/dataset/check-dataset.js";
import { DatasetWriter, tablesOf } from "../../src/dataset/dataset-writer.js";
import { readPart } from "../../src/dataset/part-file.js";
import { type ChoiceRow, choicesTable } from "../../src/dataset/tables.js";
import { featureGroup } from "../../src/hardware/reading/feature-group.js";
import { sampleProvenance, sampleRecord } from "./sample-dataset.js";

const folder = mkdtempSync(join(tmpdir(), "batchwise-writer-"));
const remove = () => rmSync(folder, { recursive: true, force: true });
beforeEach(remove);
after(remove);

const TABLES = ["trials", "inferences", "images", "pulses", "hardware"];

function open(): Promise<DatasetWriter> {
  return DatasetWriter.open(folder, sampleProvenance());
}

function part(table: string): string {
  return join(folder, table, "part-0.csv");
}

function contents(): string[] {
  return TABLES.map((table) => readFileSync(part(table), "utf8"));
}

test("a trial is on the disk in every table when it is appended, before the dataset is closed", async () => {
  const writer = await open();
  writer.append(sampleRecord("a"));
  const [trials = "", inferences, images, pulses, hardware] = contents();
  assert.match(trials, /^trial_id,.*\na,run-1,.*\n$/);
  assert.equal(inferences, "trial_id,iteration,started_ms,latency_ms\na,0,10,8.5\na,1,18.5,4.25\n");
  assert.equal(images, "trial_id,images,source,decode_ms,resize_ms,tensor_ms\na,1,dummy,1,0,0.5\n");
  assert.equal(pulses, "trial_id,pulse_before_ms,pulse_after_ms,touch_us_per_page\na,3.5,3.75,2.5\n");
  assert.equal(hardware, "trial_id,instrument,phase,elapsed_ms,g/free_kib\na,sampler,idle,0,1000\n");
  await writer.close("finished");
  assert.deepEqual(await checkDataset(folder), []);
});

test("finished trials stay byte for byte when a dataset is opened again, and are known", async () => {
  const first = await open();
  for (const trialId of ["a", "b"]) first.append(sampleRecord(trialId));
  await first.close("interrupted");
  const before = contents();

  const again = await open();
  assert.deepEqual(contents(), before);
  assert.equal(again.droppedLines, 0);
  assert.deepEqual(
    again.trials.map(({ trialId, steadyMedianMs }) => [trialId, steadyMedianMs]),
    [
      ["a", 4.25],
      ["b", 4.25],
    ],
  );
  again.append(sampleRecord("c"));
  assert.equal(again.trials.length, 3);
  await again.close("finished");
  for (const [index, text] of contents().entries()) assert.ok(text.startsWith(before[index] ?? "none"), TABLES[index]);
  assert.deepEqual(await checkDataset(folder), []);
});

test("rows of a trial that is not in trials are dropped from every table, and nothing else", async () => {
  const first = await open();
  first.append(sampleRecord("a"));
  await first.close("interrupted");
  const before = contents();
  appendFileSync(part("trials"), "b,run-1,h");
  appendFileSync(part("inferences"), "b,0,10,8.5\nb,1,18.5,");
  appendFileSync(part("images"), "b,1,dummy,1,0,0.5\n");
  appendFileSync(part("hardware"), "b,sampler,idle,0,1000\nb,sampler,idle,5,1000\n");
  const again = await open();
  assert.equal(again.droppedLines, 6);
  assert.deepEqual(contents(), before);
  assert.deepEqual(
    again.trials.map(({ trialId }) => trialId),
    ["a"],
  );
  await again.close("finished");
});

test("why a trial was chosen is kept beside it, and dropped with a trial that never finished", async () => {
  const choice: ChoiceRow = {
    ...{ trialId: "a", question: "claims", because: "it was not measured yet" },
    ...{ answerMiniBatchSize: undefined, probability: 0.5, tookMs: 1000 },
    reason: "first look",
  };
  const writer = await open();
  writer.append(sampleRecord("b"));
  assert.equal(existsSync(part("choices")), false);
  writer.append({ ...sampleRecord("a"), choices: [choice] });
  await writer.close("finished");
  assert.deepEqual(await checkDataset(folder), []);
  appendFileSync(part("choices"), "c,claims,first look,it was not measured yet,,,1000\n");
  const again = await open();
  assert.equal(again.droppedLines, 1);
  await again.close("finished");
  assert.deepEqual(readPart(folder, choicesTable), [choice]);
  assert.deepEqual(await checkDataset(folder), []);
});

test("a dataset says that it is running until it is closed, and then how it ended", async () => {
  const status = () => JSON.parse(readFileSync(join(folder, "datapackage.json"), "utf8")).status;
  const writer = await open();
  assert.equal(status(), "running");
  assert.deepEqual(await checkDataset(folder), [{ table: "trials", fault: "the sweep has not ended, resume it" }]);
  await writer.close("interrupted");
  assert.equal(status(), "interrupted");
});

test("a dataset can hold eight tables, trials first", async () => {
  assert.deepEqual(
    tablesOf(sampleProvenance()).map(({ name }) => name),
    [...TABLES.slice(0, -1), "choices", "summaries", "hardware", "executions"],
  );
});

test("a dataset is opened and closed in memory that its hardware would not fit into", async () => {
  const features = Array.from({ length: 60 }, (_, index) =>
    featureGroup("g", "machine", "test").gauge(`feature_${index}`, "1", "", "A gauge."),
  );
  const provenance = { ...sampleProvenance(), features };
  const writer = await DatasetWriter.open(folder, provenance);
  writer.append({ ...sampleRecord("a"), hardware: [] });
  await writer.close("interrupted");
  const values = (row: number) => features.map((_, index) => row * 10_000 + index).join(",");
  const rows = 60_000; // 30 MB
  appendFileSync(
    part("hardware"),
    Array.from({ length: rows }, (_, row) => `a,sampler,idle,0,${values(row)}\n`).join(""),
  );
  const script = `
    import { DatasetWriter } from ${JSON.stringify(join(PACKAGE_ROOT, "dist", "src", "dataset", "dataset-writer.js"))};
    const writer = await DatasetWriter.open(${JSON.stringify(folder)}, ${JSON.stringify(provenance)});
    await writer.close("finished");`;
  const args = ["--max-old-space-size=64", "--input-type=module", "--eval", script];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  const { resources } = JSON.parse(readFileSync(join(folder, "datapackage.json"), "utf8"));
  assert.equal(resources[4].rows, rows);
  const last = resources[4].schema.fields.at(-1);
  assert.deepEqual([last.name, last.min, last.max], ["g/feature_59", 59, 599_990_059]);
});
