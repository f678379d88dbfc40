/** A variable from 0 up. */
export interface Variable {
  readonly name: string;
  /** Infinity for none. */
  readonly upper: number;
  readonly integer: boolean;
  /** The coefficient in the objective: a whole number. */
  readonly objective: number;
}

/** lower ≤ Σ coefficient · variable ≤ upper, in whole numbers. A missing side is no limit. */
export interface Row {
  readonly name: string;
  /** Index of a variable, and its coefficient. */
  readonly terms: readonly (readonly [variable: number, coefficient: number])[];
  readonly lower?: number;
  readonly upper?: number;
}

/** A linear program over integers with whole coefficients, as no solver in particular takes it. */
export interface IntegerProgram {
  readonly direction: "min" | "max";
  readonly variables: readonly Variable[];
  readonly rows: readonly Row[];
}

/** What a value may differ from a whole number, absolutely and relatively, in a solver's answer. */
const INTEGRALITY = { absolute: 1e-5, relative: 1e-9 };

/**
 * A solver's values as whole numbers.
 *
 * @returns undefined if a value is not finite or not near a whole number
 */
export function wholeValues(program: IntegerProgram, values: readonly number[]): number[] | undefined {
  if (values.length !== program.variables.length) return undefined;
  const whole = values.map((value) => Math.round(value) + 0);
  const near = values.every((value, index) => {
    const rounded = whole[index] ?? Number.NaN;
    return Math.abs(value - rounded) <= INTEGRALITY.absolute + INTEGRALITY.relative * Math.abs(rounded);
  });
  return near ? whole : undefined;
}

/**
 * The first constraint that whole values violate, in exact integer arithmetic.
 *
 * @returns undefined if all hold
 */
export function violatedRow({ variables, rows }: IntegerProgram, values: readonly number[]): string | undefined {
  const outside = variables.find(({ upper }, index) => {
    const value = values[index] ?? Number.NaN;
    return !(value >= 0 && value <= upper);
  });
  if (outside !== undefined) return outside.name;
  return rows.find(({ terms, lower, upper }) => {
    const sum = exactSum(terms, values);
    return (lower !== undefined && sum < BigInt(lower)) || (upper !== undefined && sum > BigInt(upper));
  })?.name;
}

/**
 * A row that requires more than its variables amount to at their largest, which proves that there is no solution.
 *
 * @returns undefined if there is none; that proves nothing
 */
export function rowThatNothingFulfils({ variables, rows }: IntegerProgram): string | undefined {
  return rows.find(({ terms, lower }) => {
    if (lower === undefined) return false;
    const most = terms.reduce((sum, [index, coefficient]) => {
      return coefficient > 0 ? sum + coefficient * (variables[index]?.upper ?? 0) : sum;
    }, 0);
    return most < lower && lower <= Number.MAX_SAFE_INTEGER;
  })?.name;
}

/** The objective of whole values, in exact integer arithmetic. */
export function objectiveOf({ variables }: IntegerProgram, values: readonly number[]): bigint {
  return exactSum(
    variables.map(({ objective }, index) => [index, objective] as const),
    values,
  );
}

function exactSum(terms: Row["terms"], values: readonly number[]): bigint {
  let sum = 0n;
  for (const [index, coefficient] of terms) {
    const value = values[index] ?? 0;
    if (value !== 0 && coefficient !== 0) sum += BigInt(coefficient) * BigInt(value);
  }
  return sum;
}

/** The value by which a list of coefficients is divided so that they are about 1: their largest magnitude. */
export function scaleOf(coefficients: readonly number[]): number {
  const largest = coefficients.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return largest > 0 ? largest : 1;
}
