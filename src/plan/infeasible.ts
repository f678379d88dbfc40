import { counted } from "../core/counted.js";
import { shownApart } from "../core/shown-apart.js";
import type { InfeasiblePlan } from "./answer/plan-outcome.js";
import { UndecidedError } from "./answer/undecided-error.js";
import { capLimits, currencyOf, joulesOf } from "./question/cap-limits.js";
import { bestUse, earliestTimeUs, latestUsefulUs, ruleOf } from "./question/capacity.js";
import { latestFinishUs } from "./question/deadline.js";
import type { PlanProblem } from "./question/plan-problem.js";
import { mostImages } from "./solve/closed-form.js";
import { feasibility } from "./solve/feasibility.js";
import { laterFeasibleUs } from "./solve/later-deadline.js";
import { provenLeast } from "./solve/solve-problem.js";

/** Why one workload can't be served in time, and what would do: by the closed form, which is exact for it. */
export function explainOneWorkload(problem: PlanProblem): InfeasiblePlan {
  const feasibleTimeUs = earliestTimeUs(
    latestUsefulUs(
      problem.types,
      problem.workloads.map(({ images }) => images),
    ),
    (time) => mostOf(problem, 0, time) >= wantedOf(problem, 0),
  );
  const feasibleDevices = devicesThatDo(problem);
  return {
    status: "infeasible",
    reason: reasonOf(problem, 0),
    mostImages: mostOf(problem, 0),
    feasibleTimeUs,
    ...(feasibleDevices !== undefined && { feasibleDevices }),
  };
}

function wantedOf({ workloads }: PlanProblem, workload: number): number {
  return Math.max(workloads[workload]?.images ?? 1, 1);
}

/** The most images of a workload that all devices together classify in a time. */
function mostOf(problem: PlanProblem, workload: number, timeUs = latestFinishUs(problem.timeUs)): number {
  return mostImages(problem.types, timeUs, ruleOf(problem), workload);
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
      : `mini-batch size: no device runs ${counted(miniBatchSize, "image")}${of} at once`;
  }
  const most = mostOf(problem, workload);
  if (timeUs === "none") {
    return `capacity: all devices together classify ${counted(most, "image")}${of}, ${wanted - most} fewer than ${wanted}`;
  }
  const time = `${timeUs / 1000} ms`;
  return fastestUs > timeUs
    ? `time: the fastest first inference${of} takes ${fastestUs / 1000} ms, ${(fastestUs - timeUs) / 1000} ms more than ${time}`
    : `capacity: all devices together classify ${counted(most, "image")}${of} in ${time}, ${wanted - most} fewer than ${wanted}`;
}

/** How many devices of the type with the largest capacity would do. */
function devicesThatDo(problem: PlanProblem) {
  const { types, timeUs, maxSizes } = problem;
  if (timeUs === "none" || maxSizes !== undefined) return undefined;
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
 * @throws UndecidedError if it is not known whether there is one
 */
export async function explainInfeasible(
  problem: PlanProblem,
  status: "infeasible" | "unknown",
): Promise<InfeasiblePlan> {
  const { workloads, maxSizes } = problem;
  const most = workloads.map((_, workload) => mostOf(problem, workload));
  const asked = workloads.flatMap(({ images }, workload) => (images > 0 ? [workload] : []));
  // Where no images are asked for, one of any workload would do.
  const short =
    asked.length > 0
      ? asked.find((workload) => (most[workload] ?? 0) < wantedOf(problem, workload))
      : most.every((images) => images === 0)
        ? 0
        : undefined;
  const only = workloads.length === 1 && maxSizes === undefined && capLimits(problem).length === 0;
  if (short !== undefined && only) return explainOneWorkload(problem);
  if (short === undefined && status === "unknown") {
    throw new UndecidedError(
      "plan: neither a plan nor that there is none was found in the time, allow more with --time-limit",
    );
  }
  return {
    status: "infeasible",
    reason: short === undefined ? await jointReason(problem) : reasonOf(problem, short),
    mostImages: short === undefined ? Math.max(...most) : (most[short] ?? 0),
    feasibleTimeUs: await laterFeasibleUs(problem),
  };
}

/** Why there is no plan though each workload alone could be served. */
async function jointReason(problem: PlanProblem): Promise<string> {
  const { workloads, timeUs, maxSizes, caps, ...rest } = problem;
  const time = timeUs === "none" ? "" : ` in ${timeUs / 1000} ms`;
  const uncapped: PlanProblem = { ...rest, workloads, timeUs, ...(maxSizes !== undefined && { maxSizes }) };
  if (caps !== undefined && (await isFeasible(uncapped))) return capReason(problem, uncapped);
  const anySizes: PlanProblem = { ...rest, workloads, timeUs };
  if (maxSizes !== undefined && (await isFeasible(anySizes))) {
    return `sizes: no plan with at most ${counted(maxSizes, "mini-batch size")} does it${time}, one with more sizes does`;
  }
  const asked = workloads.filter(({ images }) => images > 0).length;
  const withImages = asked < workloads.length ? " with images" : "";
  return workloads.length > 1
    ? `capacity: the devices can serve each workload${withImages}${time}, but not all ${asked} of them`
    : `capacity: no plan classifies ${counted(workloads[0]?.images ?? 0, "image")}${time}`;
}

/** The least of each capped quantity that a plan can have, next to its cap. */
async function capReason(problem: PlanProblem, uncapped: PlanProblem): Promise<string> {
  const { caps = {} } = problem;
  const parts: string[] = [];
  const limits = capLimits(problem);
  for (const { name, limit } of limits) {
    const { key, unit, inUnits } = CAPS[name];
    const cap = caps[key] ?? 0;
    const least = name === "power" ? undefined : await provenLeast({ ...uncapped, objective: name });
    if (least !== undefined && least > limit) {
      const [needed, allowed] = shownApart(inUnits(least), cap);
      return `${name}: the least is ${needed}${unit}, allowed are ${allowed}${unit}`;
    }
    const part = `${name} at most ${cap}${unit}`;
    const isAlone = limits.length === 1; // then the question itself is known to have no plan
    if (isAlone || (await feasibility({ ...uncapped, caps: { [key]: cap } })) === "infeasible") {
      return `${part} leaves no plan`;
    }
    parts.push(part);
  }
  return `together, ${parts.join(" and ")} leave no plan`;
}

/** How a question names a cap, and how its amounts are shown. */
const CAPS = {
  cost: { key: "cost", unit: "", inUnits: currencyOf },
  energy: { key: "energyJ", unit: " J", inUnits: joulesOf },
  power: { key: "powerW", unit: " W", inUnits: Number },
  devices: { key: "devices", unit: "", inUnits: Number },
} as const;

async function isFeasible(problem: PlanProblem): Promise<boolean> {
  return (await feasibility(problem)) === "solved";
}
