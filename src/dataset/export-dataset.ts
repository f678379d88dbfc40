import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { readDataPackage } from "./data-package.js";
import { tablesOf } from "./dataset-writer.js";
import { partPath } from "./part-file.js";
import { type ColumnType, columnsOf, type Table } from "./table.js";

const DUCKDB_TYPE: Readonly<Record<ColumnType, string>> = {
  integer: "BIGINT",
  number: "DOUBLE",
  string: "VARCHAR",
  boolean: "BOOLEAN",
};

/**
 * Writes every table of a dataset as a Parquet file with the types of its schema.
 *
 * @returns the files that were written
 * @throws UserError if there is no dataset in the folder
 */
export async function exportDataset(folder: string, target: string): Promise<string[]> {
  const tables = tablesOf(readDataPackage(folder).provenance);
  mkdirSync(target, { recursive: true });
  const connection = await (await DuckDBInstance.create()).connect();
  const written: string[] = [];
  try {
    for (const table of tables.filter((candidate) => existsSync(join(folder, partPath(candidate))))) {
      const path = join(target, `${table.name}.parquet`);
      await connection.run(
        `COPY (${readCsvQuery(folder, table)}) TO ${literal(path)} (FORMAT parquet, COMPRESSION zstd)`,
      );
      written.push(path);
    }
  } finally {
    connection.closeSync();
  }
  return written;
}

/** The DuckDB query that reads a table's part file with the types of its schema. */
export function readCsvQuery(folder: string, table: Table<never>): string {
  const columns = columnsOf(table).map(([, { header, type }]) => `${literal(header)}: ${literal(DUCKDB_TYPE[type])}`);
  const path = literal(join(folder, partPath(table)));
  return `SELECT * FROM read_csv(${path}, header = true, auto_detect = false, quote = '"', escape = '"', columns = {${columns.join(", ")}})`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
