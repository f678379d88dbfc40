import type { FinishIntervals } from "../plan/answer/plan-document.js";
import type { PlannedDevice, PlanOutcome } from "../plan/answer/plan-outcome.js";
import { finishUs } from "../plan/question/capacity.js";
import type { Start } from "../plan/question/device-type.js";
import type { Fleet } from "./fleet.js";

/**
 * The share of finishes below the lower end of an interval, and of those above its upper end: together they leave 90 %.
 */
const TAIL = 0.05;

/**
 * A 90 % prediction interval of each device's finish: all of its mini-batches at the lower, and all at the upper bound,
 * because what makes a device slow in one mini-batch does so in the others. None where functions were given, or have
 * too few trials for it.
 */
export function finishIntervals(outcome: PlanOutcome, fleet: Fleet, start: Start): FinishIntervals | undefined {
  if (outcome.status === "infeasible" || outcome.devices.some(({ lastMiniBatchSize }) => lastMiniBatchSize)) {
    return undefined;
  }
  if (!fleet.measured || !fleet.noiseKnown || fleet.maxConfidence < 1 - TAIL) return undefined;
  const [low, high] = [finishMsAt(TAIL, fleet, start), finishMsAt(1 - TAIL, fleet, start)];
  return outcome.devices.map((device) => {
    const [lowMs, highMs] = [low(device), high(device)];
    return lowMs === undefined || highMs === undefined ? undefined : { lowMs, highMs };
  });
}

/** When a device finishes if all its inferences take what a share of them stays below. */
function finishMsAt(share: number, fleet: Fleet, start: Start): (device: PlannedDevice) => number | undefined {
  const types = new Map(fleet.types({ kind: "quantile", share }, start).map((type) => [type.name, type]));
  return ({ type, workload, miniBatchSize, furtherMiniBatches }) => {
    const choices = types.get(type)?.choices[fleet.workloads.indexOf(workload)] ?? [];
    const choice = choices.find((candidate) => candidate.miniBatchSize === miniBatchSize);
    return choice && finishUs(choice, furtherMiniBatches) / 1000;
  };
}
