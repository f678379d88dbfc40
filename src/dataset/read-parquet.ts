import type { DuckDBConnection } from "@duckdb/node-api";
import { stringify } from "csv-stringify/sync";
import { fileOf, type Part } from "./part.js";
import { literal } from "./part-query.js";
import { requireHeaders } from "./read-rows.js";
import { columnsOf, headersOf } from "./table.js";

/**
 * The rows of a Parquet part file as the cells of CSV lines, one after the other.
 *
 * @throws UserError if its columns are not the table's
 */
export async function* readParquetCells(connection: DuckDBConnection, part: Part): AsyncGenerator<string[], void> {
  const result = await connection.stream(`SELECT * FROM read_parquet(${literal(fileOf(part))})`);
  requireHeaders(fileOf(part), result.columnNames(), headersOf(part.table));
  const formats = columnsOf(part.table).map(([, column]) => remembering((value) => column.format(value)));
  for await (const chunk of result) {
    const columns = formats.map((format, index) => ({ format, values: chunk.getColumnVector(index) }));
    for (let row = 0; row < chunk.rowCount; row++)
      yield columns.map(({ format, values }) => format(values.getItem(row)));
  }
}

/** A Parquet part file as the CSV part file that it was made from: pieces of text that begin with the header. */
export async function* readParquetLines(connection: DuckDBConnection, part: Part): AsyncGenerator<string, void> {
  yield stringify([headersOf(part.table)]);
  const texts = columnsOf(part.table).flatMap(([, { type }], index) => (type === "string" ? [index] : []));
  for await (const cells of readParquetCells(connection, part)) {
    const quotes = texts.some((index) => /[",\r\n]/.test(cells[index] ?? ""));
    yield quotes ? stringify([cells]) : `${cells.join(",")}\n`;
  }
}

/** Formats a value that is the last one again without work: most of a machine's features hardly ever change. */
function remembering(format: (value: unknown) => string): (value: unknown) => string {
  let [last, cell]: [unknown, string] = [null, ""];
  return (value) => {
    if (value !== last) [last, cell] = [value, value === null ? "" : format(value)];
    return cell;
  };
}
