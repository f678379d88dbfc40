import type { DuckDBConnection } from "@duckdb/node-api";
import { fileOf, type Part } from "./part.js";
import { literal } from "./part-query.js";
import { requireHeaders } from "./read-rows.js";
import { columnsOf, headersOf } from "./table.js";

/**
 * The rows of a table's Parquet part file as the cells of CSV lines, one after the other.
 *
 * @throws UserError if its columns are not the table's
 */
export async function* readParquetCells(connection: DuckDBConnection, part: Part): AsyncGenerator<string[], void> {
  const path = fileOf(part);
  const result = await connection.stream(`SELECT * FROM read_parquet(${literal(path)})`);
  requireHeaders(path, result.columnNames(), headersOf(part.table));
  const formats = columnsOf(part.table).map(([, column]) => lastKept((value) => column.format(value)));
  for await (const rows of result.yieldRowsJs()) {
    for (const row of rows) yield row.map((value, index) => formats[index]?.(value) ?? "");
  }
}

/** Formats a value that is the last one again without work: most of a machine's features hardly ever change. */
function lastKept(format: (value: unknown) => string): (value: unknown) => string {
  let [last, cell]: [unknown, string] = [null, ""];
  return (value) => {
    if (value !== last) [last, cell] = [value, value === null ? "" : format(value)];
    return cell;
  };
}
