import { existsSync } from "node:fs";
import type { DuckDBConnection } from "@duckdb/node-api";
import { UserError } from "../core/user-error.js";
import { MODEL_FEATURES, modelFeatureValues } from "../hardware/model-features.js";
import type { Feature } from "../hardware/reading/feature.js";
import { TRIAL_STATISTICS, type TrialStatistic, trialColumn, trialFeaturesQuery } from "../hardware/trial-features.js";
import { anyTable, type ModelProvenance, partOf, readDataPackage } from "./data-package.js";
import { hardwareTable } from "./hardware-table.js";
import { fileOf, type Part, partPath } from "./part.js";
import { partError } from "./part-error.js";
import { readPartQuery } from "./part-query.js";
import { withQueries } from "./query-session.js";
import { readRows } from "./read-rows.js";
import { type TrialRow, trialsTable } from "./tables.js";

/**
 * How `trial_features` is queried. Several threads add up a mean in an order of their own, and its last digit would
 * change from run to run; thousands of statistics of each trial are in memory together.
 */
export const TRIAL_FEATURES = { threads: 1, memoryLimit: "2GiB" } as const;

/** What one column of `trial_features` holds: a statistic of a feature over a trial. */
export interface TrialFeatureColumn {
  readonly name: string;
  /** The feature in the catalogue, with its unit, kind, scope, source and meaning. */
  readonly feature: Feature;
  /** `constant` for features of the model, which have one column and one value per trial. */
  readonly statistic: TrialStatistic | "constant";
  readonly unit: string;
  /** Whether its value can be known before the first inference runs. */
  readonly knownBefore: boolean;
}

/** One row of features per trial. */
export interface TrialFeatures {
  readonly trialIds: readonly string[];
  readonly columns: readonly TrialFeatureColumn[];
  /** `values[row][column]`; undefined where there is no value. */
  readonly values: readonly (readonly (number | undefined)[])[];
}

/**
 * The features of every trial of a dataset, in the order of trial_id: for each feature its value before the first
 * inference, its change over it, and its mean and maximum while steady (see `trialFeaturesQuery`), and what is known
 * of the model at the trial's shape.
 *
 * @param only names of the features to read, beside those of the model; default: all
 * @throws UserError if there is no dataset in the folder or a part file does not fit its table
 * @example
 * const { columns, values } = await readTrialFeatures("data/quick");
 * const before = columns.flatMap(({ knownBefore }, index) => (knownBefore ? [index] : []));
 * const matrix = values.map((row) => before.map((index) => row[index]));
 */
export async function readTrialFeatures(folder: string, only?: readonly string[]): Promise<TrialFeatures> {
  return withQueries(async (connection) => {
    const { query, columns, hardware } = await prepareTrialFeatures(connection, folder, only);
    const rows = await rowsOf(connection, query, hardware);
    return {
      trialIds: rows.map(([trialId]) => String(trialId)),
      columns,
      values: rows.map(([, ...cells]) => cells.map((cell) => (typeof cell === "number" ? cell : undefined))),
    };
  }, TRIAL_FEATURES);
}

/**
 * Makes the table `model` in a DuckDB connection, and the query of `trial_features` that uses it and the hardware: its
 * columns are trial_id, then those returned.
 *
 * @throws UserError if there is no dataset in the folder, or no hardware in the dataset
 */
export async function prepareTrialFeatures(
  connection: DuckDBConnection,
  folder: string,
  only?: readonly string[],
): Promise<{ query: string; columns: TrialFeatureColumn[]; hardware: Part }> {
  const dataPackage = readDataPackage(folder);
  const { features: recorded, model } = dataPackage.provenance;
  const features = only === undefined ? recorded : recorded.filter(({ name }) => only.includes(name));
  const hardware = partOf(folder, dataPackage, anyTable(hardwareTable(recorded)));
  if (!existsSync(fileOf(hardware))) {
    throw new UserError(`dataset ${folder}: part file ${partPath(hardware.table, hardware.format)} is missing`);
  }
  await createModelTable(connection, model, readRows(folder, trialsTable));
  return {
    query: trialFeaturesQuery([...features, ...MODEL_FEATURES], {
      hardware: `(${readPartQuery(hardware)})`,
      model: "model",
    }),
    columns: [...features.flatMap(sampledColumns), ...MODEL_FEATURES.map(constantColumn)],
    hardware,
  };
}

async function rowsOf(connection: DuckDBConnection, query: string, hardware: Part) {
  try {
    return (await connection.runAndReadAll(query)).getRows();
  } catch (error) {
    throw await partError(connection, error, hardware);
  }
}

async function createModelTable(
  connection: DuckDBConnection,
  model: ModelProvenance,
  trials: Iterable<TrialRow>,
): Promise<void> {
  const columns = MODEL_FEATURES.map(({ name }) => `"${name}" DOUBLE`);
  await connection.run(`CREATE TABLE model (trial_id VARCHAR, ${columns.join(", ")})`);
  const appender = await connection.createAppender("model");
  for (const { trialId, inputSizePx, miniBatchSize } of trials) {
    const size = model.sizes.find((candidate) => candidate.input_size_px === inputSizePx);
    if (size === undefined) continue;
    appender.appendVarchar(trialId);
    const values = modelFeatureValues({
      parameters: model.parameters ?? Number.NaN,
      multiplyAddsPerImage: size.multiply_adds,
      activationBytesPerImage: size.activation_bytes,
      inputSizePx,
      miniBatchSize,
    });
    for (const value of values) appender.appendDouble(value);
    appender.endRow();
  }
  appender.closeSync();
}

function sampledColumns(feature: Feature): TrialFeatureColumn[] {
  return TRIAL_STATISTICS.map((statistic) => ({
    name: trialColumn(feature, statistic),
    feature,
    statistic,
    unit: feature.unit,
    knownBefore: statistic === "before" && feature.knownBefore,
  }));
}

function constantColumn(feature: Feature): TrialFeatureColumn {
  return { name: feature.name, feature, statistic: "constant", unit: feature.unit, knownBefore: true };
}
