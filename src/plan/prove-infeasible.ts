import type { IntegerProgram, Row, Variable } from "./integer-program.js";
import { solveInThread } from "./solver-thread.js";

/** Multipliers become whole numbers of this many parts: any multipliers give a valid proof, so rounding is harmless. */
const PARTS = 1e15;

/**
 * Proves that a program has no solution, or fails to. A linear program that may fall short of every coverage row at a
 * price gives a multiplier for each row (Farkas); with them the rows are added up in exact integer arithmetic. If the
 * sum requires more than the variables' bounds allow, there is no solution, whatever the solver's rounding was.
 *
 * @returns false where even fractions of devices would do, or the solver did not come back
 */
export async function provesInfeasible(program: IntegerProgram, limitMs: number): Promise<boolean> {
  const { duals } = await solveInThread("highs", elastic(program), limitMs);
  if (duals === undefined || duals.length !== program.rows.length) return false;
  const largest = Math.max(...duals.map(Math.abs));
  if (!(largest > 0 && Number.isFinite(largest))) return false;
  return [1, -1].some((sign) =>
    refutes(
      program,
      duals.map((dual) => Math.round((sign * dual * PARTS) / largest)),
    ),
  );
}

/** The program without integers, where each row that requires something may fall short at a price. */
function elastic({ variables, rows }: IntegerProgram): IntegerProgram {
  const columns: Variable[] = variables.map((variable) => ({ ...variable, integer: false, objective: 0 }));
  const relaxed = rows.map((row): Row => {
    if (row.lower === undefined || row.lower <= 0) return row;
    columns.push({ name: `short_${row.name}`, upper: row.lower, integer: false, objective: 1 });
    return { ...row, terms: [...row.terms, [columns.length - 1, 1]] };
  });
  return { direction: "min", variables: columns, rows: relaxed };
}

/** Whether the rows, each times its multiplier (from 0 for ≥, to 0 for ≤), add up to more than the variables can be. */
function refutes({ variables, rows }: IntegerProgram, multipliers: readonly number[]): boolean {
  const sums = variables.map(() => 0n);
  let required = 0n;
  for (const [index, { terms, lower, upper }] of rows.entries()) {
    const multiplier = BigInt(multipliers[index] ?? 0);
    const side = multiplier > 0n ? lower : upper;
    if (multiplier === 0n || side === undefined) continue;
    required += multiplier * BigInt(side);
    for (const [variable, coefficient] of terms) {
      sums[variable] = (sums[variable] ?? 0n) + multiplier * BigInt(coefficient);
    }
  }
  let most = 0n;
  for (const [index, sum] of sums.entries()) {
    const { upper = Number.POSITIVE_INFINITY } = variables[index] ?? {};
    if (sum <= 0n) continue;
    if (!Number.isFinite(upper)) return false;
    most += sum * BigInt(upper);
  }
  return most < required;
}
