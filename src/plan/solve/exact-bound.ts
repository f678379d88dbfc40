import { floorOf, greatestCommonDivisor, type IntegerProgram, type Term } from "../program/integer-program.js";

/** A program's coefficients by variable, to minimise, for sums in exact integers. */
export interface ExactColumns {
  readonly objective: readonly bigint[];
  /** For each variable its rows and the coefficients there. */
  readonly columns: readonly (readonly Term[])[];
  readonly lower: readonly (bigint | undefined)[];
  readonly upper: readonly (bigint | undefined)[];
}

/** Multipliers of rows are made whole numbers with so many binary digits; any give a valid bound. */
const DIGITS = 70;
/** Powers of two beyond this are no numbers. */
const MOST_DIGITS = 1000;

export function exactColumns({ direction, variables, rows }: IntegerProgram): ExactColumns {
  const columns = variables.map((): Term[] => []);
  for (const [row, { terms }] of rows.entries()) {
    for (const [variable, coefficient] of terms) columns[variable]?.push([row, coefficient]);
  }
  return {
    objective: variables.map(({ objective }) => (direction === "min" ? objective : -objective)),
    columns,
    lower: rows.map(({ lower }) => lower),
    upper: rows.map(({ upper }) => upper),
  };
}

/**
 * A lower bound of the objective by weak duality, in exact integer arithmetic: the rows, each times its multiplier, are
 * taken from the objective; what is left is least where each variable is at one of its ends. Whatever the multipliers
 * are, no solution is below it, so a solver's rounding makes it worse and never wrong.
 *
 *     c·x ≥ Σ y·side + Σ min over [l, u] of (c − yA)·x        y ≥ 0 with lower sides, y ≤ 0 with upper ones
 *
 * @param multipliers one for each row, of the program that minimises
 * @param lower for each variable; whole
 * @param upper for each variable; whole, or Infinity
 * @returns the bound rounded up to a whole number; undefined if there is none
 */
export function weakDualityBound(
  program: ExactColumns,
  multipliers: ArrayLike<number>,
  lower: ArrayLike<number>,
  upper: ArrayLike<number>,
): bigint | undefined {
  const scaled = wholeMultipliers(program, multipliers, 0);
  const sum = scaled && lagrangian(program, scaled, lower, upper, true);
  return sum === undefined || scaled === undefined ? undefined : -floorOf(-sum, scaled.unit);
}

/**
 * Whether the rows, each times its multiplier, add up to more than the variables can be, which proves that there is no
 * solution (Farkas), in exact integer arithmetic.
 */
export function provesEmpty(
  program: ExactColumns,
  multipliers: ArrayLike<number>,
  lower: ArrayLike<number>,
  upper: ArrayLike<number>,
): boolean {
  const scaled = wholeMultipliers(program, multipliers, DIGITS);
  const sum = scaled && lagrangian(program, scaled, lower, upper, false);
  return sum !== undefined && sum > 0n;
}

interface WholeMultipliers {
  readonly values: readonly bigint[];
  /** What a multiplier of 1 became. */
  readonly unit: bigint;
}

function wholeMultipliers(
  { lower, upper }: ExactColumns,
  multipliers: ArrayLike<number>,
  leastDigits: number,
): WholeMultipliers | undefined {
  let largest = 0;
  for (let row = 0; row < lower.length; row++) {
    const value = Math.abs(multipliers[row] ?? 0);
    if (!Number.isFinite(value)) return undefined;
    largest = Math.max(largest, value);
  }
  const digits = Math.min(MOST_DIGITS, Math.max(leastDigits, DIGITS - Math.ceil(Math.log2(largest || 1)), 0));
  const values = lower.map((least, row) => {
    const value = multipliers[row] ?? 0;
    const side = value > 0 ? least : upper[row];
    return side === undefined || value === 0 ? 0n : BigInt(Math.round(value * 2 ** digits));
  });
  return { values, unit: 2n ** BigInt(digits) };
}

function lagrangian(
  { objective, columns, lower: least, upper: most }: ExactColumns,
  { values, unit }: WholeMultipliers,
  lower: ArrayLike<number>,
  upper: ArrayLike<number>,
  withObjective: boolean,
): bigint | undefined {
  let sum = 0n;
  for (const [row, value] of values.entries()) {
    if (value !== 0n) sum += value * ((value > 0n ? least[row] : most[row]) ?? 0n);
  }
  for (const [variable, terms] of columns.entries()) {
    let rest = withObjective ? (objective[variable] ?? 0n) * unit : 0n;
    for (const [row, coefficient] of terms) {
      const value = values[row] ?? 0n;
      if (value !== 0n) rest -= value * coefficient;
    }
    if (rest === 0n) continue;
    const end = (rest > 0n ? lower[variable] : upper[variable]) ?? 0;
    if (!Number.isFinite(end)) return undefined;
    if (end !== 0) sum += rest * BigInt(end);
  }
  return sum;
}

/** The largest whole number of which all objective coefficients are multiples; 1 where a variable may be a fraction. */
export function objectiveStep({ variables }: IntegerProgram): bigint {
  if (variables.some(({ objective, integer }) => objective !== 0n && !integer)) return 1n;
  return greatestCommonDivisor(variables.map(({ objective }) => objective)) || 1n;
}

/** The least multiple of a step that is no less than a value. */
export function roundedUpTo(step: bigint, value: bigint): bigint {
  return -floorOf(-value, step) * step;
}
