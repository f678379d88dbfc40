import { UserError } from "../core/user-error.js";
import { capLimits, currencyOf, joulesOf } from "./cap-limits.js";
import { bestUse, type CapacityRule, earliestTimeUs, finishUs, furtherFor, ruleOf } from "./capacity.js";
import { hasClosedForm, mostImages, sizeRules } from "./closed-form.js";
import { formulate } from "./formulate.js";
import type { InfeasiblePlan } from "./plan-outcome.js";
import type { PlanProblem } from "./plan-problem.js";
import { solveProblem } from "./solve-problem.js";
import { findSolution, type SolveLimits } from "./solve-program.js";

/** Why one workload can't be served in time, and what would do: by the closed form, which is exact for it. */
export function explainOneWorkload(problem: PlanProblem): InfeasiblePlan {
  const feasibleTimeUs = earliestTimeUs(latestUs(problem), (time) => mostOf(problem, 0, time) >= wantedOf(problem, 0));
  const feasibleDevices = devicesThatDo(problem);
  return {
    status: "infeasible",
    reason: reasonOf(problem, 0),
    mostImages: mostOf(problem, 0, problem.timeUs ?? Number.POSITIVE_INFINITY),
    feasibleTimeUs,
    ...(feasibleDevices !== undefined && { feasibleDevices }),
  };
}

function wantedOf({ workloads }: PlanProblem, workload: number): number {
  return Math.max(workloads[workload]?.images ?? 1, 1);
}

/** The most images of a workload in a time; with one mini-batch size for all devices where a plan may have but one. */
function mostOf(problem: PlanProblem, workload: number, timeUs: number): number {
  const one = problem.maxSizes === 1 && problem.workloads.length === 1;
  const rules: readonly CapacityRule[] = one ? sizeRules(problem) : [ruleOf(problem)];
  return rules.reduce((most, rule) => Math.max(most, mostImages(problem.types, timeUs, rule, workload)), 0);
}

/** Why a workload can't be served even if it has all devices: memory, time or capacity, and by how much. */
function reasonOf(problem: PlanProblem, workload: number): string {
  const { types, workloads, timeUs, miniBatchSize } = problem;
  const wanted = wantedOf(problem, workload);
  const of = workloads.length > 1 ? ` of ${workloads[workload]?.name}` : "";
  const fastestUs = types.reduce(
    (fastest, { choices }) =>
      (choices[workload] ?? []).reduce(
        (least, choice) =>
          miniBatchSize === undefined || choice.miniBatchSize === miniBatchSize
            ? Math.min(least, choice.warmupUs)
            : least,
        fastest,
      ),
    Number.POSITIVE_INFINITY,
  );
  if (fastestUs === Number.POSITIVE_INFINITY) {
    return miniBatchSize === undefined
      ? `memory: not even one image${of} fits a device`
      : `mini-batch size: no device runs ${miniBatchSize} images${of} at once`;
  }
  const most = mostOf(problem, workload, timeUs ?? Number.POSITIVE_INFINITY);
  if (timeUs === undefined) {
    return `capacity: all devices together classify ${most} images${of} in all of their uses, ${wanted - most} fewer than ${wanted}`;
  }
  const time = `${timeUs / 1000} ms`;
  return fastestUs > timeUs
    ? `time: the fastest first inference${of} takes ${fastestUs / 1000} ms, ${(fastestUs - timeUs) / 1000} ms more than ${time}`
    : `capacity: all devices together classify ${most} images${of} in ${time}, ${wanted - most} fewer than ${wanted}`;
}

/** How many devices of the type with the largest capacity would do. */
function devicesThatDo(problem: PlanProblem) {
  const { types, timeUs, maxSizes } = problem;
  if (timeUs === undefined || maxSizes !== undefined) return undefined;
  const missing = wantedOf(problem, 0) - mostOf(problem, 0, timeUs);
  let best: { type: string; count: number; capacity: number } | undefined;
  for (const type of types) {
    const capacity = bestUse(type, 0, timeUs, ruleOf(problem))?.capacity ?? 0;
    if (capacity > (best?.capacity ?? 0)) {
      best = { type: type.name, count: type.count + Math.ceil(missing / capacity), capacity };
    }
  }
  return best === undefined ? undefined : { type: best.type, count: best.count };
}

/**
 * Why a problem that has no closed form has no plan.
 *
 * @throws UserError if it is not known whether there is one
 */
export async function explainInfeasible(
  problem: PlanProblem,
  status: "infeasible" | "unknown",
  limits: SolveLimits,
): Promise<InfeasiblePlan> {
  const { workloads, timeUs, maxSizes } = problem;
  const endUs = timeUs ?? Number.POSITIVE_INFINITY;
  const capped = capLimits(problem).length > 0;
  const short = workloads.findIndex((_, workload) => mostOf(problem, workload, endUs) < wantedOf(problem, workload));
  const alone = short >= 0 && workloads[short] !== undefined && (workloads[short].images > 0 || workloads.length === 1);
  if (alone && workloads.length === 1 && !capped && maxSizes === undefined) return explainOneWorkload(problem);
  if (!alone && status === "unknown") {
    throw new UserError(
      "plan: neither a plan nor that there is none was found in the time, allow more with --time-limit",
    );
  }
  const most = Math.max(...workloads.map((_, workload) => mostOf(problem, workload, endUs)));
  return {
    status: "infeasible",
    reason: alone ? reasonOf(problem, short) : await jointReason(problem, limits),
    mostImages: alone ? mostOf(problem, short, endUs) : most,
    feasibleTimeUs: await laterFeasibleUs(problem),
  };
}

/** Why there is no plan though each workload alone could be served. */
async function jointReason(problem: PlanProblem, limits: SolveLimits): Promise<string> {
  const { workloads, timeUs, maxSizes, caps, ...rest } = problem;
  const time = timeUs === undefined ? "" : ` in ${timeUs / 1000} ms`;
  const uncapped: PlanProblem = { ...rest, workloads, timeUs, ...(maxSizes !== undefined && { maxSizes }) };
  if (caps !== undefined && (await isFeasible(uncapped))) return capReason(problem, uncapped, limits);
  const anySizes: PlanProblem = { ...rest, workloads, timeUs };
  if (maxSizes !== undefined && (await isFeasible(anySizes))) {
    return `sizes: no plan with at most ${maxSizes} mini-batch sizes does it${time}, one with more sizes does`;
  }
  return workloads.length > 1
    ? `capacity: the devices can serve each workload${time}, but not all ${workloads.length} of them`
    : `capacity: no plan classifies ${workloads[0]?.images} images${time}`;
}

/** The least of each capped quantity that a plan can have, next to its cap. */
async function capReason(problem: PlanProblem, uncapped: PlanProblem, limits: SolveLimits): Promise<string> {
  const { caps = {} } = problem;
  const parts: string[] = [];
  for (const { name, limit } of capLimits(problem)) {
    if (name === "power") {
      parts.push(`power at most ${caps.powerW} W`);
      continue;
    }
    const show = (value: bigint) => {
      if (name === "cost") return `${Number(currencyOf(value).toPrecision(6))}`;
      return name === "energy" ? `${Number(joulesOf(value).toPrecision(6))} J` : `${value}`;
    };
    const { groups, answer } = await solveProblem(asksFor(uncapped, name), { ...limits, gap: 0 });
    const least = groups === undefined || !answer.proven ? undefined : answer.objective;
    if (least !== undefined && least > limit) return `${name}: the least is ${show(least)}, allowed are ${show(limit)}`;
    parts.push(`${name} at most ${show(limit)}`);
  }
  return parts.length === 1 ? `${parts[0]} leaves no plan` : `together, ${parts.join(" and ")} leave no plan`;
}

/** A problem that minimises in place of what it asks for; where as many images as possible were asked for, at least one. */
function asksFor(problem: PlanProblem, objective: "cost" | "energy" | "devices"): PlanProblem {
  const total = problem.workloads.reduce((sum, { images }) => sum + images, 0);
  const workloads = total > 0 ? problem.workloads : problem.workloads.slice(0, 1).map((one) => ({ ...one, images: 1 }));
  if (workloads.length === problem.workloads.length) return { ...problem, objective, workloads };
  return { ...problem, objective, workloads: problem.workloads.map((one, index) => workloads[index] ?? one) };
}

/** For each question whether a time would do; the same on every machine. */
const MAX_STEPS = 20_000;
const DOUBLINGS = 40;

/**
 * A later deadline with a plan: doubled until there is one, then bisected to within a thousandth. Under a cap on reserved
 * cost or on energy more time is not always better: there the deadline that is found does, but an earlier one might, too.
 *
 * @returns undefined if none was found
 */
async function laterFeasibleUs(problem: PlanProblem): Promise<number | undefined> {
  const { timeUs } = problem;
  if (timeUs === undefined) return undefined;
  const ceilingUs = latestUs(problem);
  let low = timeUs;
  let high = timeUs;
  let doublings = 0;
  do {
    if (high >= ceilingUs || doublings++ === DOUBLINGS) return undefined;
    low = high;
    high = Math.min(ceilingUs, high * 2 + 1);
  } while (!(await isFeasible({ ...problem, timeUs: high })));
  while (high - low > Math.max(1, high / 1000)) {
    const middle = Math.floor((low + high) / 2);
    if (await isFeasible({ ...problem, timeUs: middle })) high = middle;
    else low = middle;
  }
  return high;
}

async function isFeasible(problem: PlanProblem): Promise<boolean> {
  if (hasClosedForm(problem)) {
    return mostOf(problem, 0, problem.timeUs ?? Number.POSITIVE_INFINITY) >= wantedOf(problem, 0);
  }
  return (await findSolution(formulate(problem).program, MAX_STEPS)).status === "solved";
}

/** A time after which more of it changes nothing: each device has run all that it may or that is asked for. */
function latestUs({ types, workloads }: PlanProblem): number {
  let latest = 0;
  for (const { choices, maxUses } of types) {
    for (const [workload, table] of choices.entries()) {
      const images = workloads[workload]?.images ?? 0;
      for (const choice of table) {
        const further = Math.min(maxUses, furtherFor(images, choice.miniBatchSize));
        latest = Math.max(latest, finishUs(choice, further));
      }
    }
  }
  return Math.min(latest, Number.MAX_SAFE_INTEGER);
}
