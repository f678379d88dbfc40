import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { DuckDBInstance } from "@duckdb/node-api";
import { UserError } from "../../src/core/user-error.js";
import { DatasetWriter } from "../../src/dataset/dataset-writer.js";
import { exportDataset } from "../../src/dataset/export-dataset.js";
import type { HardwareRow } from "../../src/dataset/hardware-table.js";
import { readTrialFeatures } from "../../src/dataset/read-trial-features.js";
import { columnsOf } from "../../src/dataset/table.js";
import { type TrialRow, trialsTable } from "../../src/dataset/tables.js";
import { designSchema } from "../../src/design/design.js";
import { featureGroup, rateOf } from "../../src/hardware/reading/feature-group.js";

const folder = mkdtempSync(join(tmpdir(), "batchwise-test-"));
after(() => rmSync(folder, { recursive: true }));

const group = featureGroup("g", "machine", "test");
const FREE = group.gauge("free_kib", "KiB", "", "A gauge.");
const FAULTS = group.counter("faults", "1", "", "A counter.");
const FEATURES = [FREE, FAULTS, rateOf(FAULTS)];

const EMPTY_ROW = Object.fromEntries(columnsOf(trialsTable).map(([column]) => [column, undefined]));

function trialRow(trialId: string, inputSizePx: number, miniBatchSize: number, status: TrialRow["status"]): TrialRow {
  const identity = { trialId, runId: "r", host: "h", model: "m", provider: "cpu", threads: 1, concurrent: 1, trial: 1 };
  const startedAt = "2026-11-24T00:00:00Z";
  return { ...EMPTY_ROW, ...identity, inputSizePx, miniBatchSize, startedAt, status } as TrialRow;
}

function sample(phase: HardwareRow["phase"], elapsedMs: number, free: number, faults: number | undefined): HardwareRow {
  return { trialId: "b", instrument: "sampler", phase, elapsedMs, [FREE.name]: free, [FAULTS.name]: faults };
}

async function writeDataset(): Promise<void> {
  const sizes = [
    { input_size_px: 32, multiply_adds: 1000, activation_bytes: 500 },
    { input_size_px: 64, multiply_adds: 4000, activation_bytes: 2000 },
  ];
  const writer = await DatasetWriter.open(folder, {
    design: designSchema.parse({
      name: "features",
      input_sizes_px: [32, 64],
      mini_batch_sizes: [2],
      devices: [{ provider: "cpu", threads: 1 }],
    }),
    model: { name: "m", sha256: "", bytes: 1, parameters: 10, sizes },
    machine: {},
    versions: {},
    features: FEATURES,
    unavailable_features: [],
    runs: [],
  });
  const hardware = [
    sample("idle", 0, 1000, 5),
    sample("first", 100, 900, 5),
    sample("steady", 200, 700, 45),
    sample("steady", 300, 500, undefined),
  ];
  writer.append({ trial: trialRow("b", 64, 2, "ok"), inferences: [], images: [], pulses: [], hardware });
  writer.append({ trial: trialRow("a", 32, 3, "skipped"), inferences: [], images: [], pulses: [], hardware: [] });
  await writer.close("finished");
}

await writeDataset();

test("every trial of a dataset has one row of features, with the model's at its shape", async () => {
  const { trialIds, columns, values } = await readTrialFeatures(folder);
  assert.deepEqual(trialIds, ["a", "b"]);
  const row = (index: number) =>
    Object.fromEntries(
      columns.flatMap(({ name }, column) =>
        values[index]?.[column] === undefined ? [] : [[name, values[index][column]]],
      ),
    );
  const model = (mbs: number, size: number, multiplyAdds: number, activationBytes: number) => ({
    "model/parameters": 10,
    "model/multiply_adds": mbs * multiplyAdds,
    "model/activation_bytes": mbs * activationBytes,
    "model/tensor_bytes": mbs * 3 * size * size * 4,
    "model/input_size_px": size,
    "model/mini_batch_size": mbs,
    "model/pixels": mbs * size * size,
  });
  assert.deepEqual(row(0), model(3, 32, 1000, 500), "a skipped trial has no hardware, but a shape");
  assert.deepEqual(row(1), {
    "g/free_kib__before": 1000,
    "g/free_kib__first_change": -300,
    "g/free_kib__steady_mean": 600,
    "g/free_kib__steady_max": 700,
    "g/faults__before": 5,
    "g/faults__first_change": 40,
    "g/faults__steady_mean": 45,
    "g/faults__steady_max": 45,
    ...model(2, 64, 4000, 2000),
  });
});

test("a column says what it is, and what is known before the first inference", async () => {
  const { columns } = await readTrialFeatures(folder);
  assert.equal(columns.length, 4 * FEATURES.length + 7);
  const known = columns.filter(({ knownBefore, statistic }) => knownBefore && statistic !== "constant");
  assert.deepEqual(
    known.map(({ name, unit }) => [name, unit]),
    [
      ["g/free_kib__before", "KiB"],
      ["g/faults_per_s__before", "1/s"],
    ],
  );
  assert.ok(columns.filter(({ statistic }) => statistic === "constant").every(({ knownBefore }) => knownBefore));
  assert.equal(columns[0]?.feature.description, "A gauge.");
  const few = await readTrialFeatures(folder, [FAULTS.name]);
  const names = ["before", "first_change", "steady_mean", "steady_max"].map((statistic) => `g/faults__${statistic}`);
  assert.deepEqual(
    few.columns.filter(({ statistic }) => statistic !== "constant").map(({ name }) => name),
    names,
    "only what is asked for",
  );
});

test("the export holds the same rows as Parquet", async () => {
  const files = await exportDataset(folder, join(folder, "parquet"));
  const path = files.find((file) => file.endsWith("trial_features.parquet"));
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  const result = await connection.runAndReadAll(`SELECT * FROM read_parquet('${path}')`);
  const { trialIds, columns, values } = await readTrialFeatures(folder);
  assert.deepEqual(result.columnNames(), ["trial_id", ...columns.map(({ name }) => name)]);
  assert.deepEqual(
    result.getRows(),
    trialIds.map((trialId, index) => [trialId, ...(values[index] ?? []).map((value) => value ?? null)]),
  );
  connection.closeSync();
  instance.closeSync();
});

test("a folder without a dataset is refused", async () => {
  await assert.rejects(readTrialFeatures(join(folder, "parquet")), UserError);
});

test("hardware with a wrong cell is refused in one line with its place and value, by features and by the export", async () => {
  const path = join(folder, "hardware", "part-0.csv");
  const sound = readFileSync(path, "utf8");
  writeFileSync(path, sound.replace(",900,", ",many,"));
  const refused = {
    name: "UserError",
    message: `${path} line 3: column g/free_kib: "many" is not a number`,
  };
  await assert.rejects(readTrialFeatures(folder), refused);
  await assert.rejects(exportDataset(folder, join(folder, "parquet")), refused);
  writeFileSync(path, sound);
});

test("a dataset whose hardware is gone is refused, with the file that is missing", async () => {
  rmSync(join(folder, "hardware", "part-0.csv"));
  await assert.rejects(readTrialFeatures(folder), {
    name: "UserError",
    message: `dataset ${folder}: part file hardware/part-0.csv is missing`,
  });
});
