import type { IntegerProgram } from "./integer-program.js";

/** How many devices of one type serve a workload. */
export interface Column {
  readonly variable: number;
  readonly images: number;
  readonly upper: number;
  /** What each such device costs beyond its worth at the prices: from 0 up. */
  readonly loss: number;
  /** What each such device takes of the shared rows. */
  readonly takes: Float64Array;
}

/** The row that asks for a workload's images, and everything that can serve it. */
export interface Block {
  readonly images: number;
  /** Of an image. */
  readonly price: number;
  /** Least worth having first, so that a search decides the many useless ones early. */
  readonly columns: readonly Column[];
  /** The images that the columns from each place on can give. */
  readonly most: readonly number[];
}

/** A program as workloads that compete for shared rows, in units of which the objective is a whole number. */
export interface PricedBlocks {
  readonly blocks: readonly Block[];
  /** How much there is of each shared row, and the price of one of it. */
  readonly limits: Float64Array;
  readonly prices: Float64Array;
  /** In the direction of minimising, in units. */
  readonly bound: number;
  /** No solution's loss is larger. */
  readonly largestLoss: number;
  readonly unit: number;
  /** The mean cost of a device, in units. */
  readonly typicalCost: number;
}

const NONE = new Float64Array(0);

/** Whether all variables are limited integers of which each is in one row that asks for something; no row subtracts. */
export function consistsOfBlocks({ variables, rows }: IntegerProgram): boolean {
  const owners = variables.map(() => 0);
  for (const { terms, lower, upper } of rows) {
    if ((lower === undefined) === (upper === undefined)) return false;
    for (const [variable, coefficient] of terms) {
      if (coefficient < 0) return false;
      if (lower !== undefined) owners[variable] = (owners[variable] ?? 0) + 1;
    }
  }
  return variables.every(({ integer, upper }, index) => integer && Number.isFinite(upper) && owners[index] === 1);
}

/** The program without integers, whose duals are good prices. Its variables' limits are left to the rows. */
export function relaxationOf({ direction, variables, rows }: IntegerProgram): IntegerProgram {
  const sign = direction === "min" ? 1 : -1;
  const free = { upper: Number.POSITIVE_INFINITY, integer: false };
  return {
    direction: "min",
    rows,
    variables: variables.map((variable) => ({ ...variable, ...free, objective: sign * variable.objective })),
  };
}

/**
 * Prices a program that consists of blocks.
 *
 * With a price λ for each workload's image and μ for each unit of a shared row, all from 0 up, the cost of any solution is
 *
 *     Σ λ·images − Σ μ·limit + Σ (cost + Σ μ·takes − λ·images per device)·devices + Σ λ·surplus + Σ μ·unused
 *
 * The first two sums bound it from below; the others are its loss, of which no part is negative at good prices. With bad
 * ones a column's negative loss goes into the bound, at its upper limit.
 *
 * @param duals for each row, of its relaxation
 */
export function pricedBlocks({ variables, rows, direction }: IntegerProgram, duals: readonly number[]): PricedBlocks {
  const sign = direction === "min" ? 1 : -1;
  const unit =
    variables.reduce((divisor, { objective }) => greatestCommonDivisor(divisor, Math.abs(objective)), 0) || 1;
  const costs = variables.map(({ objective }) => (sign * objective) / unit);
  const shared = [...rows.keys()].filter((row) => rows[row]?.lower === undefined);
  const limits = Float64Array.from(shared, (row) => rows[row]?.upper ?? 0);
  const prices = Float64Array.from(shared, (row) => Math.max(0, -(duals[row] ?? 0)) / unit);
  const takes = variables.map(() => new Float64Array(shared.length));
  for (const [place, row] of shared.entries()) {
    for (const [variable, amount] of rows[row]?.terms ?? []) takes[variable]?.set([amount], place);
  }
  let bound = -dot(prices, limits);
  let largestLoss = -bound;
  const blocks = [...rows.entries()].flatMap(([row, { terms, lower: images }]): Block[] => {
    if (images === undefined) return [];
    const price = Math.max(0, duals[row] ?? 0) / unit;
    bound += price * images;
    const columns = terms.map(([variable, own]): Column => {
      const { upper = 0 } = variables[variable] ?? {};
      const taken = takes[variable] ?? NONE;
      const loss = (costs[variable] ?? 0) + dot(prices, taken) - price * own;
      bound += Math.min(0, loss) * upper;
      largestLoss += (Math.abs(loss) + price * own) * upper;
      return { variable, images: own, upper, loss: Math.max(0, loss), takes: taken };
    });
    columns.sort((a, b) => b.loss - a.loss || b.images - a.images);
    const most = [0];
    for (const { images: own, upper } of columns.toReversed()) most.unshift((most[0] ?? 0) + own * upper);
    return [{ images, price, columns, most }];
  });
  const typicalCost = costs.reduce((sum, cost) => sum + Math.abs(cost), 0) / Math.max(1, costs.length);
  return { blocks, limits, prices, bound, largestLoss, unit, typicalCost };
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
