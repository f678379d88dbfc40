import { counted } from "../core/counted.js";
import { exactDuration } from "../core/units.js";
import type { InfeasiblePlan } from "./answer/plan-outcome.js";
import { UndecidedError } from "./answer/undecided-error.js";
import { jointReason } from "./joint-reason.js";
import { capLimits } from "./question/cap-limits.js";
import { bestSchedule, earliestTimeUs, latestUsefulUs, ruleOf } from "./question/capacity.js";
import { latestFinishUs } from "./question/deadline.js";
import type { PlanProblem } from "./question/plan-problem.js";
import { mostImages } from "./solve/closed-form.js";
import { laterFeasibleUs } from "./solve/later-deadline.js";

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
  const runnable = types
    .flatMap(({ choices }) => choices[workload] ?? [])
    .filter((choice) => miniBatchSize === undefined || choice.miniBatchSize === miniBatchSize);
  const fastestUs = runnable.reduce((least, { warmupUs }) => Math.min(least, warmupUs), Number.POSITIVE_INFINITY);
  if (fastestUs === Number.POSITIVE_INFINITY) {
    return miniBatchSize === undefined
      ? `memory: not even one image${of} fits a device`
      : `mini-batch size: no device runs ${counted(miniBatchSize, "image")}${of} at once`;
  }
  const most = mostOf(problem, workload);
  const images = `${counted(most, "image")}${of}`;
  const missing = `${wanted - most} fewer than ${wanted}`;
  if (timeUs === "none") return `capacity: all devices together classify ${images}, ${missing}`;
  const time = exactDuration(timeUs / 1000);
  if (fastestUs <= timeUs) return `capacity: all devices together classify ${images} in ${time}, ${missing}`;
  const late = `${exactDuration((fastestUs - timeUs) / 1000)} more than ${time}`;
  return `time: the fastest first inference${of} takes ${exactDuration(fastestUs / 1000)}, ${late}`;
}

/** How many devices of the type with the largest capacity would do. */
function devicesThatDo(problem: PlanProblem) {
  const { types, timeUs, maxSizes } = problem;
  if (timeUs === "none" || maxSizes !== undefined) return undefined;
  const missing = wantedOf(problem, 0) - mostOf(problem, 0, timeUs);
  let best: { type: string; count: number; capacity: number } | undefined;
  for (const type of types) {
    const capacity = bestSchedule(type, 0, timeUs, ruleOf(problem))?.capacity ?? 0;
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
  const short = shortWorkload(problem, most);
  const isOneAlone = workloads.length === 1 && maxSizes === undefined && capLimits(problem).length === 0;
  if (short !== undefined && isOneAlone) return explainOneWorkload(problem);
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

/** A workload that can't be served even if it has all devices; where no images are asked for, any one would do. */
function shortWorkload(problem: PlanProblem, most: readonly number[]): number | undefined {
  const asked = [...problem.workloads.keys()].filter((workload) => (problem.workloads[workload]?.images ?? 0) > 0);
  if (asked.length === 0) return most.every((images) => images === 0) ? 0 : undefined;
  return asked.find((workload) => (most[workload] ?? 0) < wantedOf(problem, workload));
}
