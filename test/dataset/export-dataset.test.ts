import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { DuckDBInstance } from "@duckdb/node-api";
import { DatasetWriter } from "../../src/dataset/dataset-writer.js";
import { exportDataset } from "../../src/dataset/export-dataset.js";
import { literal } from "../../src/dataset/part-query.js";
import { sampleProvenance, sampleRecord } from "./sample-dataset.js";

// A quote in the path, because paths stand in the queries.
const folder = mkdtempSync(join(tmpdir(), "batchwise-it's-"));
after(() => rmSync(folder, { recursive: true }));

test("every table is exported with its types, values and missing values", async () => {
  const writer = await DatasetWriter.open(folder, sampleProvenance());
  writer.append(sampleRecord("a", { detail: 'one "quoted", text' }));
  writer.append(sampleRecord("b", { steadyMedianMs: undefined, trial: 2 }));
  await writer.close("finished");
  const target = join(folder, "deep", "parquet");
  const names = ["trials", "inferences", "images", "pulses", "hardware", "trial_features"].map(
    (name) => `${name}.parquet`,
  );
  assert.deepEqual(
    await exportDataset(folder, target),
    names.map((name) => join(target, name)),
  );
  assert.deepEqual(readdirSync(target).sort(), [...names].sort());

  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  const query = async (sql: string) => (await connection.runAndReadAll(sql)).getRowsJson();
  const trials = `read_parquet(${literal(join(target, "trials.parquet"))})`;
  assert.deepEqual(await query(`SELECT trial_id, steady_median_ms, trial, detail FROM ${trials}`), [
    ["a", 4.25, "1", 'one "quoted", text'], // a 64-bit integer is a text in JSON
    ["b", null, "2", null],
  ]);
  const types = await query(`SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM ${trials})`);
  const typeOf = Object.fromEntries(types as [string, string][]);
  assert.deepEqual(
    [typeOf.trial_id, typeOf.trial, typeOf.steady_median_ms, typeOf.detail],
    ["VARCHAR", "BIGINT", "DOUBLE", "VARCHAR"],
  );
  const inferences = `read_parquet(${literal(join(target, "inferences.parquet"))})`;
  assert.deepEqual(await query(`SELECT * FROM ${inferences} WHERE trial_id = 'b'`), [
    ["b", "0", 10, 8.5],
    ["b", "1", 18.5, 4.25],
  ]);
  connection.closeSync();
  instance.closeSync();
});
