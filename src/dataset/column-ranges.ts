import type { DuckDBConnection } from "@duckdb/node-api";
import type { Part } from "./part.js";
import { partError } from "./part-error.js";
import { literal, quoted, readPartQuery } from "./part-query.js";
import { requireHeader } from "./read-rows.js";
import { type Column, columnsOf } from "./table.js";

/** The smallest and largest value of a numeric column. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** What a table holds. */
export interface TableContents {
  readonly rows: number;
  /** By header; columns without a value are left out. */
  readonly ranges: Readonly<Record<string, Range>>;
}

/** So that a whole number is checked as one, and not rounded to one. */
const TYPES = { integer: "DOUBLE", number: "DOUBLE", string: "VARCHAR", boolean: "BOOLEAN" } as const;

/**
 * Counts the rows of a table's part file and finds the range of every numeric column.
 *
 * @throws UserError naming file, line, column and value of the first cell that does not fit the table
 */
export async function columnRanges(connection: DuckDBConnection, part: Part): Promise<TableContents> {
  const columns = columnsOf(part.table).map(([, column]) => column);
  const numeric = columns.filter(({ type }) => type === "number" || type === "integer");
  const wrong = columns.flatMap(unfit).join(" OR ");
  const extremes = numeric.flatMap(({ header }) => [`min(${quoted(header)})`, `max(${quoted(header)})`]);
  const source = readPartQuery(part, TYPES);
  if (part.format === "csv") requireHeader(part); // DuckDB takes any
  let cells: readonly unknown[];
  try {
    const query = `SELECT ${["count(*)", `count_if(${wrong})`, ...extremes].join(", ")} FROM (${source})`;
    cells = (await connection.runAndReadAll(query)).getRows()[0] ?? [];
  } catch (error) {
    throw await partError(connection, error, part);
  }
  const [rows, misfits, ...values] = cells;
  const found = numeric.map(({ header }, index) => ({ header, min: values[2 * index], max: values[2 * index + 1] }));
  const given = found.filter(({ min }) => min !== null);
  const ranges = given.flatMap(({ header, min, max }) =>
    Number.isFinite(min) && Number.isFinite(max) ? [[header, { min, max }] as [string, Range]] : [],
  );
  if (Number(misfits) > 0 || ranges.length < given.length) {
    throw await partError(connection, new Error("a cell does not fit its column"), part);
  }
  return { rows: Number(rows), ranges: Object.fromEntries(ranges) };
}

/** The conditions under which a value that DuckDB can read is none that its column allows. */
function unfit({ header, type, optional, allowed }: Column<unknown>): string[] {
  const name = quoted(header);
  return [
    ...(optional ? [] : [`${name} IS NULL`]),
    ...(type === "integer" ? [`${name} <> trunc(${name})`, `abs(${name}) > ${Number.MAX_SAFE_INTEGER}`] : []),
    ...(allowed === undefined ? [] : [`${name} NOT IN (${allowed.map(literal).join(", ")})`]),
  ];
}
