/** A variable from 0 up. */
export interface Variable {
  readonly name: string;
  /** A whole number; Infinity for none. */
  readonly upper: number;
  readonly integer: boolean;
  /** The coefficient in the objective. */
  readonly objective: bigint;
}

/** lower ≤ Σ coefficient · variable ≤ upper, in whole numbers. A missing side is no limit. */
export interface Row {
  readonly name: string;
  /** Index of a variable, and its coefficient. */
  readonly terms: readonly Term[];
  readonly lower?: bigint;
  readonly upper?: bigint;
}

/** A variable, by its place, and what it is multiplied with. */
export type Term = readonly [variable: number, coefficient: bigint];

/** A linear program over integers with whole coefficients, as no solver in particular takes it. */
export interface IntegerProgram {
  readonly direction: "min" | "max";
  readonly variables: readonly Variable[];
  readonly rows: readonly Row[];
  /** What the objective counts, for those who read the exported program. */
  readonly unit: string;
}

/** A program of which no variable has to be a whole number. */
export function withoutIntegers<Program extends IntegerProgram>(program: Program): Program {
  return { ...program, variables: program.variables.map((variable) => ({ ...variable, integer: false })) };
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
  return near && whole.every(Number.isSafeInteger) ? whole : undefined;
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
    return (lower !== undefined && sum < lower) || (upper !== undefined && sum > upper);
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
    let most = 0n;
    for (const [index, coefficient] of terms) {
      if (coefficient <= 0n) continue;
      const { upper = 0 } = variables[index] ?? {};
      if (!Number.isFinite(upper)) return false;
      most += coefficient * BigInt(upper);
    }
    return most < lower;
  })?.name;
}

/** The objective of whole values, in exact integer arithmetic. */
export function objectiveOf({ variables }: IntegerProgram, values: readonly number[]): bigint {
  let sum = 0n;
  for (const [index, { objective }] of variables.entries()) sum += objective * BigInt(values[index] ?? 0);
  return sum;
}

/** Whether one objective value is better than another one. */
export function isBetter({ direction }: Pick<IntegerProgram, "direction">, a: bigint, b: bigint): boolean {
  return direction === "min" ? a < b : a > b;
}

function exactSum(terms: readonly Term[], values: readonly number[]): bigint {
  let sum = 0n;
  for (const [index, coefficient] of terms) {
    const value = values[index] ?? 0;
    if (value !== 0) sum += coefficient * BigInt(value);
  }
  return sum;
}

/** The value by which a list of coefficients is divided so that they are about 1: their largest magnitude. */
export function scaleOf(coefficients: Iterable<bigint>): number {
  let largest = 0n;
  for (const value of coefficients) {
    if (value > largest) largest = value;
    else if (-value > largest) largest = -value;
  }
  return largest > 0n ? Number(largest) : 1;
}

/** The largest whole number of which all values are multiples; 0 where all are 0. */
export function greatestCommonDivisor(values: Iterable<bigint>): bigint {
  let divisor = 0n;
  for (const value of values) {
    let other = value < 0n ? -value : value;
    while (other !== 0n) [divisor, other] = [other, divisor % other];
  }
  return divisor;
}

/** A quotient rounded down; the divisor is above 0. */
export function floorOf(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  return dividend < quotient * divisor ? quotient - 1n : quotient;
}
