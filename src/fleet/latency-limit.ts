import { exactDuration } from "../core/units.js";
import type { InfeasiblePlan } from "../plan/answer/plan-outcome.js";
import type { Choice, DeviceType } from "../plan/question/device-type.js";
import type { PlanProblem } from "../plan/question/plan-problem.js";

/** A cap on the latency of every single mini-batch but a device's first one. */
export interface LatencyLimit {
  /** How the user gave it. */
  readonly name: string;
  readonly limitUs: number;
  /** Of the upper prediction bound that it caps; undefined: what the plan itself is made with. */
  readonly confidence: number | undefined;
}

/**
 * Device types with the mini-batch sizes only whose latency is within a limit.
 *
 * @param bounds the same types with the latencies that the limit is held against
 */
export function withinLatency(
  types: readonly DeviceType[],
  bounds: readonly DeviceType[],
  limitUs: number,
): DeviceType[] {
  return types.map((type, index) => ({
    ...type,
    choices: type.choices.map((table, workload) => {
      const fast = new Set((bounds[index]?.choices[workload] ?? []).filter(isWithin).map(sizeOf));
      return table.filter((choice) => fast.has(choice.miniBatchSize));
    }),
  }));

  function isWithin({ latencyUs }: Choice): boolean {
    return latencyUs <= limitUs;
  }
}

function sizeOf({ miniBatchSize }: Choice): number {
  return miniBatchSize;
}

/**
 * Why a cap on the latency alone leaves no plan.
 *
 * @param bounds the types with the latencies that the cap is held against
 * @returns undefined where devices are left for every workload that must be served
 */
export function nothingWithin(
  { workloads, types }: PlanProblem,
  bounds: readonly DeviceType[],
  { name, limitUs }: LatencyLimit,
): InfeasiblePlan | undefined {
  const served = workloads.map((_, workload) => types.some(({ choices }) => (choices[workload]?.length ?? 0) > 0));
  const left = workloads.findIndex(
    ({ images }, workload) => !served[workload] && (images > 0 || !served.includes(true)),
  );
  if (left < 0) return undefined;
  let leastUs = Number.POSITIVE_INFINITY;
  for (const { choices } of bounds) {
    for (const { latencyUs } of choices[left] ?? []) leastUs = Math.min(leastUs, latencyUs);
  }
  if (leastUs === Number.POSITIVE_INFINITY) return undefined;
  const of = workloads.length > 1 ? ` of ${workloads[left]?.name}` : "";
  return {
    status: "infeasible",
    reason:
      `latency: the fastest mini-batch${of} takes ${exactDuration(leastUs / 1000)}, ` +
      `${exactDuration((leastUs - limitUs) / 1000)} more than ${name}`,
    mostImages: 0,
    feasibleTimeUs: undefined,
  };
}
