import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { literal, readCsvQuery } from "./csv-query.js";
import { readDataPackage } from "./data-package.js";
import { tablesOf } from "./dataset-writer.js";
import { partPath } from "./part-file.js";
import { prepareTrialFeatures } from "./read-trial-features.js";

/**
 * Writes every table of a dataset, and the one row of features per trial that is made from them (`trial_features`), as
 * a Parquet file with the types of its schema.
 *
 * @returns the files that were written
 * @throws UserError if there is no dataset in the folder
 */
export async function exportDataset(folder: string, target: string): Promise<string[]> {
  const tables = tablesOf(readDataPackage(folder).provenance);
  mkdirSync(target, { recursive: true });
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  const written: string[] = [];
  const write = async (name: string, query: string) => {
    const path = join(target, `${name}.parquet`);
    await connection.run(`COPY (${query}) TO ${literal(path)} (FORMAT parquet, COMPRESSION zstd)`);
    written.push(path);
  };
  try {
    for (const table of tables.filter((candidate) => existsSync(join(folder, partPath(candidate))))) {
      await write(table.name, readCsvQuery(folder, table));
    }
    const { query } = await prepareTrialFeatures(connection, folder);
    await write("trial_features", query);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
  return written;
}
