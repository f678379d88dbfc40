import type { FinishIntervals } from "../../src/plan/answer/plan-document.js";
import type { PlannedDevice, PlanOutcome } from "../../src/plan/answer/plan-outcome.js";
import { finishUs } from "../../src/plan/question/capacity.js";
import type { Start } from "../../src/plan/question/device-type.js";
import type { PlanDevices } from "./plan-devices.js";

/** Both tails together leave 90 %. */
const TAIL = 0.05;

/**
 * A 90 % prediction interval of each device's finish: all of its mini-batches at the lower, and all at the upper bound,
 * because what makes a device slow in one mini-batch does so in the others. None where there are too few trials for it.
 */
export function finishIntervals(
  outcome: PlanOutcome,
  devices: PlanDevices,
  workloads: readonly string[],
  start: Start,
): FinishIntervals | undefined {
  if (outcome.status === "infeasible" || outcome.devices.some(({ lastMiniBatchSize }) => lastMiniBatchSize)) {
    return undefined;
  }
  if (devices.maxConfidence < 1 - TAIL) return undefined;
  const finishMs = (confidence: number) => {
    const types = new Map(devices.types({ kind: "upper", confidence }, start).map((type) => [type.name, type]));
    return ({ type, workload, miniBatchSize, miniBatches }: PlannedDevice) => {
      const choices = types.get(type)?.choices[workloads.indexOf(workload)] ?? [];
      const choice = choices.find((candidate) => candidate.miniBatchSize === miniBatchSize);
      return choice === undefined ? Number.NaN : finishUs(choice, miniBatches) / 1000;
    };
  };
  const [low, high] = [finishMs(TAIL), finishMs(1 - TAIL)];
  return outcome.devices.map((device) => ({ lowMs: low(device), highMs: high(device) }));
}
