import { groupBy } from "../../core/group-by.js";
import { compactFormulation } from "../program/compact-formulation.js";
import type { RowKind } from "../program/formulation-rows.js";
import { type IntegerProgram, type Row, type Variable, withoutIntegers } from "../program/integer-program.js";
import type { PlanProblem } from "../question/plan-problem.js";
import type { Pair } from "./bound-by-counts.js";

/** A row of either stage: of the compact formulation, or how many devices of one type serve one workload. */
export interface StagedRow extends Row {
  readonly kind: RowKind | "devices of a pair";
}

/** So many mini-batch sizes of each type and workload are considered in the second stage. */
const CANDIDATES = 8;

/** The first stage's program, and where the number of devices of each pair is in it. */
export function firstStage(
  problem: PlanProblem,
  pairs: readonly Pair[],
): { program: IntegerProgram & { readonly rows: readonly StagedRow[] }; counts: number[] } {
  const { program, devicesOf } = compactOf(problem, pairs);
  const variables: Variable[] = [...withoutIntegers(program).variables];
  const rows: StagedRow[] = program.rows.filter(({ kind }) => kind !== "count");
  const counts = pairs.map(({ name, type }, index) => {
    const upper = problem.types[type]?.count ?? 0;
    variables.push({ name: `N_${name}`, upper, integer: true, objective: 0n });
    rows.push({
      kind: "devices of a pair",
      name: `devices_${name}`,
      terms: [...(devicesOf[index] ?? []), [variables.length - 1, -1n]],
      lower: 0n,
      upper: 0n,
    });
    return variables.length - 1;
  });
  for (const [type, places] of groupBy(pairs.keys(), (index) => pairs[index]?.type ?? 0)) {
    const terms = places.map((index) => [counts[index] ?? 0, 1n] as const);
    rows.push({ kind: "count", name: `count_${type}`, terms, upper: BigInt(problem.types[type]?.count ?? 0) });
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
  const ofPairs = pairs.map(({ name, count }, index) => ({
    kind: "devices of a pair" as const,
    name: `devices_${name}`,
    terms: devicesOf[index] ?? [],
    lower: BigInt(count),
    upper: BigInt(count),
  }));
  const variables = program.variables.map((variable) => ({ ...variable, integer }));
  const rows: readonly StagedRow[] = [...program.rows, ...ofPairs];
  return { program: { ...program, variables, rows }, decode };
}

/** The compact formulation, and for each pair the terms that count its devices. */
function compactOf(problem: PlanProblem, pairs: readonly Pair[]) {
  let place = 0;
  const devicesOf = pairs.map(({ configurations }) => configurations.map(() => [2 * place++, 1n] as const));
  const all = pairs.flatMap(({ configurations }) => configurations);
  return { ...compactFormulation(problem, all), devicesOf };
}

/** Of each pair the configurations of which a device loses least at the prices that the duals of some rows tell. */
export function bestAtPrices<P extends Pair>(
  problem: PlanProblem,
  pairs: readonly P[],
  pricedRows: readonly StagedRow[],
  duals: readonly number[],
): P[] {
  const prices = new Map(pricedRows.map(({ name }, index) => [name, duals[index] ?? 0]));
  const { program } = compactOf(problem, pairs);
  const worth = program.variables.map(({ objective }) => Number(objective));
  for (const { kind, name, terms } of program.rows) {
    if (kind === "further") continue;
    const price = prices.get(name) ?? 0;
    for (const [variable, amount] of terms) worth[variable] = (worth[variable] ?? 0) - price * Number(amount);
  }
  const sign = program.direction === "min" ? 1 : -1;
  let place = 0;
  return pairs.map((pair) => {
    const losses = pair.configurations.map((configuration) => {
      const idle = sign * (worth[2 * place] ?? 0);
      const full = idle + configuration.schedule.furtherMiniBatches * sign * (worth[2 * place + 1] ?? 0);
      place++;
      return { configuration, loss: Math.min(idle, full) };
    });
    losses.sort((a, b) => a.loss - b.loss);
    return { ...pair, configurations: losses.slice(0, CANDIDATES).map(({ configuration }) => configuration) };
  });
}

/** What one more image of each workload is worth, by the duals of a program; nothing where no images are asked for. */
export function coverPrices(
  { workloads }: PlanProblem,
  rows: readonly Pick<StagedRow, "kind">[],
  duals: readonly number[],
): number[] {
  const prices = duals.filter((_, row) => rows[row]?.kind === "cover");
  return workloads.map((_, workload) => prices[workload] ?? 0);
}
