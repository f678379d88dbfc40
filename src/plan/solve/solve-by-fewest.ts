import { distinct } from "../../core/distinct.js";
import { compactFormulation, countFormulation, type Group } from "../program/compact-formulation.js";
import { directionOf } from "../program/formulation-rows.js";
import { isBetter } from "../program/integer-program.js";
import { capLimits, withinCaps } from "../question/cap-limits.js";
import { mostCapable } from "../question/configuration.js";
import { withoutNeedless } from "../question/needless-types.js";
import { countsOnly, type PlanProblem } from "../question/plan-problem.js";
import { checked } from "./program-answer.js";
import { findSolution } from "./solve-program.js";
import type { SolvedProblem } from "./two-stages.js";

/** Mini-batch sizes that are tried as the only one. */
const MOST_SIZES = 32;
/** Types × workloads up to which single sizes are tried. */
const MOST_PAIRS = 200;
/** For each plan of these. */
const MAX_STEPS = 20_000;

/**
 * A plan where the searches for the best one came to no end: the fewest devices whatever they cost or consume, with any
 * mini-batch sizes or with a single one, whichever of these plans fulfils every limit and has the best objective. It
 * ends after so many steps and proves nothing.
 *
 * @returns undefined if none of these plans fulfils every limit
 */
export async function solveByFewest(problem: PlanProblem): Promise<SolvedProblem | undefined> {
  const { types, workloads, maxSizes } = problem;
  if (workloads.every(({ images }) => images === 0)) return undefined;
  const limited = maxSizes !== undefined || capLimits(problem).length > 0;
  const sizes = limited && types.length * workloads.length <= MOST_PAIRS ? someSizes(problem) : [];
  const direction = directionOf(problem);
  let best: SolvedProblem | undefined;
  for (const size of [problem.miniBatchSize, ...sizes]) {
    const solved = await fewestWith(problem, size);
    if (solved === undefined) continue;
    if (best === undefined || isBetter(direction, solved.answer.objective, best.answer.objective)) best = solved;
  }
  return best;
}

/** Some of the mini-batch sizes that devices run, spread over all of them. */
function someSizes({ types, miniBatchSize }: PlanProblem): number[] {
  if (miniBatchSize !== undefined) return [];
  const all = types.flatMap(({ choices }) => choices.flatMap((table) => table.map((choice) => choice.miniBatchSize)));
  const sizes = distinct(all);
  const step = Math.max(1, sizes.length / MOST_SIZES);
  return sizes.filter((_, index) => Math.floor((index + 1) / step) > Math.floor(index / step));
}

/** The same devices and images with only their number to count: where it has no plan, the problem has none. */
export function askedForFewest({ caps = {}, maxSizes: _, ...problem }: PlanProblem): PlanProblem {
  return { ...problem, objective: "devices", caps: caps.devices === undefined ? {} : { devices: caps.devices } };
}

async function fewestWith(problem: PlanProblem, miniBatchSize: number | undefined): Promise<SolvedProblem | undefined> {
  const fewest = { ...askedForFewest(problem), ...(miniBatchSize !== undefined && { miniBatchSize }) };
  const columns = withoutNeedless(fewest, withinCaps(problem, mostCapable(fewest)));
  const { program, decode } = countFormulation(fewest, columns);
  const answer = await findSolution(program, MAX_STEPS);
  return answer.status === "solved" ? asSolution(problem, decode(answer.values)) : undefined;
}

/** Groups of which every device runs what it can as a solution of the problem's own program. */
function asSolution(problem: PlanProblem, groups: readonly Group[]): SolvedProblem | undefined {
  const configurations = groups.map(({ configuration }) => configuration);
  const counting = countsOnly(problem);
  const { program, decode } = (counting ? countFormulation : compactFormulation)(problem, configurations);
  const counts = groups.map(({ devices }) => devices);
  const furthers = furtherOf(problem, groups);
  const values = counting ? counts : counts.flatMap((devices, index) => [devices, furthers[index] ?? 0]);
  const sizes = program.variables.slice(values.length).map(() => 1); // whether a mini-batch size is used
  const answer = checked(program, "fewest devices", { status: "optimal", values: [...values, ...sizes] });
  return answer && { groups: decode(answer.values), answer: { ...answer, hurried: true } };
}

/** How many further mini-batches each group runs: as many as its workload's images are in need of, group by group. */
function furtherOf({ workloads, objective }: PlanProblem, groups: readonly Group[]): number[] {
  const left = workloads.map(({ images }) => images);
  return groups.map(({ configuration: { workload, schedule }, devices }) => {
    const most = devices * schedule.furtherMiniBatches;
    if (objective === "images") return most;
    const size = schedule.choice.miniBatchSize;
    const further = Math.min(most, Math.max(0, Math.ceil((left[workload] ?? 0) / size) - devices));
    left[workload] = (left[workload] ?? 0) - (devices + further) * size;
    return further;
  });
}
