import { UserError } from "../core/user-error.js";

/** The type names of Frictionless Table Schema that the tables use. */
export type ColumnType = "integer" | "number" | "string" | "boolean";

/** One column: its header in CSV, its type, unit and meaning, and how a cell becomes a value and back. */
export interface Column<T> {
  readonly header: string;
  readonly type: ColumnType;
  readonly unit?: string;
  readonly description: string;
  /** An optional column's missing value is an empty cell and `undefined`, never 0. */
  readonly optional: boolean;
  readonly allowed?: readonly string[];
  /** Whether a value of 0 or less can't have been measured: a check of the dataset says so. */
  readonly positive?: boolean;
  /** @throws UserError naming the value and what is allowed */
  parse(cell: string): T;
  /** The cell of a value, on one line. */
  format(value: T): string;
}

interface ColumnOptions {
  readonly unit?: string;
  readonly positive?: boolean;
}

/** A table: its name, meaning, keys and columns, from which schema, parser and formatter all come. */
export interface Table<Row> {
  readonly name: string;
  readonly description: string;
  readonly primaryKey: readonly (keyof Row & string)[];
  /** The table's trial_id refers to trials.trial_id. */
  readonly belongsToTrial: boolean;
  readonly columns: { readonly [Key in keyof Row]: Column<Row[Key]> };
}

/** The record type that a table holds. */
export type RowOf<T> = T extends Table<infer Row> ? Row : never;

export function integer(header: string, description: string, options: ColumnOptions = {}): Column<number> {
  return {
    header,
    type: "integer",
    description,
    optional: false,
    ...options,
    parse: parseInteger,
    format: formatNumber,
  };
}

export function number(header: string, description: string, options: ColumnOptions = {}): Column<number> {
  return { header, type: "number", description, optional: false, ...options, parse: parseNumber, format: formatNumber };
}

export function text(header: string, description: string): Column<string> {
  return { header, type: "string", description, optional: false, parse: requireText, format: onOneLine };
}

export function oneOf<const Value extends string>(
  header: string,
  allowed: readonly Value[],
  description: string,
): Column<Value> {
  return {
    header,
    type: "string",
    description,
    optional: false,
    allowed,
    parse(cell) {
      const value = allowed.find((candidate) => candidate === cell);
      if (value === undefined) throw new UserError(`${JSON.stringify(cell)} is not one of ${allowed.join(", ")}`);
      return value;
    },
    format: (value) => value,
  };
}

/** The same column where a value may be missing. */
export function optional<T>(column: Column<T>): Column<T | undefined> {
  return {
    ...column,
    optional: true,
    parse: (cell) => (cell === "" ? undefined : column.parse(cell)),
    format: (value) => (value === undefined ? "" : column.format(value)),
  };
}

/** The columns of a table with the property names that code uses, in the order of the CSV. */
export function columnsOf<Row>(table: Table<Row>): [keyof Row & string, Column<unknown>][] {
  return Object.entries(table.columns) as [keyof Row & string, Column<unknown>][];
}

export function headersOf<Row>(table: Table<Row>): string[] {
  return columnsOf(table).map(([, column]) => column.header);
}

/** One row as the cells of a CSV line. */
export function formatRow<Row>(table: Table<Row>, row: Row): string[] {
  return columnsOf(table).map(([key, column]) => column.format(row[key]));
}

/**
 * One row from the cells of a CSV line.
 *
 * @throws UserError naming the column, the value and what is allowed
 */
export function parseRow<Row>(table: Table<Row>, cells: readonly string[]): Row {
  const columns = columnsOf(table);
  if (cells.length !== columns.length) {
    throw new UserError(`${cells.length} cells where ${table.name} has ${columns.length} columns`);
  }
  const row: Record<string, unknown> = {};
  for (const [index, [key, column]] of columns.entries()) {
    try {
      row[key] = column.parse(cells[index] ?? "");
    } catch (error) {
      throw new UserError(`column ${column.header}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return row as Row;
}

/** A row is a line: a text never breaks it. */
function onOneLine(value: string): string {
  return value.replaceAll(/\s*[\r\n]+\s*/g, " ");
}

/** What is a number to every reader of CSV: hexadecimal digits and line ends that Number would take are none. */
const DECIMAL = /^[ \t]*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?[ \t]*$/i;

function parseNumber(cell: string): number {
  const value = Number(cell);
  if (!DECIMAL.test(cell) || !Number.isFinite(value)) throw new UserError(`${JSON.stringify(cell)} is not a number`);
  return value;
}

function parseInteger(cell: string): number {
  const value = parseNumber(cell);
  if (!Number.isSafeInteger(value)) throw new UserError(`${JSON.stringify(cell)} is not an integer`);
  return value;
}

function requireText(cell: string): string {
  if (cell === "") throw new UserError("empty, a text is required");
  return cell;
}

/** Numbers keep at most nine significant digits: a nanosecond in a second. */
function formatNumber(value: number): string {
  const text = String(value);
  // With its point, a text of ten characters has nine digits at most.
  return text.length <= 10 || Number.isInteger(value) ? text : String(Number(value.toPrecision(9)));
}
