import { join } from "node:path";
import { partPath } from "./part-file.js";
import { type ColumnType, columnsOf, type Table } from "./table.js";

const DUCKDB_TYPE: Readonly<Record<ColumnType, string>> = {
  integer: "BIGINT",
  number: "DOUBLE",
  string: "VARCHAR",
  boolean: "BOOLEAN",
};

/** The DuckDB query that reads a table's part file with the types of its schema. */
export function readCsvQuery(folder: string, table: Table<never>): string {
  const columns = columnsOf(table).map(([, { header, type }]) => `${literal(header)}: ${literal(DUCKDB_TYPE[type])}`);
  const path = literal(join(folder, partPath(table)));
  return `SELECT * FROM read_csv(${path}, header = true, auto_detect = false, quote = '"', escape = '"', columns = {${columns.join(", ")}})`;
}

/** A text as a literal of SQL. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
