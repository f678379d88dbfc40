import type { Group } from "../program/compact-formulation.js";
import { type IntegerProgram, withoutIntegers } from "../program/integer-program.js";
import { capLimits } from "../question/cap-limits.js";
import type { Configuration } from "../question/configuration.js";
import { onLowerHull } from "../question/dominance.js";
import type { PlanProblem } from "../question/plan-problem.js";
import { boundByCounts, type Pair, pairsOf } from "./bound-by-counts.js";
import type { Clock } from "./clock.js";
import { checked, isWithin, type Solved } from "./program-answer.js";
import { roundedValues, TOLERANCE } from "./rounded-stage.js";
import { searchInThread, solveInThread } from "./solver-thread.js";
import { bestAtPrices, coverPrices, firstStage, withCounts } from "./stage-programs.js";

/** Groups of devices that solve a problem, and the answer that they come from. */
export interface SolvedProblem {
  readonly groups: readonly Group[];
  readonly answer: Omit<Solved, "status" | "values">;
}

/** Relaxations of the first stage, some milliseconds each. */
const MAX_NODES = 200;

/** What two stages came to: nothing, if a solver came to no end or the second stage has no solution. */
export interface StagedAnswer {
  readonly solved?: SolvedProblem;
  /**
   * Whether the first stage's optimum, as HiGHS states it, is so near that there is nothing to gain. That proves
   * nothing, but ends the search.
   */
  readonly isNear?: boolean;
  /** Whether the clock ended something. */
  readonly hurried: boolean;
}

/**
 * Solves a problem whose configurations are too many for one integer program.
 *
 * The first stage decides in integers how many devices of each type serve each workload; how these divide among
 * mini-batch sizes, and how many mini-batches they run after their first ones, may be fractions. The second stage keeps
 * those integers and decides the rest in integers, too, but only among the mini-batch sizes that are worth most at the
 * first stage's prices. What is lost is less than a mini-batch or two of each workload. The bound comes from the search
 * over counts (`boundByCounts`), else from branch and bound on the first stage.
 *
 * Where cost or energy is all that counts, the second stage is tried before the first one: with the numbers of devices
 * of the relaxation, rounded up, and against the bound at its prices. Mostly that proves a plan in a tenth of the time.
 *
 * @param configurations every one that the problem allows
 * @param gap the relative difference from the bound at which the answer counts as proven
 */
export async function solveInTwoStages(
  problem: PlanProblem,
  configurations: readonly Configuration[],
  clock: Clock,
  gap: number,
): Promise<StagedAnswer> {
  const pairs = pairsOf(configurations);
  const price = onlyPrice(problem);
  const curved =
    price === undefined
      ? pairs
      : pairs.map((pair) => ({ ...pair, configurations: onLowerHull(pair.configurations, price) }));
  const first = firstStage(problem, curved);
  const stages = { problem, pairs, curved, clock, gap };
  const early = price && (await withCountsOfRelaxation(stages, first, price));
  if (early?.answer.proven) return { solved: early, hurried: false };
  const relaxed = await solveInThread("highs", first.program, clock.leftMs(), gap / 4);
  if (relaxed.status !== "optimal" || relaxed.values === undefined) return { hurried: relaxed.status === "stopped" };
  const counts = first.counts.map((variable) => Math.round(relaxed.values?.[variable] ?? 0));
  const second = await secondStage(stages, counts);
  if (second.solved === undefined) return { hurried: second.hurried };
  const { groups, answer, prices } = second.solved;
  const { objective } = answer;
  const byCounts = price && (await boundByCounts(problem, curved, price, prices, objective, gap));
  const search =
    byCounts !== undefined && isWithin(objective, byCounts, gap)
      ? { bound: byCounts, hurried: false }
      : await searchInThread(first.program, { maxNodes: MAX_NODES, limitMs: clock.leftMs(), gap, known: objective });
  const bound = tighter(byCounts, search.bound);
  const hurried = second.hurried || search.hurried;
  const proven = !hurried && isWithin(objective, bound, gap);
  const claimed = claimedObjective(first.program, relaxed.values);
  const isNear = Number(objective) - claimed <= gap * Number(objective);
  return { solved: { groups, answer: { ...answer, proven, bound, hurried } }, isNear, hurried };
}

/** What both stages are about. */
interface Stages {
  readonly problem: PlanProblem;
  readonly pairs: readonly Pair[];
  /** With only the configurations that are worth using in fractions. */
  readonly curved: readonly Pair[];
  readonly clock: Clock;
  readonly gap: number;
}

/** The second stage with as many devices as the relaxation of the first one has, rounded up. */
async function withCountsOfRelaxation(
  stages: Stages,
  first: ReturnType<typeof firstStage>,
  price: "cost" | "energy",
): Promise<SolvedProblem | undefined> {
  const { problem, curved, clock, gap } = stages;
  const { values, duals } = await solveInThread("highs", withoutIntegers(first.program), clock.leftMs());
  if (values === undefined || duals === undefined) return undefined;
  const counts = first.counts.map((variable) => Math.max(0, Math.ceil((values[variable] ?? 0) - TOLERANCE)));
  const about = BigInt(Math.round(claimedObjective(first.program, values)));
  const bound = await boundByCounts(
    problem,
    curved,
    price,
    coverPrices(problem, first.program.rows, duals),
    about,
    gap,
  );
  if (bound === undefined) return undefined;
  const { solved, hurried } = await secondStage(stages, counts, { price, bound });
  if (solved === undefined) return undefined;
  const { groups, answer } = solved;
  return { groups, answer: { ...answer, proven: !hurried && isWithin(answer.objective, bound, gap), bound } };
}

/** What the second stage found, and what one more image of each workload is worth with so many devices. */
interface SecondStage {
  readonly solved?: SolvedProblem & { readonly prices: readonly number[] };
  readonly hurried: boolean;
}

/**
 * @param counts how many devices of each pair there are
 * @param enough what is as near to this bound as the gap is not improved on
 */
async function secondStage(
  { problem, pairs, curved, clock, gap }: Stages,
  counts: readonly number[],
  enough?: { readonly price: "cost" | "energy"; readonly bound: bigint },
): Promise<SecondStage> {
  const used = (all: readonly Pair[]) =>
    all.flatMap((pair, index) => ((counts[index] ?? 0) > 0 ? [{ ...pair, count: counts[index] ?? 0 }] : []));
  const usedCurved = used(curved);
  const priced = withCounts(problem, usedCurved, false);
  const { values, duals } = await solveInThread("highs", priced.program, clock.leftMs());
  if (values === undefined || duals === undefined) return { hurried: true };
  const prices = coverPrices(problem, priced.program.rows, duals);
  const rounded = enough && roundedValues(problem, usedCurved, values, enough.price);
  const near = rounded && checked(priced.program, "two stages", { status: "optimal", values: rounded });
  if (near !== undefined && isWithin(near.objective, enough?.bound, gap)) {
    return { solved: { groups: priced.decode(near.values), answer: near, prices }, hurried: false };
  }
  const best = bestAtPrices(problem, used(pairs), priced.program.rows, duals);
  const second = withCounts(problem, best, true);
  const claim = await solveInThread("highs", second.program, clock.leftMs(), gap / 4);
  const hurried = claim.status === "stopped";
  const answer = checked(second.program, "two stages", claim);
  if (answer === undefined) return { hurried };
  return { solved: { groups: second.decode(answer.values), answer: { ...answer, hurried }, prices }, hurried };
}

function claimedObjective({ variables }: IntegerProgram, values: readonly number[]): number {
  return variables.reduce((sum, { objective }, index) => sum + Number(objective) * (values[index] ?? 0), 0);
}

function tighter(a: bigint | undefined, b: bigint | undefined): bigint | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a > b ? a : b;
}

/** What the configurations of a type are compared by, besides their images, if it is one thing. */
function onlyPrice(problem: PlanProblem): "cost" | "energy" | undefined {
  const { objective } = problem;
  const capped = capLimits(problem).some(({ name }) => name !== "devices");
  return !capped && (objective === "cost" || objective === "energy") ? objective : undefined;
}
