import { UserError } from "../core/user-error.js";
import { capLimits, currencyOf, joulesOf } from "./cap-limits.js";
import { bestUse, earliestTimeUs, finishUs } from "./capacity.js";
import { mostImages } from "./closed-form.js";
import { formulate } from "./formulate.js";
import type { InfeasiblePlan } from "./plan-outcome.js";
import type { PlanProblem } from "./plan-problem.js";
import { HIGHS_LIMIT_MS, type SolveLimits, solveProgram } from "./solve-program.js";

/** Why one workload can't be served in time, and what would do: by the closed form, which is exact for it. */
export function explainOneWorkload(problem: PlanProblem, workload = 0): InfeasiblePlan {
  const { types, workloads, timeUs = Number.POSITIVE_INFINITY } = problem;
  const { name = "", images = 1 } = workloads[workload] ?? {};
  const wanted = Math.max(images, 1);
  const rule = ruleOf(problem);
  const most = mostImages(types, timeUs, rule, workload);
  const feasibleTimeUs = earliestTimeUs(latestUs(problem), (time) => mostImages(types, time, rule, workload) >= wanted);
  const fastestUs = Math.min(
    ...types.flatMap(({ choices }) => (choices[workload] ?? []).map(({ warmupUs }) => warmupUs)),
  );
  const of = workloads.length > 1 ? ` of ${name}` : "";
  const time = `${timeUs / 1000} ms`;
  const reason =
    fastestUs === Number.POSITIVE_INFINITY
      ? `memory: not even one image${of} fits a device`
      : fastestUs > timeUs
        ? `time: the fastest first inference${of} takes ${fastestUs / 1000} ms, ${(fastestUs - timeUs) / 1000} ms more than ${time}`
        : `capacity: all devices together classify ${most} images${of} in ${time}, ${wanted - most} fewer than ${wanted}`;
  const feasibleDevices = devicesThatDo(problem, workload, wanted - most);
  return {
    status: "infeasible",
    reason,
    mostImages: most,
    feasibleTimeUs,
    ...(feasibleDevices !== undefined && { feasibleDevices }),
  };
}

/** How many devices of the type with the largest capacity would do. */
function devicesThatDo(problem: PlanProblem, workload: number, missing: number) {
  const { types, timeUs = Number.POSITIVE_INFINITY } = problem;
  let best: { type: string; count: number; capacity: number } | undefined;
  for (const type of types) {
    const capacity = bestUse(type, workload, timeUs, ruleOf(problem))?.capacity ?? 0;
    if (capacity > (best?.capacity ?? 0)) {
      best = { type: type.name, count: type.count + Math.ceil(missing / capacity), capacity };
    }
  }
  return best === undefined ? undefined : { type: best.type, count: best.count };
}

/**
 * Why a problem that has no closed form has no plan. The solvers' word that there is none is taken only where both gave
 * it.
 *
 * @throws UserError if the solvers came to no end
 */
export async function explainInfeasible(
  problem: PlanProblem,
  status: "infeasible" | "unknown",
  limits: SolveLimits,
): Promise<InfeasiblePlan> {
  const { types, workloads, timeUs = Number.POSITIVE_INFINITY } = problem;
  const rule = ruleOf(problem);
  const short = workloads.findIndex(({ images }, workload) => mostImages(types, timeUs, rule, workload) < images);
  if (short >= 0) return explainOneWorkload(problem, short);
  if (status === "unknown") {
    throw new UserError(
      "plan: the solvers found neither a plan nor that there is none in their time, allow more of it",
    );
  }
  const { caps: _, ...uncapped } = problem;
  const most = Math.max(...workloads.map((_, workload) => mostImages(types, timeUs, rule, workload)));
  if (capLimits(problem).length > 0 && (await isFeasible(uncapped, timeUs, limits))) {
    return {
      status: "infeasible",
      reason: await capReason(problem, limits),
      mostImages: most,
      feasibleTimeUs: await earliestFeasibleUs(problem, timeUs, limits),
    };
  }
  const reason =
    workloads.length > 1
      ? `capacity: the devices can serve each workload in ${timeUs / 1000} ms, but not all ${workloads.length} of them`
      : `capacity: no plan with at most ${problem.maxSizes} mini-batch sizes classifies ${workloads[0]?.images} images in ${timeUs / 1000} ms`;
  const feasibleTimeUs = await earliestFeasibleUs(problem, timeUs, limits);
  return { status: "infeasible", reason, mostImages: most, feasibleTimeUs };
}

/** The least of each capped quantity that a plan can have, next to its cap. */
async function capReason(problem: PlanProblem, limits: SolveLimits): Promise<string> {
  const { caps = {} } = problem;
  const parts: string[] = [];
  for (const { name, limit } of capLimits(problem)) {
    const { caps: _, ...uncapped } = problem;
    if (name !== "cost" && name !== "energy" && name !== "devices") {
      parts.push(`${name} at most ${caps.powerW} W`);
      continue;
    }
    const answer = await solveProgram(formulate({ ...uncapped, objective: name }).program, limits);
    const least = answer.status === "solved" ? Number(answer.objective) : undefined;
    const show = (value: number) =>
      name === "cost"
        ? currencyOf(value).toPrecision(6)
        : name === "energy"
          ? `${joulesOf(value).toPrecision(6)} J`
          : value;
    if (least !== undefined && least > limit) return `${name}: the least is ${show(least)}, allowed are ${show(limit)}`;
    parts.push(`${name} at most ${show(limit)}`);
  }
  return parts.length === 1 ? `${parts[0]} leaves no plan` : `together, ${parts.join(" and ")} leave no plan`;
}

/**
 * The earliest later deadline with a plan: doubled until there is one, then bisected to within a thousandth. Under a cap
 * on reserved cost or on energy more time is not always better: there the deadline that is found does, but an earlier one
 * might, too. The whole search takes no longer than one solver may.
 */
async function earliestFeasibleUs(
  problem: PlanProblem,
  timeUs: number,
  limits: SolveLimits,
): Promise<number | undefined> {
  if (!Number.isFinite(timeUs)) return undefined;
  const endMs = performance.now() + (limits.highsMs ?? HIGHS_LIMIT_MS);
  const isOver = () => performance.now() > endMs;
  const ceilingUs = latestUs(problem);
  let low = timeUs;
  let high = timeUs;
  do {
    if (high >= ceilingUs || isOver()) return undefined;
    low = high;
    high = Math.min(ceilingUs, high * 2 + 1);
  } while (!(await isFeasible(problem, high, limits)));
  while (high - low > Math.max(1, high / 1000) && !isOver()) {
    const middle = Math.floor((low + high) / 2);
    if (await isFeasible(problem, middle, limits)) high = middle;
    else low = middle;
  }
  return high;
}

async function isFeasible(problem: PlanProblem, timeUs: number, limits: SolveLimits): Promise<boolean> {
  const within = Number.isFinite(timeUs) ? { ...problem, timeUs } : problem;
  const answer = await solveProgram(formulate(within).program, {
    ...limits,
    anySolution: true,
    believeInfeasible: true,
  });
  return answer.status === "solved";
}

function latestUs({ types }: PlanProblem): number {
  return types.reduce(
    (latest, type) =>
      type.choices.flat().reduce((most, choice) => Math.max(most, finishUs(choice, type.maxUses)), latest),
    0,
  );
}

function ruleOf({ miniBatchSize, shorterLast }: PlanProblem) {
  return { ...(miniBatchSize !== undefined && { miniBatchSize }), ...(shorterLast !== undefined && { shorterLast }) };
}
