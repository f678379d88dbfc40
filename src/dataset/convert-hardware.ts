import { createHash } from "node:crypto";
import { closeSync, existsSync, fsyncSync, openSync, rmSync, writeFileSync } from "node:fs";
import type { DuckDBConnection } from "@duckdb/node-api";
import { UserError } from "../core/user-error.js";
import { copyToParquet } from "./copy-to-parquet.js";
import { anyTable, partOf, readDataPackage, writeDataPackage } from "./data-package.js";
import { fingerprint } from "./fingerprint.js";
import { hardwareTable } from "./hardware-table.js";
import { fileOf, type Part, type PartFormat } from "./part.js";
import { partError } from "./part-error.js";
import { readPartQuery } from "./part-query.js";
import { withQueries } from "./query-session.js";
import { readParquetLines } from "./read-parquet.js";
import { formatOf } from "./resource.js";

/**
 * Makes the part file of a dataset's hardware Parquet, which is small and fast to read, or CSV, which can be appended
 * to. The old file goes when the new one is whole and the data package names it: until then it is the one that counts.
 * From CSV it goes only once the Parquet file has given every byte of it back.
 *
 * @param folder one that nobody else writes to meanwhile
 * @returns whether there was something to convert
 * @throws UserError if the run has not finished and Parquet is asked for, or a cell does not fit its column
 */
export async function convertHardware(folder: string, format: PartFormat): Promise<boolean> {
  const dataPackage = readDataPackage(folder);
  const { status, provenance, resources } = dataPackage;
  const from = partOf(folder, dataPackage, anyTable(hardwareTable(provenance.features)));
  const to: Part = { ...from, format };
  if (format === from.format || !existsSync(fileOf(from))) return false;
  if (format === "parquet" && status !== "finished") {
    throw new UserError(`dataset ${folder}: is ${status}, allowed to become Parquet is a finished one`);
  }
  try {
    const rows = await withQueries((connection) =>
      format === "csv" ? writeCsv(connection, from, to) : writeParquet(connection, from, to),
    );
    const file = { ...(await fingerprint(fileOf(to))), rows };
    const converted = resources.map((resource) => {
      if (resource.name !== from.table.name) return resource;
      const { name, description, schema } = resource;
      return { name, ...formatOf(from.table, format), description, ...file, schema };
    });
    writeDataPackage(folder, status, provenance, converted);
  } catch (error) {
    rmSync(fileOf(to), { force: true });
    throw error;
  }
  rmSync(fileOf(from));
  return true;
}

/** @returns how many rows were written */
async function writeParquet(connection: DuckDBConnection, from: Part, to: Part): Promise<number> {
  try {
    await connection.run(copyToParquet(readPartQuery(from), fileOf(to)));
  } catch (error) {
    throw await partError(connection, error, from);
  }
  const file = openSync(fileOf(to), "r");
  fsyncSync(file);
  closeSync(file);
  const hash = createHash("sha256");
  let rows = -1;
  for await (const line of readParquetLines(connection, to)) {
    hash.update(line);
    rows++;
  }
  if (`sha256:${hash.digest("hex")}` !== (await fingerprint(fileOf(from))).hash) {
    throw new UserError(
      `part file ${fileOf(from)}: would come back from Parquet as other bytes, allowed is what a sweep wrote`,
    );
  }
  return rows;
}

/**
 * Writes a Parquet part file as the CSV part file that it was made from.
 *
 * @returns how many rows were written
 */
export async function writeCsv(connection: DuckDBConnection, from: Part, to: Part): Promise<number> {
  const file = openSync(fileOf(to), "w");
  let rows = -1;
  try {
    for await (const line of readParquetLines(connection, from)) {
      writeFileSync(file, line);
      rows++;
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return rows;
}
