import type { IntegerProgram } from "../program/integer-program.js";

/** A row with coefficients that numbers hold exactly, whatever its variables are. */
interface SmallRow {
  readonly variables: readonly number[];
  readonly coefficients: readonly number[];
  lower: number;
  upper: number;
}

/** Draws the bounds of whole variables in; see `boundTightener`. */
export interface BoundTightener {
  /**
   * Tightens bounds in place by the rows, and by an objective that must be at most so much.
   *
   * @returns false if no solution is left
   */
  tighten(lower: Float64Array, upper: Float64Array, mostObjective: bigint | undefined): boolean;
}

/** After so many rounds what is left to gain is little. */
const ROUNDS = 6;

/**
 * Bounds of each variable that follow from the rows and the bounds of the others, rounded to whole numbers: exact,
 * because rows are left out in which a sum could exceed what numbers hold exactly.
 */
export function boundTightener(program: IntegerProgram): BoundTightener {
  const { variables, rows, direction } = program;
  const small: SmallRow[] = [];
  for (const { terms, lower, upper } of rows) {
    const row = smallRow(program, terms);
    if (row === undefined) continue;
    small.push({
      ...row,
      lower: lower === undefined ? Number.NEGATIVE_INFINITY : Number(lower),
      upper: upper === undefined ? Number.POSITIVE_INFINITY : Number(upper),
    });
  }
  const sign = direction === "min" ? 1n : -1n;
  const terms = variables.flatMap(({ objective }, index) =>
    objective === 0n ? [] : [[index, sign * objective] as const],
  );
  const objective = smallRow(program, terms);
  const whole = variables.map(({ integer }) => integer);
  return {
    tighten(lower, upper, mostObjective) {
      const limited =
        objective === undefined || mostObjective === undefined || !isSafe(mostObjective)
          ? small
          : [...small, { ...objective, lower: Number.NEGATIVE_INFINITY, upper: Number(mostObjective) }];
      for (let round = 0; round < ROUNDS; round++) {
        let changed = false;
        for (const row of limited) {
          const outcome = tightenByRow(row, whole, lower, upper);
          if (outcome === "empty") return false;
          changed ||= outcome === "changed";
        }
        if (!changed) break;
      }
      return true;
    },
  };
}

function smallRow({ variables }: IntegerProgram, terms: readonly (readonly [number, bigint])[]) {
  let most = 0n;
  for (const [variable, coefficient] of terms) {
    const { upper = 0 } = variables[variable] ?? {};
    if (!Number.isFinite(upper)) return undefined;
    most += (coefficient < 0n ? -coefficient : coefficient) * BigInt(Math.max(1, upper));
  }
  if (!isSafe(2n * most)) return undefined;
  return {
    variables: terms.map(([variable]) => variable),
    coefficients: terms.map(([, coefficient]) => Number(coefficient)),
  };
}

function isSafe(value: bigint): boolean {
  return value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER;
}

function tightenByRow(
  { variables, coefficients, lower: least, upper: most }: SmallRow,
  whole: readonly boolean[],
  lower: Float64Array,
  upper: Float64Array,
): "empty" | "changed" | "same" {
  let low = 0;
  let high = 0;
  for (let place = 0; place < variables.length; place++) {
    const [variable = 0, coefficient = 0] = [variables[place], coefficients[place]];
    const [from = 0, to = 0] = [lower[variable], upper[variable]];
    low += coefficient > 0 ? coefficient * from : coefficient * to;
    high += coefficient > 0 ? coefficient * to : coefficient * from;
  }
  if (low > most || high < least) return "empty";
  let changed = false;
  for (let place = 0; place < variables.length; place++) {
    const [variable = 0, coefficient = 0] = [variables[place], coefficients[place]];
    if (!whole[variable] || coefficient === 0) continue;
    const [from = 0, to = 0] = [lower[variable], upper[variable]];
    const ownLow = coefficient > 0 ? coefficient * from : coefficient * to;
    const ownHigh = coefficient > 0 ? coefficient * to : coefficient * from;
    // coefficient · x ≤ most − (low without x), and ≥ least − (high without x)
    const atMost = most - (low - ownLow);
    const atLeast = least - (high - ownHigh);
    const newTo = Math.min(to, floorOf(coefficient > 0 ? atMost : atLeast, coefficient));
    const newFrom = Math.max(from, ceilingOf(coefficient > 0 ? atLeast : atMost, coefficient));
    if (newFrom > newTo) return "empty";
    if (newFrom === from && newTo === to) continue;
    changed = true;
    lower[variable] = newFrom;
    upper[variable] = newTo;
    low += (coefficient > 0 ? coefficient * newFrom : coefficient * newTo) - ownLow;
    high += (coefficient > 0 ? coefficient * newTo : coefficient * newFrom) - ownHigh;
  }
  return changed ? "changed" : "same";
}

/** The quotient rounded down, exactly for whole numbers that numbers hold. */
function floorOf(dividend: number, divisor: number): number {
  if (!Number.isFinite(dividend))
    return divisor > 0 === dividend > 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  const quotient = Math.floor(dividend / divisor);
  // A quotient that was rounded up to a whole number is one too large.
  const rest = dividend - quotient * divisor;
  return divisor > 0 ? (rest < 0 ? quotient - 1 : quotient) : rest > 0 ? quotient - 1 : quotient;
}

function ceilingOf(dividend: number, divisor: number): number {
  return -floorOf(-dividend, divisor);
}
