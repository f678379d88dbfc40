import type { Highs } from "highs";
import { type IntegerProgram, objectiveOf, violatedRow, wholeValues } from "../program/integer-program.js";
import { exactColumns, objectiveStep, provesEmpty, roundedUpTo, weakDualityBound } from "./exact-bound.js";
import { type RelaxationModel, withRelaxation } from "./relaxation-model.js";
import { boundTightener } from "./tighten-bounds.js";

export interface SearchOptions {
  /** The search ends after so many relaxations, which are the same on every machine. */
  readonly maxNodes: number;
  /** Ends it earlier, on a machine that is slow; then it says so. */
  readonly limitMs: number;
  /** How far from its bound, as a share, a solution may be. Default: 0. */
  readonly gap?: number;
  /** Whether any solution will do. Default: false. */
  readonly anySolution?: boolean;
  /** The objective of a solution that is known: only better ones are looked for. */
  readonly known?: bigint;
}

/** What the search found. All of it was checked in exact integer arithmetic. */
export interface SearchResult {
  /** `optimal` within the gap; `infeasible`: there is no solution; `stopped`: neither is known. */
  readonly status: "optimal" | "infeasible" | "stopped";
  /** The best solution; missing where the known one stands. */
  readonly values?: readonly number[];
  /** No solution's objective is better; undefined where nothing is known, or there is none. */
  readonly bound?: bigint;
  /** Whether it was the clock that ended it. */
  readonly hurried: boolean;
}

interface Node {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** Of the program that minimises; undefined where nothing is known. */
  readonly bound: bigint | undefined;
}

const WHOLE = 1e-6;

/**
 * Branch and bound in which nothing that a solver says is believed. HiGHS solves the relaxation of each node; a node is
 * given up only if the relaxation's multipliers prove in exact integers that nothing in it is better
 * (`weakDualityBound`) or that it is empty (`provesEmpty`), or if its bounds exclude each other. Solutions count if
 * they fulfil every row exactly. So rounding, tolerances and time can make the search longer or end it, but its answer
 * is never wrong.
 */
export function branchAndBound(highs: Highs, program: IntegerProgram, options: SearchOptions): SearchResult {
  return withRelaxation(highs, program, (relaxation) => search(program, relaxation, options));
}

function search(program: IntegerProgram, relaxation: RelaxationModel, options: SearchOptions): SearchResult {
  const { maxNodes, limitMs, gap = 0, anySolution = false, known } = options;
  const { variables, direction } = program;
  const endMs = performance.now() + limitMs;
  const exact = exactColumns(program);
  const step = objectiveStep(program);
  const tightener = boundTightener(program);
  const sign = direction === "min" ? 1n : -1n;
  let best: readonly number[] | undefined;
  let bestObjective = known === undefined ? undefined : sign * known;
  let givenUp: bigint | undefined; // the least bound of the nodes that were given up within the gap
  const stack: Node[] = [
    {
      lower: new Float64Array(variables.length),
      upper: Float64Array.from(variables, ({ upper }) => upper),
      bound: undefined,
    },
  ];

  const offer = (values: readonly number[] | undefined): void => {
    if (values === undefined || violatedRow(program, values) !== undefined) return;
    const objective = sign * objectiveOf(program, values);
    if (bestObjective !== undefined && objective >= bestObjective) return;
    best = values;
    bestObjective = objective;
  };
  /** Whether nothing with such a bound is better than the best by more than the gap. */
  const isEnough = (bound: bigint | undefined): boolean => {
    if (bound === undefined || bestObjective === undefined) return false;
    const size = bestObjective < 0n ? -bestObjective : bestObjective;
    return bound >= bestObjective - BigInt(Math.floor(Number(size) * gap));
  };
  const giveUp = (bound: bigint | undefined): void => {
    if (bound === undefined) return;
    if (givenUp === undefined || bound < givenUp) givenUp = bound;
  };
  const result = (hurried: boolean): SearchResult => {
    const ended = stack.length === 0;
    if (ended && bestObjective === undefined) return { status: "infeasible", hurried };
    const closed = [givenUp, bestObjective].filter((bound) => bound !== undefined);
    const bound = leastOf([...stack.map(({ bound }) => bound), ...closed]);
    return {
      status: ended && !hurried ? "optimal" : "stopped",
      ...(best !== undefined && { values: best }),
      ...(bound !== undefined && { bound: sign * bound }),
      hurried,
    };
  };

  for (let nodes = 0; ; nodes++) {
    if (anySolution && best !== undefined) return { status: "optimal", values: best, hurried: false };
    if (stack.length === 0 || nodes >= maxNodes) return result(false);
    if (performance.now() > endMs) return result(true);
    // Without a solution the nearest node, to find one; with a known one the node that the bound depends on.
    const [node] = stack.splice(known === undefined ? stack.length - 1 : leastPlace(stack), 1);
    if (node === undefined) return result(false);
    const { lower, upper } = node;
    if (isEnough(node.bound)) {
      giveUp(node.bound);
      continue;
    }
    const mostObjective = gap === 0 && bestObjective !== undefined ? bestObjective - step : undefined;
    if (!tightener.tighten(lower, upper, mostObjective)) continue;
    const answer = relaxation.solve(lower, upper);
    if (answer.status === "infeasible" && isProvenEmpty(answer.multipliers, lower, upper)) continue;
    let bound = node.bound;
    let values: Float64Array | undefined;
    if (answer.status === "optimal") {
      const found = weakDualityBound(exact, answer.multipliers, lower, upper);
      const stepped = found === undefined ? undefined : roundedUpTo(step, found);
      bound = stepped === undefined || (bound !== undefined && bound > stepped) ? bound : stepped;
      values = answer.values;
      offer(wholeValues(program, Array.from(values)));
      offer(roundedUp(values));
    }
    if (isEnough(bound)) {
      giveUp(bound);
      continue;
    }
    branch(node, bound, values);
  }

  function isProvenEmpty(multipliers: Float64Array, lower: Float64Array, upper: Float64Array): boolean {
    return (
      provesEmpty(exact, multipliers, lower, upper) ||
      provesEmpty(
        exact,
        multipliers.map((value) => -value),
        lower,
        upper,
      )
    );
  }

  function roundedUp(values: Float64Array): number[] | undefined {
    return variables.every(({ integer }) => integer)
      ? Array.from(values, (value) => Math.ceil(value - WHOLE) + 0)
      : undefined;
  }

  /** Splits a node at a variable that is not whole there; where all are, at any whose bounds leave a choice. */
  function branch({ lower, upper }: Node, bound: bigint | undefined, values: Float64Array | undefined): void {
    let chosen = -1;
    let least = Number.POSITIVE_INFINITY;
    for (const [index, { integer }] of variables.entries()) {
      const [from = 0, to = 0, value = Number.NaN] = [lower[index], upper[index], values?.[index]];
      if (!integer || from === to) continue;
      const distance = Number.isNaN(value) ? 0 : Math.abs(value - Math.round(value));
      // Few choices first, and of these the one that is least decided.
      const rank = distance > WHOLE ? to - from - distance : 1e16 + (to - from);
      if (rank < least) [chosen, least] = [index, rank];
    }
    if (chosen < 0) {
      // Every whole variable is fixed: what is left are fractions, which no other node can tell more of.
      const only = variables.every(({ integer }) => integer) ? Array.from(lower) : undefined;
      if (only !== undefined) offer(only);
      else giveUp(bound ?? LOWEST);
      return;
    }
    const [from = 0, to = 0] = [lower[chosen], upper[chosen]];
    const value = values?.[chosen] ?? (from + to) / 2;
    const at = Math.min(Math.max(Math.floor(value + WHOLE), from), to - 1);
    const down: Node = { lower: lower.slice(), upper: upper.slice(), bound };
    const up: Node = { lower: lower.slice(), upper: upper.slice(), bound };
    down.upper[chosen] = at;
    up.lower[chosen] = at + 1;
    stack.push(...(value - at > 0.5 ? [down, up] : [up, down]));
  }
}

/** Where the node with the least bound is; one without a bound is before all others. */
function leastPlace(nodes: readonly Node[]): number {
  let place = 0;
  for (const [index, { bound }] of nodes.entries()) {
    const least = nodes[place]?.bound;
    if (bound === undefined) return index;
    if (least !== undefined && bound < least) place = index;
  }
  return place;
}

/** What stands for no bound among bounds that were given up. */
const LOWEST = -(10n ** 60n);

/** The least of some bounds; undefined if one is not known. */
function leastOf(bounds: readonly (bigint | undefined)[]): bigint | undefined {
  let least: bigint | undefined;
  for (const bound of bounds) {
    if (bound === undefined || bound === LOWEST) return undefined;
    if (least === undefined || bound < least) least = bound;
  }
  return least;
}
