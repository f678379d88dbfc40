import { groupBy } from "../../core/group-by.js";
import { compactFormulation } from "../program/compact-formulation.js";
import { withoutIntegers } from "../program/integer-program.js";
import { billOf, type Configuration } from "../question/configuration.js";
import { onLowerHull } from "../question/dominance.js";
import type { PlanProblem } from "../question/plan-problem.js";
import { boundByCounts, pairsOf } from "./bound-by-counts.js";
import { isTooLarge, solveImageKnapsack } from "./image-knapsack.js";
import { isWithin } from "./program-answer.js";
import { solveInThread } from "./solver-thread.js";
import { coverPrices, withCounts } from "./stage-programs.js";
import type { SolvedProblem } from "./two-stages.js";

/** How many mini-batch sizes the dynamic program may take; the most for which it is not too much. */
const NUMBERS = [64, 32, 16, 8];

/**
 * Least cost or energy of one workload where the dynamic program over all mini-batch sizes takes too long: it runs over
 * the sizes that lose least at the price that the relaxation gives an image. A bound says how much better a plan with
 * other sizes could be.
 *
 * @returns undefined if that is too much, too
 */
export async function solveKnapsackOfSome(
  problem: PlanProblem,
  configurations: readonly Configuration[],
  gap: number,
): Promise<SolvedProblem | undefined> {
  if (isTooLarge(problem, configurations)) return undefined;
  const price = problem.objective === "cost" ? "cost" : "energy";
  const pairs = pairsOf(configurations).map((pair) => ({
    ...pair,
    configurations: onLowerHull(pair.configurations, price),
  }));
  const { program } = compactFormulation(
    problem,
    pairs.flatMap((pair) => pair.configurations),
  );
  const { duals } = await solveInThread("highs", withoutIntegers(program), Number.POSITIVE_INFINITY);
  if (duals === undefined) return undefined;
  const [worth = 0] = coverPrices(problem, program.rows, duals);
  const byLoss = configurations
    .map((configuration) => ({ configuration, loss: lossOf(configuration, price, worth) }))
    .sort((a, b) => a.loss - b.loss);
  for (const number of NUMBERS) {
    const some = byLoss.slice(0, number).map(({ configuration }) => configuration);
    const answer = solveImageKnapsack(problem, some);
    if (answer?.groups === undefined) continue;
    const { groups, objective } = answer;
    // With the devices that there are, one more image is worth less than the relaxation's fractions of them say.
    const groupsOf = groupBy(groups, ({ configuration }) => configuration.type);
    const used = pairs.flatMap((pair) => {
      const count = (groupsOf.get(pair.type) ?? []).reduce((sum, { devices }) => sum + devices, 0);
      return count > 0 ? [{ ...pair, count }] : [];
    });
    const { program: priced } = withCounts(problem, used, false);
    const { duals: pricedDuals } = await solveInThread("highs", priced, Number.POSITIVE_INFINITY);
    if (pricedDuals === undefined) return undefined;
    const prices = coverPrices(problem, priced.rows, pricedDuals);
    const bound = await boundByCounts(problem, pairs, price, prices, objective, gap);
    const proven = isWithin(objective, bound, gap);
    return { groups, answer: { objective, solver: "dynamic programming", proven, bound, hurried: false } };
  }
  return undefined;
}

/** What a device takes beyond what its images are worth, with no further mini-batches or all, whichever is less. */
function lossOf(configuration: Configuration, price: "cost" | "energy", worth: number): number {
  const { schedule } = configuration;
  const [first, further] = billOf(configuration, price);
  const images = worth * schedule.choice.miniBatchSize;
  const one = Number(first) - images;
  return Math.min(one, one + schedule.furtherMiniBatches * (Number(further) - images));
}
