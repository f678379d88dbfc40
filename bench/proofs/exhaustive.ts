import type { PlanProblem } from "../../src/plan/question/plan-problem.js";
import { allowedUs, type Criterion, criteriaOf, type DeviceUse, usesOf } from "./device-uses.js";
import { type Stage, searchLabels } from "./label-search.js";

/** How a question can be narrowed: the time within which devices must finish, the value that its objective may have. */
export interface Narrowed {
  readonly withinUs?: number;
  /** In whole units; images are negated. */
  readonly atMost?: bigint;
}

/**
 * The best value of a question's objective over all plans that there are, in whole units: devices, images, millionths
 * of the currency per hour × microseconds, nanojoules. Exact: dynamic programming over the images that are missing,
 * device by device, with whole numbers only; shares no code with the planner.
 *
 * @returns undefined if there is no plan
 * @throws RangeError if the question is too large for exact sums or for this way of solving it
 */
export function bestValue(problem: PlanProblem, narrowed: Narrowed = {}): bigint | undefined {
  const best = leastOf(problem, narrowed);
  return best !== undefined && problem.objective === "images" ? -best : best;
}

/** Whether any plan fulfils every constraint of a question. */
export function isFeasible(problem: PlanProblem, narrowed: Narrowed = {}): boolean {
  return leastOf(problem, narrowed) !== undefined;
}

/**
 * The earliest time by which every device of an optimal plan can have finished.
 *
 * @param best the best value, as `bestValue` gives it
 */
export function earliestFinishUs(problem: PlanProblem, best: bigint): number {
  const atMost = problem.objective === "images" ? -best : best;
  let high = problem.timeUs === "none" ? latestUs(problem) : problem.timeUs;
  let low = 0;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (leastOf(problem, { withinUs: middle, atMost }) !== undefined) high = middle;
    else low = middle + 1;
  }
  return high;
}

/** When the last device of any plan has finished that does no more than is asked. */
export function latestUs(problem: PlanProblem): number {
  const finishes = problem.types.flatMap((type) => usesOf({ ...problem, objective: "cost" }, type, Infinity));
  return finishes.reduce((latest, { finishUs }) => Math.max(latest, finishUs), 0);
}

function leastOf(problem: PlanProblem, { withinUs, atMost }: Narrowed): bigint | undefined {
  const uses = problem.types.map((type) => usesOf(problem, type, withinUs ?? allowedUs(problem)));
  let best = atMost;
  let found = false;
  for (const sizes of sizeSets(uses.flat(), problem.maxSizes)) {
    const allowed = sizes === undefined ? uses : uses.map((own) => own.filter(({ size }) => sizes.has(size)));
    const least = leastWith(problem, allowed, best);
    if (least === undefined) continue;
    found = true;
    best = least;
  }
  return found ? best : undefined;
}

/** The largest sets of sizes that a plan may have; undefined for all of them. */
function sizeSets(uses: readonly DeviceUse[], maxSizes: number | undefined): (ReadonlySet<number> | undefined)[] {
  const sizes = [...new Set(uses.map(({ size }) => size))];
  if (maxSizes === undefined || sizes.length <= maxSizes) return [undefined];
  const subsets = (from: number, left: number): number[][] =>
    left === 0
      ? [[]]
      : sizes.slice(from).flatMap((size, index) => subsets(from + index + 1, left - 1).map((rest) => [size, ...rest]));
  return subsets(0, maxSizes).map((subset) => new Set(subset));
}

function leastWith(problem: PlanProblem, allowed: DeviceUse[][], atMost: bigint | undefined): bigint | undefined {
  const criteria = criteriaOf(problem);
  const uses = allowed.map((own) =>
    own.filter(({ takes }) => criteria.every(({ criterion, limit }) => takes[criterion] <= limit)),
  );
  const wanted = problem.workloads.map(({ images }) => images);
  const needed = wanted.reduce((sum, images) => sum + images, 0);
  const units = criteria.map(({ criterion }) => commonUnit(uses.flat(), criterion));
  const stages = problem.types.flatMap(({ count }, type): Stage[] => {
    const own = undominated(
      uses[type] ?? [],
      wanted,
      criteria.map(({ criterion }) => criterion),
    );
    const scaled = own.map(({ workload, images, takes }) => ({
      workload,
      images,
      takes: criteria.map(({ criterion }, place) => takes[criterion] / (units[place] ?? 1)),
    }));
    // A plan without superfluous devices has no more of them than images, unless it looks for more images.
    const most = problem.objective === "images" ? count : Math.min(count, needed);
    return Array.from({ length: own.length === 0 ? 0 : most }, () => ({ uses: scaled }));
  });
  requireExact(stages, criteria.length);
  const limits = criteria.map(({ limit }, place) => Math.floor(limit / (units[place] ?? 1)));
  const unit = BigInt(units[0] ?? 1);
  if (atMost !== undefined) limits[0] = Math.min(limits[0] ?? 0, Number(floorQuotient(atMost, unit)));
  const least = searchLabels(stages, wanted, limits);
  if (least === undefined || (problem.objective === "images" && least === 0)) return undefined;
  return BigInt(least) * unit;
}

/** Only uses that another one does not replace: no fewer images of the same workload for no more of anything. */
function undominated(uses: readonly DeviceUse[], wanted: readonly number[], criteria: readonly Criterion[]) {
  const capped = uses.map((use) => ({ ...use, images: Math.min(use.images, wanted[use.workload] ?? 0) }));
  const byImages = capped.sort((a, b) => {
    const rest = criteria.map((criterion) => a.takes[criterion] - b.takes[criterion]).find((d) => d !== 0) ?? 0;
    return a.workload - b.workload || b.images - a.images || rest;
  });
  const kept: DeviceUse[] = [];
  for (const use of byImages) {
    const replaced = kept.some(
      (other) =>
        other.workload === use.workload &&
        criteria.every((criterion) => other.takes[criterion] <= use.takes[criterion]),
    );
    if (!replaced) kept.push(use);
  }
  return kept;
}

/** What every amount of a criterion is a multiple of, so that sums stay small. */
function commonUnit(uses: readonly DeviceUse[], criterion: Criterion): number {
  return uses.reduce((unit, { takes }) => divisor(unit, Math.abs(takes[criterion])), 0) || 1;
}

function divisor(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}

/** The quotient rounded down, also below 0. */
function floorQuotient(a: bigint, b: bigint): bigint {
  return a >= 0n || a % b === 0n ? a / b : a / b - 1n;
}

function requireExact(stages: readonly Stage[], criteria: number): void {
  for (let place = 0; place < criteria; place++) {
    const most = stages.reduce(
      (sum, { uses }) => sum + uses.reduce((largest, { takes }) => Math.max(largest, Math.abs(takes[place] ?? 0)), 0),
      0,
    );
    if (most > Number.MAX_SAFE_INTEGER) throw new RangeError("question: sums are too large to be exact");
  }
}
