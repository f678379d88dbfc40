import { fileOf, type Part } from "./part.js";
import { type ColumnType, columnsOf } from "./table.js";

const DUCKDB_TYPE: Readonly<Record<ColumnType, string>> = {
  integer: "BIGINT",
  number: "DOUBLE",
  string: "VARCHAR",
  boolean: "BOOLEAN",
};

/**
 * The DuckDB query that reads a table's part file with the types of its schema.
 *
 * @param types what a column of a type becomes
 */
export function readPartQuery(part: Part, types: Readonly<Record<ColumnType, string>> = DUCKDB_TYPE): string {
  const path = literal(fileOf(part));
  const columns = columnsOf(part.table).map(([, { header, type }]) => ({ header, type: types[type] }));
  if (part.format === "parquet") {
    const values = columns.map(({ header, type }) => `${quoted(header)}::${type} AS ${quoted(header)}`);
    return `SELECT ${values.join(", ")} FROM read_parquet(${path})`;
  }
  const typed = columns.map(({ header, type }) => `${literal(header)}: ${literal(type)}`);
  return `SELECT * FROM read_csv(${path}, header = true, auto_detect = false, quote = '"', escape = '"', columns = {${typed.join(", ")}})`;
}

/** A text as a literal of SQL. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A name as an identifier of SQL. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
