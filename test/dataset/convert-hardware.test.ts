import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { checkDataset } from "../../src/dataset/check-dataset.js";
import { convertHardware } from "../../src/dataset/convert-hardware.js";
import { readDataPackage } from "../../src/dataset/data-package.js";
import { DatasetWriter } from "../../src/dataset/dataset-writer.js";
import { exportDataset } from "../../src/dataset/export-dataset.js";
import { readTrialFeatures } from "../../src/dataset/read-trial-features.js";
import { openExecutions } from "../../src/execute/executions-writer.js";
import { executionRow } from "../execute/execution-row.js";
import { FREE, sampleProvenance, sampleRecord } from "./sample-dataset.js";

const scratch = mkdtempSync(join(tmpdir(), "batchwise-convert-"));
after(() => rmSync(scratch, { recursive: true }));
const made = join(scratch, "made");
const folder = join(scratch, "dataset");
const [csv, parquet] = ["csv", "parquet"].map((format) => join(folder, "hardware", `part-0.${format}`)) as [
  string,
  string,
];

/** Values of every form that a cell has, a missing one, and a trial's name that needs quotes. */
const VALUES = [
  ...[1000, 0, -3, 0.1, 123456.789, 1e-7, 0.0000123456789, 1.5e21, 123456789012345680, 9223372036854772000, -0.25],
  undefined,
];
const writer = await DatasetWriter.open(made, sampleProvenance());
for (const trialId of ["a", 'b "c", d']) {
  const hardware = VALUES.map((value, index) => ({
    ...{ trialId, instrument: "sampler", phase: "steady", elapsedMs: index / 3 },
    [FREE.name]: value,
  }));
  writer.append({ ...sampleRecord(trialId), hardware: hardware as never });
}
await writer.close("finished");

beforeEach(() => {
  rmSync(folder, { recursive: true, force: true });
  cpSync(made, folder, { recursive: true });
});

function filesOf(dataset: string): [string, string][] {
  const names = readdirSync(dataset, { recursive: true, encoding: "utf8" }).filter((name) => /\.\w+$/.test(name));
  return names.sort().map((name) => [name, readFileSync(join(dataset, name), "latin1")]);
}

test("hardware becomes Parquet and CSV again, and every byte of the dataset is as before", async () => {
  assert.equal(await convertHardware(folder, "csv"), false);
  assert.equal(await convertHardware(folder, "parquet"), true);
  assert.equal(await convertHardware(folder, "parquet"), false);
  assert.equal(existsSync(csv), false);
  const bytes = readFileSync(parquet);
  const resource = readDataPackage(folder).resources.find(({ name }) => name === "hardware");
  assert.deepEqual(
    [resource?.path, resource?.format, resource?.rows, resource?.bytes, resource?.hash],
    [
      ...["hardware/part-0.parquet", "parquet", 2 * VALUES.length, bytes.length],
      `sha256:${createHash("sha256").update(bytes).digest("hex")}`,
    ],
  );
  assert.equal(await convertHardware(folder, "csv"), true);
  assert.deepEqual(filesOf(folder), filesOf(made));
  await convertHardware(folder, "parquet");
  assert.ok(readFileSync(parquet).equals(bytes), "the same rows are the same Parquet file");
});

test("whoever reads hardware reads both: features, export, check, and execution beside it", async () => {
  const [features, exported] = [await readTrialFeatures(folder), join(scratch, "exported")];
  await convertHardware(folder, "parquet");
  assert.deepEqual(await readTrialFeatures(folder), features);
  assert.deepEqual(await checkDataset(folder), []);
  assert.equal((await exportDataset(folder, exported)).length, 6);
  const executions = openExecutions(folder, folder);
  await executions.append([executionRow("a", 1, {})]);
  executions.close();
  assert.deepEqual(await checkDataset(folder), []);
  assert.equal(existsSync(parquet), true);
});

test("a changed byte of a Parquet file is found by its hash, and what is none by its name", async () => {
  await convertHardware(folder, "parquet");
  const bytes = readFileSync(parquet);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
  writeFileSync(parquet, bytes);
  const [first] = await checkDataset(folder);
  assert.match(first?.fault ?? "", /^hash is sha256:/);
  writeFileSync(parquet, "no Parquet");
  const faults = (await checkDataset(folder)).map(({ fault }) => fault);
  assert.ok(faults.every((fault) => !fault.includes("\n")));
  assert.match(faults.at(-1) ?? "", /hardware\/part-0\.parquet: /);
  rmSync(parquet);
  assert.deepEqual(await checkDataset(folder), [
    { table: "hardware", fault: "part file hardware/part-0.parquet is missing" },
  ]);
});

test("CSV that would not come back as it is stays, and so does that of a run that has not finished", async () => {
  writeFileSync(csv, readFileSync(csv, "utf8").replace(",1000\n", ",1000.0\n"));
  const before = readFileSync(csv, "utf8");
  await assert.rejects(convertHardware(folder, "parquet"), {
    name: "UserError",
    message: /part-0\.csv: would come back from Parquet as other bytes, allowed is what a sweep wrote$/,
  });
  assert.equal(readFileSync(csv, "utf8"), before);
  assert.equal(existsSync(parquet), false);
  await (await DatasetWriter.open(folder, sampleProvenance())).close("interrupted");
  await assert.rejects(
    convertHardware(folder, "parquet"),
    /is interrupted, allowed to become Parquet is a finished one$/,
  );
});

test("a dataset that is gone on with has CSV again, and rows are appended to it", async () => {
  await convertHardware(folder, "parquet");
  const again = await DatasetWriter.open(folder, sampleProvenance());
  assert.equal(again.droppedLines, 0);
  again.append(sampleRecord("c"));
  await again.close("finished");
  const before = readFileSync(join(made, "hardware", "part-0.csv"), "utf8");
  assert.equal(readFileSync(csv, "utf8"), `${before}c,sampler,idle,0,1000\n`);
  assert.deepEqual(await checkDataset(folder), []);
});

test("of two files the one counts that the data package names, as after a crash between them", async () => {
  cpSync(csv, join(scratch, "kept.csv"));
  await convertHardware(folder, "parquet");
  writeFileSync(csv, "half a file");
  assert.deepEqual(await checkDataset(folder), []);
  await convertHardware(folder, "csv");
  assert.ok(readFileSync(csv).equals(readFileSync(join(scratch, "kept.csv"))));
  writeFileSync(parquet, "half a file");
  assert.deepEqual(await checkDataset(folder), []);
  await convertHardware(folder, "parquet");
  assert.deepEqual(await checkDataset(folder), []);
});
