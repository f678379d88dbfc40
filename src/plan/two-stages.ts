import { capLimits } from "./cap-limits.js";
import { compactFormulation, type Group } from "./compact-formulation.js";
import type { Configuration } from "./configuration.js";
import { byTypeAndWorkload, onLowerHull } from "./dominance.js";
import type { IntegerProgram, Row, Variable } from "./integer-program.js";
import type { PlanProblem } from "./plan-problem.js";
import { checked, type Solved } from "./solve-program.js";
import { solveInThread } from "./solver-thread.js";

/** Groups of devices that solve a problem, and the answer that they come from. */
export interface SolvedProblem {
  readonly groups: readonly Group[];
  readonly answer: Solved;
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
 * @param configurations every one that the problem allows
 * @param gap the relative difference from the bound at which the answer counts as proven
 * @returns undefined if a solver came to no end in its time, or the second stage has no solution
 */
export async function solveInTwoStages(
  problem: PlanProblem,
  configurations: readonly Configuration[],
  limitMs: number,
  gap: number,
): Promise<SolvedProblem | undefined> {
  const endMs = performance.now() + limitMs;
  const pairs = pairsOf(configurations);
  const price = onlyPrice(problem);
  const curved =
    price === undefined
      ? pairs
      : pairs.map((pair) => ({ ...pair, configurations: onLowerHull(pair.configurations, price) }));
  const first = firstStage(problem, curved);
  const relaxed = await solveInThread("highs", first.program, limitMs);
  if (relaxed.status !== "optimal" || relaxed.values === undefined || relaxed.bound === undefined) return undefined;
  const counts = first.counts.map((variable) => Math.round(relaxed.values?.[variable] ?? 0));
  const used = (all: readonly Pair[]) =>
    all.flatMap((pair, index) => ((counts[index] ?? 0) > 0 ? [{ ...pair, count: counts[index] ?? 0 }] : []));
  const priced = withCounts(problem, used(curved), false);
  const { duals } = await solveInThread("highs", priced.program, limitMs);
  if (duals === undefined) return undefined;
  const best = bestAtPrices(problem, used(pairs), priced.program.rows, duals);
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
  const { program, devicesOf } = compactOf(problem, pairs);
  const variables: Variable[] = program.variables.map((variable) => ({ ...variable, integer: false }));
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
  const { program, decode, devicesOf } = compactOf(problem, pairs);
  const rows = pairs.map(({ name, count }, index) => ({
    name: `devices_${name}`,
    terms: devicesOf[index] ?? [],
    lower: count,
    upper: count,
  }));
  const variables = program.variables.map((variable) => ({ ...variable, integer }));
  return { program: { ...program, variables, rows: [...program.rows, ...rows] }, decode };
}

/** The compact formulation, and for each pair the terms that count its devices. */
function compactOf(problem: PlanProblem, pairs: readonly Pair[]) {
  const configurations = pairs.flatMap(({ configurations: own }) => own);
  let place = 0;
  const devicesOf = pairs.map(({ configurations: own }) => own.map(() => [2 * place++, 1] as const));
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
