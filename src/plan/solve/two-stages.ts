import { groupBy } from "../../core/group-by.js";
import { compactFormulation, type Group } from "../program/compact-formulation.js";
import type { IntegerProgram, Row, Variable } from "../program/integer-program.js";
import { capLimits } from "../question/cap-limits.js";
import type { Configuration } from "../question/configuration.js";
import { onLowerHull } from "../question/dominance.js";
import type { PlanProblem } from "../question/plan-problem.js";
import { boundByCounts, type Pair, pairsOf } from "./bound-by-counts.js";
import { type Clock, checked, isWithin, type Solved } from "./solve-program.js";
import { searchInThread, solveInThread } from "./solver-thread.js";

/** Groups of devices that solve a problem, and the answer that they come from. */
export interface SolvedProblem {
  readonly groups: readonly Group[];
  readonly answer: Omit<Solved, "status" | "values">;
}

/** So many mini-batch sizes of each type and workload are considered in the second stage. */
const CANDIDATES = 8;
/** Relaxations of the first stage, some milliseconds each. */
const MAX_NODES = 200;

/** What two stages came to: nothing, if a solver came to no end or the second stage has no solution. */
export interface StagedAnswer {
  readonly solved?: SolvedProblem;
  /** Whether HiGHS calls the first stage's optimum so near that there is nothing to gain. That proves nothing, but ends the search. */
  readonly isNear?: boolean;
  /** Whether the clock ended something. */
  readonly hurried: boolean;
}

/**
 * Solves a problem whose configurations are too many for one integer program.
 *
 * In the first stage only how many devices of each type serve each workload are integers; how these divide among
 * mini-batch sizes, and how many further mini-batches they run, may be fractions. In the second stage those integers are kept, and everything is an integer, among the
 * mini-batch sizes that are worth most at the first stage's prices. What it loses is less than a mini-batch or two of each
 * workload. The bound comes from the search over counts (`boundByCounts`), else from branch and bound on the first stage.
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
  const relaxed = await solveInThread("highs", first.program, clock.leftMs(), gap / 4);
  if (relaxed.status !== "optimal" || relaxed.values === undefined) return { hurried: relaxed.status === "stopped" };
  const counts = first.counts.map((variable) => Math.round(relaxed.values?.[variable] ?? 0));
  const used = (all: readonly Pair[]) =>
    all.flatMap((pair, index) => ((counts[index] ?? 0) > 0 ? [{ ...pair, count: counts[index] ?? 0 }] : []));
  const priced = withCounts(problem, used(curved), false);
  const { duals } = await solveInThread("highs", priced.program, clock.leftMs());
  if (duals === undefined) return { hurried: true };
  const best = bestAtPrices(problem, used(pairs), priced.program.rows, duals);
  const second = withCounts(problem, best, true);
  const claim = await solveInThread("highs", second.program, clock.leftMs(), gap / 4);
  const answer = checked(second.program, "two stages", claim);
  if (answer === undefined) return { hurried: claim.status === "stopped" };
  const { objective } = answer;
  const prices = coverPrices(problem, priced.program.rows, duals);
  const byCounts = price && (await boundByCounts(problem, curved, price, prices, objective, gap));
  const search =
    byCounts !== undefined && isWithin(objective, byCounts, gap)
      ? { bound: byCounts, hurried: false }
      : await searchInThread(first.program, { maxNodes: MAX_NODES, limitMs: clock.leftMs(), gap, known: objective });
  const bound = tighter(byCounts, search.bound);
  const hurried = claim.status === "stopped" || search.hurried;
  const proven = !hurried && isWithin(objective, bound, gap);
  const claimed = claimedObjective(first.program, relaxed.values);
  const isNear = Number(objective) - claimed <= gap * Number(objective);
  const solved = { groups: second.decode(answer.values), answer: { ...answer, proven, bound, hurried } };
  return { solved, isNear, hurried };
}

function claimedObjective({ variables }: IntegerProgram, values: readonly number[]): number {
  return variables.reduce((sum, { objective }, index) => sum + Number(objective) * (values[index] ?? 0), 0);
}

function tighter(a: bigint | undefined, b: bigint | undefined): bigint | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a > b ? a : b;
}

/** What one more image of each workload is worth, by the duals of a program. */
export function coverPrices({ workloads }: PlanProblem, rows: readonly Row[], duals: readonly number[]): number[] {
  return workloads.map((_, workload) => duals[rows.findIndex(({ name }) => name === `cover_${workload}`)] ?? 0);
}

/** What the configurations of a type are compared by, besides their images, if it is one thing. */
function onlyPrice(problem: PlanProblem): "cost" | "energy" | undefined {
  const { objective } = problem;
  const capped = capLimits(problem).some(({ name }) => name !== "devices");
  return !capped && (objective === "cost" || objective === "energy") ? objective : undefined;
}

/** The first stage's program, and where the number of devices of each pair is in it. */
function firstStage(problem: PlanProblem, pairs: readonly Pair[]): { program: IntegerProgram; counts: number[] } {
  const { program, devicesOf } = compactOf(problem, pairs);
  const variables: Variable[] = program.variables.map((variable) => ({ ...variable, integer: false }));
  const rows: Row[] = program.rows.filter(({ name }) => !name.startsWith("count_"));
  const counts = pairs.map(({ name, type }, index) => {
    const upper = problem.types[type]?.count ?? 0;
    variables.push({ name: `N_${name}`, upper, integer: true, objective: 0n });
    rows.push({
      name: `devices_${name}`,
      terms: [...(devicesOf[index] ?? []), [variables.length - 1, -1n]],
      lower: 0n,
      upper: 0n,
    });
    return variables.length - 1;
  });
  for (const [type, own] of groupBy(pairs.keys(), (index) => pairs[index]?.type ?? 0)) {
    const terms = own.map((index) => [counts[index] ?? 0, 1n] as const);
    rows.push({ name: `count_${type}`, terms, upper: BigInt(problem.types[type]?.count ?? 0) });
  }
  return { program: { ...program, variables, rows }, counts };
}

/** The compact program with a given number of devices of each pair, in integers or without. */
export function withCounts(
  problem: PlanProblem,
  pairs: readonly (Pair & { readonly count: number })[],
  integer: boolean,
) {
  const { program, decode, devicesOf } = compactOf(problem, pairs);
  const rows = pairs.map(({ name, count }, index) => ({
    name: `devices_${name}`,
    terms: devicesOf[index] ?? [],
    lower: BigInt(count),
    upper: BigInt(count),
  }));
  const variables = program.variables.map((variable) => ({ ...variable, integer }));
  return { program: { ...program, variables, rows: [...program.rows, ...rows] }, decode };
}

/** The compact formulation, and for each pair the terms that count its devices. */
function compactOf(problem: PlanProblem, pairs: readonly Pair[]) {
  const configurations = pairs.flatMap(({ configurations: own }) => own);
  let place = 0;
  const devicesOf = pairs.map(({ configurations: own }) => own.map(() => [2 * place++, 1n] as const));
  return { ...compactFormulation(problem, configurations), devicesOf };
}

/** Of each pair the configurations of which a device loses least at the prices that the duals of some rows tell. */
function bestAtPrices<P extends Pair>(
  problem: PlanProblem,
  pairs: readonly P[],
  pricedRows: readonly Row[],
  duals: readonly number[],
): P[] {
  const prices = new Map(pricedRows.map(({ name }, index) => [name, duals[index] ?? 0]));
  const { program } = compactOf(problem, pairs);
  const worth = program.variables.map(({ objective }) => Number(objective));
  for (const { name, terms } of program.rows) {
    if (name.startsWith("further_")) continue;
    const price = prices.get(name) ?? 0;
    for (const [variable, amount] of terms) worth[variable] = (worth[variable] ?? 0) - price * Number(amount);
  }
  const sign = program.direction === "min" ? 1 : -1;
  let place = 0;
  return pairs.map((pair) => {
    const losses = pair.configurations.map((configuration) => {
      const idle = sign * (worth[2 * place] ?? 0);
      const full = idle + configuration.use.uses * sign * (worth[2 * place + 1] ?? 0);
      place++;
      return { configuration, loss: Math.min(idle, full) };
    });
    losses.sort((a, b) => a.loss - b.loss);
    return { ...pair, configurations: losses.slice(0, CANDIDATES).map(({ configuration }) => configuration) };
  });
}
