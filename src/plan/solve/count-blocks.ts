import type { IntegerProgram } from "../program/integer-program.js";
import { objectiveStep } from "./exact-bound.js";

/** How many devices of one type serve a workload. */
export interface Column {
  readonly variable: number;
  readonly images: number;
  readonly upper: number;
  /** What each such device costs beyond its worth at the prices; below 0 where each one that is left out costs. */
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

/**
 * A program as workloads that compete for shared rows, in units of which the objective is a whole number. Prices are
 * multiples of a power of two so small that no sum in a search is rounded: losses and bounds are exact.
 */
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
/** Whole numbers below this are exact, and so are sums of a few of them. */
const EXACT = 2 ** 52;
/** Of variables times shared rows: beyond it a search is too slow to be worth its memory. */
const MOST_TAKES = 1_000_000;

/** Whether all variables are limited integers of which each is in one row that asks for something; no row subtracts. */
export function consistsOfBlocks({ variables, rows }: IntegerProgram): boolean {
  const owners = variables.map(() => 0);
  for (const { terms, lower, upper } of rows) {
    if ((lower === undefined) === (upper === undefined)) return false;
    for (const [variable, coefficient] of terms) {
      if (coefficient < 0n) return false;
      if (lower !== undefined) owners[variable] = (owners[variable] ?? 0) + 1;
    }
  }
  return variables.every(({ integer, upper }, index) => integer && Number.isFinite(upper) && owners[index] === 1);
}

/** The program without integers, whose duals are good prices. Its variables' limits are left to the rows. */
export function relaxationOf({ direction, variables, rows, unit }: IntegerProgram): IntegerProgram {
  const sign = direction === "min" ? 1n : -1n;
  const free = { upper: Number.POSITIVE_INFINITY, integer: false };
  return {
    direction: "min",
    unit,
    rows,
    variables: variables.map((variable) => ({ ...variable, ...free, objective: sign * variable.objective })),
  };
}

/**
 * Prices a program that consists of blocks.
 *
 * With a price λ for each workload's image and μ for each unit of a shared row, all from 0 up, the cost of any solution
 * is
 *
 *     Σ λ·images − Σ μ·limit + Σ (cost + Σ μ·takes − λ·images per device)·devices + Σ λ·surplus + Σ μ·unused
 *
 * The first two sums bound it from below; the others are its loss, of which no part is negative at good prices. With
 * bad ones a column's negative loss goes into the bound, at its upper limit, and those devices that are left out lose
 * it.
 *
 * @param duals for each row, of its relaxation; wrong ones make the bound worse, not wrong
 * @returns undefined if the program is too large, or numbers can't hold its sums exactly
 */
export function pricedBlocks(program: IntegerProgram, duals: readonly number[]): PricedBlocks | undefined {
  const { variables, rows, direction } = program;
  const step = objectiveStep(program);
  const sign = direction === "min" ? 1n : -1n;
  const costs = variables.map(({ objective }) => Number((sign * objective) / step));
  const unit = Number(step);
  const shared = [...rows.keys()].filter((row) => rows[row]?.lower === undefined);
  if (variables.length * shared.length > MOST_TAKES) return undefined;
  const quantum = quantumOf(program, costs, (row) => Math.abs(duals[row] ?? 0) / unit);
  if (quantum === undefined) return undefined;
  const priceOf = (dual: number) => Math.round(Math.max(0, dual) / unit / quantum) * quantum;
  const limits = Float64Array.from(shared, (row) => Number(rows[row]?.upper ?? 0n));
  const prices = Float64Array.from(shared, (row) => priceOf(-(duals[row] ?? 0)));
  const takes = variables.map(() => new Float64Array(shared.length));
  for (const [place, row] of shared.entries()) {
    for (const [variable, amount] of rows[row]?.terms ?? []) takes[variable]?.set([Number(amount)], place);
  }
  let bound = -dot(prices, limits);
  let largestLoss = -bound;
  const blocks = [...rows.entries()].flatMap(([row, { terms, lower }]): Block[] => {
    if (lower === undefined) return [];
    const images = Number(lower);
    const price = priceOf(duals[row] ?? 0);
    bound += price * images;
    const columns = terms.map(([variable, coefficient]): Column => {
      const imagesEach = Number(coefficient);
      const { upper = 0 } = variables[variable] ?? {};
      const taken = takes[variable] ?? NONE;
      const loss = (costs[variable] ?? 0) + dot(prices, taken) - price * imagesEach;
      bound += Math.min(0, loss) * upper;
      largestLoss += (Math.abs(loss) + price * imagesEach) * upper;
      return { variable, images: imagesEach, upper, loss, takes: taken };
    });
    columns.sort((a, b) => Math.abs(b.loss) - Math.abs(a.loss) || b.images - a.images);
    const most = [0];
    for (const { images: imagesEach, upper } of columns.toReversed()) most.unshift((most[0] ?? 0) + imagesEach * upper);
    return [{ images, price, columns, most }];
  });
  const typicalCost = costs.reduce((sum, cost) => sum + Math.abs(cost), 0) / Math.max(1, costs.length);
  return { blocks, limits, prices, bound, largestLoss, unit, typicalCost };
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}

/**
 * The step of prices: a power of two so large that every sum in a search is a whole number of steps below 2⁵², which
 * numbers hold exactly. Undefined where the sums are too large for that.
 */
function quantumOf(
  { variables, rows }: IntegerProgram,
  costs: readonly number[],
  priceOf: (row: number) => number,
): number | undefined {
  let largest = variables.reduce((sum, { upper }, index) => sum + Math.abs(costs[index] ?? 0) * upper, 1);
  for (const [row, { terms, lower, upper }] of rows.entries()) {
    let most = Number(lower ?? upper ?? 0n);
    for (const [variable, coefficient] of terms)
      most += Math.abs(Number(coefficient)) * (variables[variable]?.upper ?? 0);
    if (most > EXACT) return undefined;
    largest += (1 + priceOf(row)) * most;
  }
  const digits = Math.floor(Math.log2(EXACT / (2 * largest)));
  return digits < 0 ? undefined : 2 ** -digits;
}
