import type { IntegerProgram, Row, Term } from "./integer-program.js";

/** Readers of the LP format break lines that are too long; terms are wrapped well before. */
const TERMS_PER_LINE = 8;

/** An integer program in the LP format of CPLEX, which any solver reads. */
export function toLpFormat(program: IntegerProgram): string {
  const { direction, variables, rows, unit } = withoutEmptyRows(program);
  const nameOf = (index: number) => variables[index]?.name ?? "";
  const nothing: readonly Term[] = [[0, 0n]]; // readers do not take an empty objective
  const objective = variables.flatMap(({ objective: coefficient }, index) =>
    coefficient === 0n ? [] : [[index, coefficient] as const],
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
 * The same program without rows that have no variable, which readers refuse or take for empty: those that exclude nothing
 * are left out, and one that nothing can fulfil gets a variable that can only be 0. A program without variables gets one,
 * too.
 */
function withoutEmptyRows(program: IntegerProgram): IntegerProgram {
  const rows = program.rows.filter(({ terms, lower = 0n, upper = 0n }) => terms.length > 0 || lower > 0n || upper < 0n);
  if (program.variables.length > 0 && rows.every(({ terms }) => terms.length > 0)) return { ...program, rows };
  const none = program.variables.length;
  return {
    ...program,
    variables: [...program.variables, { name: "none", upper: 0, integer: true, objective: 0n }],
    rows: rows.map((row) => (row.terms.length > 0 ? row : { ...row, terms: [[none, 1n]] })),
  };
}

function linear(terms: Row["terms"], nameOf: (index: number) => string): string {
  const parts = terms.map(([index, coefficient], place) => {
    const sign = coefficient < 0n ? "-" : place === 0 ? "" : "+";
    const spaced = sign === "" ? "" : `${sign} `;
    return `${spaced}${coefficient < 0n ? -coefficient : coefficient} ${nameOf(index)}`;
  });
  const wrapped = [];
  for (let start = 0; start < parts.length; start += TERMS_PER_LINE) {
    wrapped.push(parts.slice(start, start + TERMS_PER_LINE).join(" "));
  }
  return wrapped.join("\n  ");
}

function sideOf({ lower, upper }: Row): string {
  return lower !== undefined ? `>= ${lower}` : `<= ${upper}`;
}

/**
 * An integer program in the free MPS format. MPS minimises: for a maximum the objective is the negated one, which the
 * first line says.
 */
export function toMpsFormat(program: IntegerProgram): string {
  const { direction, variables, rows, unit } = withoutEmptyRows(program);
  const sign = direction === "min" ? 1n : -1n;
  const columns = variables.map(({ objective }): [row: string, coefficient: bigint][] =>
    objective === 0n ? [] : [["objective", sign * objective]],
  );
  for (const { name, terms } of rows) {
    for (const [index, coefficient] of terms) if (coefficient !== 0n) columns[index]?.push([name, coefficient]);
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
