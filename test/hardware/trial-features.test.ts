import assert from "node:assert/strict";
import { test } from "node:test";
import { DuckDBInstance } from "@duckdb/node-api";
import { MODEL_FEATURES, modelFeatureValues } from "../../src/hardware/model-features.js";
import { featureGroup } from "../../src/hardware/reading/feature-group.js";
import { TRIAL_STATISTICS, trialColumn, trialFeaturesQuery } from "../../src/hardware/trial-features.js";

const group = featureGroup("g", "machine", "test");
const BOTH = group.gauge("both", "1", "", "Read by both instruments.");
const SAMPLED = group.gauge("sampled", "1", "", "Read by the sampler.");
const NEVER = group.gauge("never", "1", "", "Never there.");

/** trial a has everything; trial b's first inference fell between two samples; trial c never got past loading. */
const HARDWARE = `
  CREATE TABLE hardware AS SELECT * FROM (VALUES
    ('a', 'sampler', 'idle',     0.0, 1.0, 10.0, NULL::VARCHAR),
    ('a', 'sampler', 'load',   100.0, 2.0, 20.0, NULL),
    ('a', 'probe',   'load',   150.0, 3.0, NULL, NULL),
    ('a', 'sampler', 'first',  200.0, 7.0, 25.0, NULL),
    ('a', 'probe',   'first',  280.0, 9.0, NULL, NULL),
    ('a', 'sampler', 'steady', 300.0, 4.0, 50.0, NULL),
    ('a', 'sampler', 'steady', 400.0, 8.0, 30.0, NULL),
    ('b', 'sampler', 'load',    10.0, 5.0, 11.0, NULL),
    ('b', 'sampler', 'steady', 110.0, 6.0, 16.0, NULL),
    ('c', 'sampler', 'load',     0.0, 1.0, NULL, NULL)
  ) AS t(trial_id, instrument, phase, elapsed_ms, "g/both", "g/sampled", "g/never")`;

async function rowsOf(statements: readonly string[], query: string): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    for (const statement of statements) await connection.run(statement);
    return (await connection.runAndReadAll(query)).getRowObjects();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

test("every trial gets one row, with the values that a person computes from its samples", async () => {
  const rows = await rowsOf([HARDWARE], trialFeaturesQuery([BOTH, SAMPLED, NEVER], { hardware: "hardware" }));
  const none = { "g/never__before": null, "g/never__first_change": null };
  const noneSteady = { "g/never__steady_mean": null, "g/never__steady_max": null };
  assert.deepEqual(rows, [
    {
      trial_id: "a",
      "g/both__before": 3, // the probe's, taken last
      "g/both__first_change": 9 - 3, // the probe's at the end of the first inference
      "g/both__steady_mean": 6,
      "g/both__steady_max": 8,
      "g/sampled__before": 20,
      "g/sampled__first_change": 50 - 20, // the first sample after it
      "g/sampled__steady_mean": 40,
      "g/sampled__steady_max": 50,
      ...none,
      ...noneSteady,
    },
    {
      trial_id: "b",
      "g/both__before": 5,
      "g/both__first_change": 1,
      "g/both__steady_mean": 6,
      "g/both__steady_max": 6,
      "g/sampled__before": 11,
      "g/sampled__first_change": 5,
      "g/sampled__steady_mean": 16,
      "g/sampled__steady_max": 16,
      ...none,
      ...noneSteady,
    },
    {
      trial_id: "c",
      "g/both__before": 1,
      "g/both__first_change": null,
      "g/both__steady_mean": null,
      "g/both__steady_max": null,
      "g/sampled__before": null,
      "g/sampled__first_change": null,
      "g/sampled__steady_mean": null,
      "g/sampled__steady_max": null,
      ...none,
      ...noneSteady,
    },
  ]);
});

test("features of the model keep their names and come from their own table", async () => {
  const values = modelFeatureValues({
    parameters: 10,
    multiplyAddsPerImage: 5,
    activationBytesPerImage: 8,
    inputSizePx: 2,
    miniBatchSize: 3,
  });
  assert.deepEqual(values, [10, 15, 24, 144, 2, 3, 12]);
  const columns = MODEL_FEATURES.map(({ name }) => `"${name}"`).join(", ");
  const model = `CREATE TABLE model AS SELECT * FROM (VALUES ('a', ${values.join(", ")})) AS t(trial_id, ${columns})`;
  const query = trialFeaturesQuery([...MODEL_FEATURES, BOTH], { hardware: "hardware", model: "model" });
  const rows = await rowsOf([HARDWARE, model], query);
  assert.deepEqual(Object.keys(rows[0] ?? {}), [
    "trial_id",
    ...TRIAL_STATISTICS.map((statistic) => trialColumn(BOTH, statistic)),
    ...MODEL_FEATURES.map(({ name }) => name),
  ]);
  assert.equal(rows[0]?.["model/tensor_bytes"], 144);
  assert.equal(rows[1]?.["model/tensor_bytes"], null);
});
