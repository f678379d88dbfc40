import { nextProbe } from "../design/bisection.js";
import type { CapacityDraws } from "./capacity-draws.js";
import type { Evidence } from "./cell-evidence.js";
import type { DecisionQuestion } from "./decision-question.js";
import type { Standing } from "./standing.js";

/** From this share of draws on, the answer may lie between what ran and what ran out of memory. */
const MAY_LIE_THERE = 0.3;

/**
 * The mini-batch size that halves the bracket between the largest that ran and the smallest that ran out of memory, if
 * the answer may lie in it: if in 30 % of draws the capacity goes on as over the last two sizes that ran and is, at the
 * end of the bracket, better than the leader by more than the indifference.
 *
 * @returns undefined where the bracket is within 6 %, nothing ran out, or no answer is to be expected there
 */
export function edgeProbe(
  { cells, largestRan, smallestRanOut }: Evidence,
  { miniBatchSizes, capacities }: CapacityDraws,
  { leader }: Standing,
  { indifference }: DecisionQuestion,
): number | undefined {
  if (!Number.isFinite(smallestRanOut) || largestRan === 0) return undefined;
  const probe = nextProbe(largestRan, smallestRanOut);
  const before = cells.at(-2)?.miniBatchSize;
  const [atEdge, atBefore, ofLeader] = [
    capacities.at(-1),
    capacities.at(-2),
    capacities[miniBatchSizes.indexOf(leader)],
  ];
  if (probe === undefined || atEdge === undefined || ofLeader === undefined) return undefined;
  if (before === undefined || atBefore === undefined) return probe;
  const step = Math.log((smallestRanOut - 1) / largestRan) / Math.log(largestRan / before);
  let better = 0;
  for (const [draw, capacity] of atEdge.entries()) {
    const slope = Math.log(Math.max(capacity, Number.MIN_VALUE) / Math.max(atBefore[draw] ?? 0, Number.MIN_VALUE));
    better += Number(capacity * Math.exp(step * slope) > (1 + indifference) * (ofLeader[draw] ?? 0));
  }
  return better > MAY_LIE_THERE * atEdge.length ? probe : undefined;
}
