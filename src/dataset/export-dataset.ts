import { existsSync } from "node:fs";
import { join } from "node:path";
import { makeFolder } from "../core/make-folder.js";
import { copyToParquet } from "./copy-to-parquet.js";
import { partOf, readDataPackage } from "./data-package.js";
import { tablesOf } from "./dataset-writer.js";
import { fileOf, type Part } from "./part.js";
import { partError } from "./part-error.js";
import { readPartQuery } from "./part-query.js";
import { withQueries } from "./query-session.js";
import { prepareTrialFeatures, TRIAL_FEATURES } from "./read-trial-features.js";

/**
 * Writes every table of a dataset, and the one row of features per trial that is made from them (`trial_features`), as
 * a Parquet file with the types of its schema.
 *
 * @returns the files that were written
 * @throws UserError if there is no dataset in the folder
 */
export async function exportDataset(folder: string, target: string): Promise<string[]> {
  const dataPackage = readDataPackage(folder);
  makeFolder(target);
  const written: string[] = [];
  await withQueries(async (connection) => {
    const write = async (name: string, query: string, part: Part) => {
      const path = join(target, `${name}.parquet`);
      try {
        await connection.run(copyToParquet(query, path));
      } catch (error) {
        throw await partError(connection, error, part);
      }
      written.push(path);
    };
    for (const table of tablesOf(dataPackage.provenance)) {
      const part = partOf(folder, dataPackage, table);
      if (existsSync(fileOf(part))) await write(table.name, readPartQuery(part), part);
    }
    const { query, hardware } = await prepareTrialFeatures(connection, folder);
    await write("trial_features", query, hardware);
  }, TRIAL_FEATURES);
  return written;
}
