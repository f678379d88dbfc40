import { squeezed } from "./wrapped.js";

/** Blanks between two columns. */
export const GAP = "  ";

/** An interval is no longer. */
const SHORT = 16;

/** Rows of cells, the heads first, and which of the columns hold numbers. */
interface Cells {
  readonly rows: readonly (readonly string[])[];
  readonly numeric: readonly boolean[];
}

/**
 * A table in parts that are each no wider than the terminal: texts are broken at blanks first, then columns that have
 * no room go below, the first column with them again.
 */
export function fittedColumns({ rows, numeric }: Cells, width: number): Cells[] {
  const natural = numeric.map((_, column) => largest(rows.map((row) => cellOf(row, column).length)));
  if (sumOf(natural) <= width) return [{ rows, numeric }];
  const half = Math.max(1, Math.floor((width - GAP.length) / 2));
  const least = numeric.map((isNumeric, column) =>
    Math.min(
      half,
      largest(
        rows.flatMap((row, index) => {
          const cell = cellOf(row, column);
          return words(cell, index > 0 && (isNumeric || cell.length <= SHORT));
        }),
      ),
    ),
  );
  return groupsOf(least, width).map((columns) => {
    const pick = <Item>(of: readonly Item[]) => columns.flatMap((column) => of[column] ?? []);
    const room = shrunk(pick(natural), pick(least), width);
    return {
      numeric: pick(numeric),
      rows: rows.map((row) =>
        columns.map((column, place) => squeezed(cellOf(row, column), room[place] ?? half).join("\n")),
      ),
    };
  });
}

function cellOf(row: readonly string[], column: number): string {
  return row[column] ?? "";
}

/**
 * How long the parts of a cell are that stay whole where there is room; a number with its unit is one, and an interval.
 */
function words(cell: string, isWhole: boolean): number[] {
  return (isWhole ? [cell] : cell.split(" ")).map(({ length }) => length);
}

/** The columns of each part: as many as fit, the first one in each. */
function groupsOf(least: readonly number[], width: number): number[][] {
  const groups = [[0]];
  for (let column = 1; column < least.length; column++) {
    const last = groups.at(-1) ?? [0];
    const tried = [...last, column];
    if (last.length === 1 || sumOf(tried.map((each) => least[each] ?? 0)) <= width) last.push(column);
    else groups.push([0, column]);
  }
  return groups;
}

/** Widths that fit: the widest column that can still give way does. */
function shrunk(natural: readonly number[], least: readonly number[], width: number): number[] {
  const widths = [...natural];
  for (let over = sumOf(widths) - width; over > 0; over--) {
    const spare = widths.map((each, column) => (each > (least[column] ?? 0) ? each : 0));
    const widest = spare.indexOf(largest(spare));
    if (spare[widest] === 0) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}

function sumOf(widths: readonly number[]): number {
  return widths.reduce((sum, each) => sum + each, 0) + GAP.length * Math.max(0, widths.length - 1);
}
