import { deadlineFrontierFigure } from "../../src/figures/deadline-frontier-figure.js";
import { miniBatchByDeadlineFigure } from "../../src/figures/mini-batch-by-deadline-figure.js";
import { planGanttFigure } from "../../src/figures/plan-gantt-figure.js";
import { type Figure, renderFigure } from "../../src/figures/render-figure.js";
import type { PlanOutcome } from "../../src/plan/answer/plan-outcome.js";
import type { PlanProblem } from "../../src/plan/question/plan-problem.js";

/** The range of the curve of mini-batch sizes around the plan's own deadline. */
const CURVE = { from: 1 / 8, to: 8 };

/** Draws a plan, and for one workload how devices and mini-batch sizes depend on the deadline. */
export async function drawPlanFigures(target: string, problem: PlanProblem, outcome: PlanOutcome): Promise<string[]> {
  const files: string[] = [];
  for (const figure of figuresOfPlan(problem, outcome)) files.push(...(await renderFigure(figure, target)));
  return files;
}

/** The figures of a plan without drawing them. */
export function figuresOfPlan(problem: PlanProblem, outcome: PlanOutcome): Figure[] {
  const { types, workloads, timeUs } = problem;
  const figures: Figure[] = [];
  if (outcome.status !== "infeasible") {
    const devices = outcome.devices.map(({ type, workload, miniBatchSize, finishUs }) => {
      const table = types.find(({ name }) => name === type)?.choices[
        workloads.findIndex(({ name }) => name === workload)
      ];
      const warmupUs = table?.find((choice) => choice.miniBatchSize === miniBatchSize)?.warmupUs ?? 0;
      return { type, miniBatchSize, warmupMs: warmupUs / 1000, finishMs: finishUs / 1000 };
    });
    figures.push(planGanttFigure(devices, timeUs === "none" ? undefined : timeUs / 1000));
  }
  if (timeUs === "none" || workloads.length > 1) return figures;
  const images = workloads[0]?.images ?? 0;
  if (images > 0) figures.push(deadlineFrontierFigure(types, images, problem));
  figures.push(miniBatchByDeadlineFigure(types, problem, [timeUs * CURVE.from, timeUs * CURVE.to]));
  return figures.filter(({ data }) => data.length > 1);
}
