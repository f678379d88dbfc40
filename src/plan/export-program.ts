import type { IntegerProgram, Row } from "./integer-program.js";

/** Readers of the LP format break lines that are too long; terms are wrapped well before. */
const TERMS_PER_LINE = 8;

/** An integer program in the LP format of CPLEX, which any solver reads. */
export function toLpFormat({ direction, variables, rows }: IntegerProgram): string {
  const nameOf = (index: number) => variables[index]?.name ?? "";
  const objective = variables.flatMap(({ objective: coefficient }, index) =>
    coefficient === 0 ? [] : [[index, coefficient] as const],
  );
  const lines = [
    direction === "min" ? "Minimize" : "Maximize",
    ` objective: ${linear(objective, nameOf)}`,
    "Subject To",
    ...rows.filter(saysSomething).map((row) => {
      // The format has no row without a variable: one that nothing can fulfil gets a variable that does not help.
      const terms = row.terms.length > 0 ? row.terms : ([[0, 0]] as const);
      return ` ${row.name}: ${linear(terms, nameOf)} ${sideOf(row)}`;
    }),
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

/** Whether a row excludes anything: one without terms does only if it requires more than nothing. */
function saysSomething({ terms, lower = 0 }: Row): boolean {
  return terms.length > 0 || lower > 0;
}

function linear(terms: Row["terms"], nameOf: (index: number) => string): string {
  const parts = terms.map(([index, coefficient], place) => {
    const sign = coefficient < 0 ? "-" : place === 0 ? "" : "+";
    const spaced = sign === "" ? "" : `${sign} `;
    return `${spaced}${Math.abs(coefficient)} ${nameOf(index)}`;
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
export function toMpsFormat({ direction, variables, rows }: IntegerProgram): string {
  const sign = direction === "min" ? 1 : -1;
  const columns = variables.map(({ objective }): [row: string, coefficient: number][] =>
    objective === 0 ? [] : [["objective", sign * objective]],
  );
  for (const { name, terms } of rows) {
    for (const [index, coefficient] of terms) if (coefficient !== 0) columns[index]?.push([name, coefficient]);
  }
  const lines = [
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
