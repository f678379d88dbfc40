import type { DeviceType } from "../../src/plan/question/device-type.js";
import type { PlanProblem } from "../../src/plan/question/plan-problem.js";
import { isFeasible } from "./exhaustive.js";
import { lastUsOf } from "./question.js";

/** 1e12 ms: the latest finish that plans count. */
const LATEST_US = 1e15;

/** The most images of one workload that one device of a type classifies in the time. */
export function capacityOf(problem: PlanProblem, type: DeviceType, workload: number): number {
  const { miniBatchSize, shorterLast } = problem;
  const timeUs = problem.timeUs === "none" ? LATEST_US : problem.timeUs;
  const table = type.choices[workload] ?? [];
  const capacities = table.flatMap((choice) => {
    const { miniBatchSize: size, warmupUs, latencyUs } = choice;
    if ((miniBatchSize !== undefined && size !== miniBatchSize) || warmupUs > timeUs) return [];
    const further = Math.min(type.maxUses, Math.floor((timeUs - warmupUs) / latencyUs));
    const lasts = shorterLast && type.maxUses > 0 ? table.filter((last) => last.miniBatchSize < size) : [];
    const shorter = lasts.flatMap((last) => {
      const whole = Math.min(type.maxUses - 1, Math.floor((timeUs - warmupUs - lastUsOf(last)) / latencyUs));
      return whole < 0 ? [] : [(whole + 1) * size + last.miniBatchSize];
    });
    return [(further + 1) * size, ...shorter];
  });
  return Math.max(0, ...capacities);
}

/** The most images of one workload that all devices together classify in the time, without caps. */
export function mostOf(problem: PlanProblem, workload: number): number {
  return problem.types.reduce((sum, type) => sum + type.count * capacityOf(problem, type, workload), 0);
}

/** The questions of which one must have an answer: where no images are asked for, one image of a workload will do. */
export function leastAsked(problem: PlanProblem): PlanProblem[] {
  const { workloads } = problem;
  if (workloads.some(({ images }) => images > 0)) return [problem];
  return workloads.map((_, one) => ({
    ...problem,
    workloads: workloads.map((other, index) => ({ ...other, images: index === one ? 1 : 0 })),
  }));
}

/** Whether there is a plan, whatever its objective. */
export function isPossible(problem: PlanProblem): boolean {
  return leastAsked(problem).some((asked) => isFeasible({ ...asked, objective: "devices" }));
}
