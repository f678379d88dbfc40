import type { IntegerProgram, Row } from "../program/integer-program.js";
import { objectiveStep } from "./exact-bound.js";
import type { SolverClaim } from "./solver.js";

/** Some copies of a variable's device that are taken together. */
interface Item {
  readonly variable: number;
  readonly copies: number;
  readonly images: number;
  readonly cost: number;
}

/** A choice of items: the images that they give, what they cost, and how the choice differs from an earlier one. */
interface State {
  readonly images: number;
  readonly cost: number;
  readonly before: State | undefined;
  /** The item that was taken, or given back. */
  readonly item: number;
}

/** States that may be made; some tenths of a second. The same on every machine. */
const MAX_STATES = 2_000_000;

/**
 * The least cost of one workload's images where only the number of devices counts: a knapsack, exactly, by dynamic
 * programming over a core of items.
 *
 * All items are ordered by what an image costs with them. The choice that takes the cheapest ones until the images are
 * covered is nearly the best; the best one differs from it near the place where it ends. So items are decided from
 * there on, to the right (taken or not) and to the left (given back or not) in turn. A choice is kept while no other
 * one gives as many images for as little, and while it could still become better than the best: images that it lacks
 * cost at least what one costs with the next item on the right; images beyond those asked for save at most what one
 * costs with the next item on the left. When no choice is left, the best one is optimal.
 *
 * Costs and images are whole numbers that numbers hold exactly; a bound is believed only by more than its rounding.
 *
 * Source: Pisinger, "A minimal algorithm for the 0-1 knapsack problem", Operations Research 45(5), 1997.
 *
 * @returns undefined if the program is none of these, or too large for exact sums; `stopped` after so many states
 */
export function solveCoverKnapsack(program: IntegerProgram): SolverClaim | undefined {
  const knapsack = knapsackOf(program);
  if (knapsack === undefined) return undefined;
  const { items, wanted, mostCost } = knapsack;
  const counts = program.variables.map(() => 0);
  let taken = 0;
  const start = { images: 0, cost: 0, before: undefined, item: -1 };
  for (let item = items[taken]; item !== undefined && start.images < wanted; item = items[++taken]) {
    start.images += item.images;
    start.cost += item.cost;
    counts[item.variable] = (counts[item.variable] ?? 0) + item.copies;
  }
  if (start.images < wanted) return { status: "infeasible" };
  const best = bestFrom(start, taken, items, wanted);
  if (best === undefined) return { status: "stopped" };
  if (best.cost > mostCost) return { status: "infeasible" };
  for (let state: State | undefined = best; state?.before !== undefined; state = state.before) {
    const { variable, copies } = items[state.item] ?? { variable: 0, copies: 0 };
    counts[variable] = (counts[variable] ?? 0) + (state.images > state.before.images ? copies : -copies);
  }
  return { status: "optimal", values: counts };
}

/** The best of all choices that differ from one which takes the first items; undefined after too many states. */
function bestFrom(start: State, taken: number, items: readonly Item[], wanted: number): State | undefined {
  let best = start;
  let states: State[] = [start];
  let looked = 0;
  let [left, right] = [taken - 1, taken];
  for (let turn = 0; states.length > 0 && (left >= 0 || right < items.length); turn++) {
    const toRight = left < 0 || (right < items.length && turn % 2 === 1);
    const place = toRight ? right++ : left--;
    looked += states.length;
    if (looked > MAX_STATES) return undefined;
    const changed = withItem(states, items[place], place, toRight ? 1 : -1);
    for (const state of changed) if (state.images >= wanted && state.cost < best.cost) best = state;
    states = promising(changed, best, items[left], items[right], wanted);
  }
  return best;
}

/**
 * All states, and all with the item taken or given back, by images, without those that are no better than another one.
 */
function withItem(states: readonly State[], item: Item | undefined, place: number, sign: 1 | -1): State[] {
  if (item === undefined) return [...states];
  const merged: State[] = [];
  const offer = (state: State): void => {
    for (let last = merged.at(-1); last !== undefined && last.cost >= state.cost; last = merged.at(-1)) merged.pop();
    if (merged.at(-1)?.images !== state.images) merged.push(state);
  };
  let other = 0;
  for (const before of states) {
    const images = before.images + sign * item.images;
    for (let state = states[other]; state !== undefined && state.images < images; state = states[++other]) offer(state);
    offer({ images, cost: before.cost + sign * item.cost, before, item: place });
  }
  for (const state of states.slice(other)) offer(state);
  return merged;
}

/** Those states that can still become better than the best, with the items that are next on both sides. */
function promising(
  states: readonly State[],
  best: State,
  left: Item | undefined,
  right: Item | undefined,
  wanted: number,
): State[] {
  const saved = left === undefined ? 0 : left.cost / left.images;
  const paid = right === undefined ? Number.POSITIVE_INFINITY : right.cost / right.images;
  return states.filter(({ images, cost }) => {
    const missing = wanted - images;
    const further = missing > 0 ? missing * paid : missing * saved;
    const rounding = 1e-14 * (cost + Math.abs(further));
    return cost + further <= best.cost - 1 + rounding;
  });
}

/** The items of a program with one row that asks for something, cheapest images first. */
function knapsackOf(program: IntegerProgram) {
  const { variables, rows, direction } = program;
  const cover = rows.filter(({ lower }) => lower !== undefined);
  const [only] = cover;
  if (direction !== "min" || only?.lower === undefined || only.upper !== undefined || cover.length > 1)
    return undefined;
  if (variables.some(({ integer, upper, objective }) => !integer || !Number.isFinite(upper) || objective < 0n)) {
    return undefined;
  }
  const step = objectiveStep(program);
  let mostCost = Number.POSITIVE_INFINITY;
  for (const row of rows) {
    if (row === only || isAlwaysTrue(program, row)) continue;
    if (!isObjective(program, row) || row.upper === undefined) return undefined;
    mostCost = Math.min(mostCost, Number(row.upper / step));
  }
  const images = new Map(only.terms.map(([variable, coefficient]) => [variable, coefficient]));
  let sums = 0n;
  const items: Item[] = [];
  for (const [variable, { upper, objective }] of variables.entries()) {
    const covered = images.get(variable) ?? 0n;
    if (covered <= 0n) {
      if (covered < 0n) return undefined;
      continue;
    }
    const cost = objective / step;
    sums += (covered + cost) * BigInt(upper);
    for (let left = upper, copies = 1; left > 0; left -= copies, copies *= 2) {
      copies = Math.min(copies, left);
      items.push({ variable, copies, images: Number(covered) * copies, cost: Number(cost) * copies });
    }
  }
  if (sums > Number.MAX_SAFE_INTEGER) return undefined;
  items.sort((a, b) => a.cost / a.images - b.cost / b.images || a.variable - b.variable);
  return { items, wanted: Number(only.lower), mostCost };
}

/** Whether a row holds whatever the variables are. */
function isAlwaysTrue({ variables }: IntegerProgram, { terms, lower, upper }: Row): boolean {
  if (lower !== undefined || upper === undefined) return false;
  let most = 0n;
  for (const [variable, coefficient] of terms) {
    if (coefficient > 0n) most += coefficient * BigInt(variables[variable]?.upper ?? 0);
  }
  return most <= upper;
}

/** Whether a row limits the objective itself. */
function isObjective({ variables }: IntegerProgram, { terms, lower }: Row): boolean {
  return (
    lower === undefined &&
    terms.length === variables.length &&
    terms.every(([variable, coefficient]) => variables[variable]?.objective === coefficient)
  );
}
