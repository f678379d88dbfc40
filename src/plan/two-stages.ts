import { capLimits } from "./cap-limits.js";
import { compactFormulation, type Group } from "./compact-formulation.js";
import type { Configuration } from "./configuration.js";
import { byTypeAndWorkload, onLowerHull } from "./dominance.js";
import type { IntegerProgram, Row, Variable } from "./integer-program.js";
import type { PlanProblem } from "./plan-problem.js";
import { checked, type ProgramAnswer } from "./solve-program.js";
import { solveInThread } from "./solver-thread.js";

/** What a plan in two stages has found, with a bound that holds for every plan. */
export interface StagedAnswer {
  readonly groups: Group[];
  readonly answer: Extract<ProgramAnswer, { status: "solved" }>;
}

/** So many mini-batch sizes of each type and workload are considered in the second stage. */
const CANDIDATES = 8;

/** The devices of a type that serve a workload. */
interface Pair {
  readonly name: string;
  readonly type: number;
  readonly configurations: readonly Configuration[];
}

/**
 * Solves a problem whose configurations are too many for one integer program.
 *
 * In the first stage only how many devices of each type serve each workload are integers; how these divide among
 * mini-batch sizes, and how many further mini-batches they run, may be fractions. Its optimum bounds every plan. In the
 * second stage those integers are kept, and everything is an integer, among the mini-batch sizes that are worth most at
 * the first stage's prices. What it loses against the bound is less than a mini-batch or two of each workload.
 *
 * @param withoutDominated the configurations of the problem
 * @param gap the relative difference from the bound at which the answer counts as proven
 * @returns undefined if a solver came to no end in its time, or the second stage has no solution
 */
export async function solveInTwoStages(
  problem: PlanProblem,
  withoutDominated: readonly Configuration[],
  limitMs: number,
  gap: number,
): Promise<StagedAnswer | undefined> {
  const endMs = performance.now() + limitMs;
  const pairs = pairsOf(withoutDominated);
  const onePrice = onlyPrice(problem);
  const curved = pairs.map((pair) => ({
    ...pair,
    configurations: onePrice === undefined ? pair.configurations : onLowerHull(pair.configurations, onePrice),
  }));
  const first = firstStage(problem, curved);
  const relaxed = await solveInThread("highs", first.program, limitMs);
  if (relaxed.status !== "optimal" || relaxed.values === undefined || relaxed.bound === undefined) return undefined;
  const counts = first.counts.map((variable) => Math.round(relaxed.values?.[variable] ?? 0));
  const kept = pairs
    .flatMap((pair, index) => ({ ...pair, count: counts[index] ?? 0 }))
    .filter(({ count }) => count > 0);
  const usedCurved = kept.map(({ name, count }) => ({ ...(curved.find((pair) => pair.name === name) as Pair), count }));
  const priced = withCounts(problem, usedCurved, false);
  const { duals } = await solveInThread("highs", priced.program, limitMs);
  if (duals === undefined) return undefined;
  const best = bestAtPrices(problem, kept, priced.program.rows, duals);
  const second = withCounts(problem, best, true);
  const leftMs = Math.max(1, endMs - performance.now());
  const claim = await solveInThread("highs", second.program, leftMs, gap / 4);
  const answer = checked(second.program, "highs", claim);
  if (answer === undefined) return undefined;
  const objective = Number(answer.objective);
  const distance = Math.abs(objective - relaxed.bound) / Math.max(Math.abs(objective), 1);
  return {
    groups: second.decode(answer.values),
    answer: { ...answer, proven: distance <= gap, bound: relaxed.bound },
  };
}

/** What the configurations of a type are compared by, besides their images, if it is one thing. */
function onlyPrice(problem: PlanProblem): "cost" | "energy" | undefined {
  const { objective } = problem;
  const capped = capLimits(problem).some(({ name }) => name !== "devices");
  return !capped && (objective === "cost" || objective === "energy") ? objective : undefined;
}

function pairsOf(configurations: readonly Configuration[]): Pair[] {
  return [...byTypeAndWorkload(configurations)].map(([name, own]) => ({
    name,
    type: own[0]?.type ?? 0,
    configurations: own,
  }));
}

/** The first stage's program, and where the number of devices of each pair is in it. */
function firstStage(problem: PlanProblem, pairs: readonly Pair[]): { program: IntegerProgram; counts: number[] } {
  const { program, devicesOf } = fractional(problem, pairs);
  const variables: Variable[] = [...program.variables];
  const rows: Row[] = program.rows.filter(({ name }) => !name.startsWith("count_"));
  const counts = pairs.map(({ name, type }, index) => {
    const upper = problem.types[type]?.count ?? 0;
    variables.push({ name: `N_${name}`, upper, integer: true, objective: 0 });
    rows.push({
      name: `devices_${name}`,
      terms: [...(devicesOf[index] ?? []), [variables.length - 1, -1]],
      lower: 0,
      upper: 0,
    });
    return variables.length - 1;
  });
  for (const [type, { count }] of problem.types.entries()) {
    const terms = counts.flatMap((variable, index) => (pairs[index]?.type === type ? [[variable, 1] as const] : []));
    rows.push({ name: `count_${type}`, terms, upper: count });
  }
  return { program: { ...program, variables, rows }, counts };
}

/** The compact program with a given number of devices of each pair, in integers or without. */
function withCounts(problem: PlanProblem, pairs: readonly (Pair & { readonly count: number })[], integer: boolean) {
  const { program, decode, devicesOf } = fractional(problem, pairs);
  const rows = pairs.map(({ name, count }, index) => ({
    name: `devices_${name}`,
    terms: devicesOf[index] ?? [],
    lower: count,
    upper: count,
  }));
  const variables = program.variables.map((variable) => ({ ...variable, integer }));
  return { program: { ...program, variables, rows: [...program.rows, ...rows] }, decode };
}

/** The compact formulation without integers, and for each pair the terms that count its devices. */
function fractional(problem: PlanProblem, pairs: readonly Pair[]) {
  const { program, decode } = compactFormulation(
    problem,
    pairs.flatMap(({ configurations }) => configurations),
  );
  let place = 0;
  const devicesOf = pairs.map(({ configurations }) => configurations.map(() => [2 * place++, 1] as const));
  const variables = program.variables.map((variable) => ({ ...variable, integer: false }));
  return { program: { ...program, variables }, decode, devicesOf };
}

/** Of each pair the configurations of which a device loses least at the prices that the duals of some rows tell. */
function bestAtPrices<P extends Pair>(
  problem: PlanProblem,
  pairs: readonly P[],
  pricedRows: readonly Row[],
  duals: readonly number[],
): P[] {
  const prices = new Map(pricedRows.map(({ name }, index) => [name, duals[index] ?? 0]));
  const { program } = fractional(problem, pairs);
  const worth = program.variables.map(({ objective }) => objective);
  for (const { name, terms } of program.rows) {
    if (name.startsWith("further_")) continue;
    const price = prices.get(name) ?? 0;
    for (const [variable, amount] of terms) worth[variable] = (worth[variable] ?? 0) - price * amount;
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
