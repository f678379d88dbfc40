import { deviceType } from "../../../src/plan/question/device-type.js";
import type { PlanProblem } from "../../../src/plan/question/plan-problem.js";

/** So many devices that take so long for each image. */
export function device(count: number, ms = 10) {
  return deviceType({
    name: "d",
    count,
    maxMiniBatchSize: 1,
    latencyMs: () => ms,
    warmupMs: () => ms,
    pricePerHour: 36,
  });
}

export const PROBLEM: PlanProblem = {
  types: [device(3)],
  workloads: [{ name: "images", images: 150 }],
  timeUs: 1_000_000,
  objective: "devices",
};
