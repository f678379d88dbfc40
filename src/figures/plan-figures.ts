import type { FeasiblePlan, PlanOutcome } from "../plan/answer/plan-outcome.js";
import type { PlanProblem } from "../plan/question/plan-problem.js";
import { deadlineFrontierFigure } from "./deadline-frontier-figure.js";
import type { Figure } from "./figure.js";
import { miniBatchByDeadlineFigure } from "./mini-batch-by-deadline-figure.js";
import { type GanttDevice, planGanttFigure } from "./plan-gantt-figure.js";

/** The range of the curve of mini-batch sizes around a plan's own deadline. */
const CURVE = { from: 1 / 8, to: 8 };

/** A plan and what was asked. */
export interface PlanSource {
  readonly problem: PlanProblem;
  readonly outcome: PlanOutcome;
  /** How far the times of its devices are off, as a ratio, where that is known. */
  readonly error?: number;
}

/** The figures of a plan by their names, each undefined where the plan has too little for it. */
export const PLAN_FIGURES = {
  "plan-gantt": ({ problem, outcome }) => {
    if (outcome.status === "infeasible") return undefined;
    const { timeUs } = problem;
    return enough(planGanttFigure(ganttDevices(problem, outcome), timeUs === "none" ? undefined : timeUs / 1000));
  },
  "deadline-frontier": ({ problem }) => {
    const { types, workloads, timeUs } = problem;
    const [workload, second] = workloads;
    if (timeUs === "none" || second !== undefined || !workload?.images) return undefined;
    return enough(deadlineFrontierFigure(types, workload.images, problem));
  },
  "mini-batch-by-deadline": ({ problem, error }) => {
    const { types, workloads, timeUs } = problem;
    if (timeUs === "none" || workloads.length > 1) return undefined;
    return enough(
      miniBatchByDeadlineFigure(types, {
        rule: problem,
        rangeUs: [timeUs * CURVE.from, timeUs * CURVE.to],
        ...(error !== undefined && { error }),
      }),
    );
  },
} satisfies Record<string, (plan: PlanSource) => Figure | undefined>;

/** A single row draws nothing that a line of text would not say. */
function enough(figure: Figure): Figure | undefined {
  return figure.data.length > 1 ? figure : undefined;
}

function ganttDevices({ types, workloads }: PlanProblem, { devices }: FeasiblePlan): GanttDevice[] {
  return devices.map(({ type, workload, miniBatchSize, finishUs }) => {
    const tables = types.find(({ name }) => name === type)?.choices ?? [];
    const choices = tables[workloads.findIndex(({ name }) => name === workload)] ?? [];
    const warmupUs = choices.find((choice) => choice.miniBatchSize === miniBatchSize)?.warmupUs ?? 0;
    return { type, miniBatchSize, warmupMs: warmupUs / 1000, finishMs: finishUs / 1000 };
  });
}
