import { floorOf, greatestCommonDivisor, type IntegerProgram, type Row } from "./integer-program.js";

/** Readers of the LP format break lines that are too long; terms are wrapped well before. */
const TERMS_PER_LINE = 8;

/** An integer program in the LP format of CPLEX, which any solver reads. */
export function toLpFormat(program: IntegerProgram): string {
  const { direction, variables, rows, unit } = readable(program);
  const nameOf = (index: number) => variables[index]?.name ?? "";
  const nothing: WrittenRow["terms"] = [[0, "0"]]; // readers do not take an empty objective
  const objective = variables.flatMap(({ objective: coefficient }, index) =>
    coefficient === 0n ? [] : [[index, `${coefficient}`] as const],
  );
  const lines = [
    `\\ objective in ${unit}`,
    direction === "min" ? "Minimize" : "Maximize",
    ` objective: ${linear(objective.length > 0 ? objective : nothing, nameOf)}`,
    "Subject To",
    ...rows.map((row) => ` ${row.name}: ${linear(row.terms, nameOf)} ${sideOf(row)}`),
    "Bounds",
    ...variables.map(({ name, upper }) =>
      upper === Number.POSITIVE_INFINITY ? ` ${name} >= 0` : ` 0 <= ${name} <= ${upper}`,
    ),
    "Generals",
    ...variables.filter(({ integer }) => integer).map(({ name }) => ` ${name}`),
    "End",
  ];
  return `${lines.join("\n")}\n`;
}

/**
 * The same program as any reader takes it. Rows are in small numbers. There is no row without a variable, which readers
 * refuse or take for empty: those that exclude nothing are left out, and one that nothing can fulfil gets a variable
 * that can only be 0. A program without variables gets one, too.
 */
function readable(program: IntegerProgram): Omit<IntegerProgram, "rows"> & { readonly rows: readonly WrittenRow[] } {
  const { variables } = program;
  const rows = program.rows.filter(({ terms, lower = 0n, upper = 0n }) => terms.length > 0 || lower > 0n || upper < 0n);
  if (variables.length > 0 && rows.every(({ terms }) => terms.length > 0)) {
    return { ...program, rows: rows.map(writtenRow) };
  }
  const filled = rows.map((row) => (row.terms.length > 0 ? row : { ...row, terms: [[variables.length, 1n] as const] }));
  return {
    ...program,
    variables: [...variables, { name: "none", upper: 0, integer: true, objective: 0n }],
    rows: filled.map(writtenRow),
  };
}

/** A row as it is written: its numbers in units of a power of ten. */
interface WrittenRow {
  readonly name: string;
  readonly terms: readonly (readonly [variable: number, coefficient: string])[];
  readonly lower?: string;
  readonly upper?: string;
}

/**
 * Coefficients have so many digits before the point at most: beyond, GLPK and CBC were seen to lose the best solution.
 */
const DIGITS = 3;

/**
 * A row of whole variables divided by the greatest common divisor of its coefficients, its sides rounded inwards, and
 * large ones by a power of ten: exact, because a decimal number is.
 */
function writtenRow({ name, terms, lower, upper }: Row): WrittenRow {
  const divisor = greatestCommonDivisor(terms.map(([, coefficient]) => coefficient)) || 1n;
  let largest = 0n;
  for (const [, coefficient] of terms) {
    const size = coefficient < 0n ? -coefficient : coefficient;
    if (size > largest) largest = size;
  }
  const places = Math.max(0, `${largest / divisor}`.length - DIGITS);
  const write = (value: bigint) => decimal(value, places);
  return {
    name,
    terms: terms.map(([variable, coefficient]) => [variable, write(coefficient / divisor)]),
    ...(lower !== undefined && { lower: write(-floorOf(-lower, divisor)) }),
    ...(upper !== undefined && { upper: write(floorOf(upper, divisor)) }),
  };
}

/** @example decimal(-1250n, 3) // "-1.25" */
function decimal(value: bigint, places: number): string {
  if (places === 0) return `${value}`;
  const digits = `${value < 0n ? -value : value}`.padStart(places + 1, "0");
  const fraction = digits.slice(-places).replace(/0+$/, "");
  return `${value < 0n ? "-" : ""}${digits.slice(0, -places)}${fraction === "" ? "" : `.${fraction}`}`;
}

function linear(terms: WrittenRow["terms"], nameOf: (index: number) => string): string {
  const parts = terms.map(([index, coefficient], place) => {
    const sign = coefficient.startsWith("-") ? "- " : place === 0 ? "" : "+ ";
    return `${sign}${coefficient.replace("-", "")} ${nameOf(index)}`;
  });
  const wrapped = [];
  for (let start = 0; start < parts.length; start += TERMS_PER_LINE) {
    wrapped.push(parts.slice(start, start + TERMS_PER_LINE).join(" "));
  }
  return wrapped.join("\n  ");
}

function sideOf({ lower, upper }: WrittenRow): string {
  return lower !== undefined ? `>= ${lower}` : `<= ${upper}`;
}

/**
 * An integer program in the free MPS format. MPS minimises: for a maximum the objective is the negated one, which the
 * first line says.
 */
export function toMpsFormat(program: IntegerProgram): string {
  const { direction, variables, rows, unit } = readable(program);
  const sign = direction === "min" ? 1n : -1n;
  const columns = variables.map(({ objective }): [row: string, coefficient: string][] =>
    objective === 0n ? [] : [["objective", `${sign * objective}`]],
  );
  for (const { name, terms } of rows) {
    for (const [index, coefficient] of terms) if (coefficient !== "0") columns[index]?.push([name, coefficient]);
  }
  const lines = [
    `* objective in ${unit}`,
    ...(direction === "max" ? ["* maximise: the objective is negated"] : []),
    "NAME plan",
    "ROWS",
    " N objective",
    ...rows.map(({ name, lower }) => ` ${lower !== undefined ? "G" : "L"} ${name}`),
    "COLUMNS",
    " integers 'MARKER' 'INTORG'",
    ...variables.flatMap(({ name }, index) => (columns[index] ?? []).map(([row, value]) => ` ${name} ${row} ${value}`)),
    " integers 'MARKER' 'INTEND'",
    "RHS",
    ...rows.map(({ name, lower, upper }) => ` rhs ${name} ${lower ?? upper ?? 0}`),
    "BOUNDS",
    ...variables.map(({ name, upper }) =>
      upper === Number.POSITIVE_INFINITY ? ` PL bound ${name}` : ` UP bound ${name} ${upper}`,
    ),
    "ENDATA",
  ];
  return `${lines.join("\n")}\n`;
}
