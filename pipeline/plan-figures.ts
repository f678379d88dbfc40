import { deadlineFrontierFigure } from "../src/figures/deadline-frontier-figure.js";
import { miniBatchByDeadlineFigure } from "../src/figures/mini-batch-by-deadline-figure.js";
import { planGanttFigure } from "../src/figures/plan-gantt-figure.js";
import { type Figure, renderFigure } from "../src/figures/render-figure.js";
import { bestUse } from "../src/plan/capacity.js";
import { fewestDevices } from "../src/plan/closed-form.js";
import type { PlanOutcome } from "../src/plan/plan-outcome.js";
import type { PlanProblem } from "../src/plan/plan-problem.js";

/** Deadlines of a curve, and the range that they span around the plan's own, evenly spaced in ratio. */
const CURVE = { points: 60, from: 1 / 8, to: 8 };

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
    figures.push(planGanttFigure(devices, timeUs === undefined ? undefined : timeUs / 1000));
  }
  if (timeUs === undefined || workloads.length > 1) return figures;
  const deadlines = Array.from({ length: CURVE.points }, (_, index) =>
    Math.round(timeUs * CURVE.from * (CURVE.to / CURVE.from) ** (index / (CURVE.points - 1))),
  );
  const images = workloads[0]?.images ?? 0;
  const frontier = deadlines.flatMap((deadlineUs) => {
    const devices = images > 0 ? fewestDevices(types, images, deadlineUs, problem) : undefined;
    return devices === undefined ? [] : [{ deadlineMs: deadlineUs / 1000, devices }];
  });
  const chosen = types.flatMap((type) =>
    deadlines.flatMap((deadlineUs) => {
      const use = bestUse(type, 0, deadlineUs, problem);
      if (use === undefined) return [];
      return [{ type: type.name, deadlineMs: deadlineUs / 1000, miniBatchSize: use.choice.miniBatchSize }];
    }),
  );
  if (frontier.length > 1) figures.push(deadlineFrontierFigure(frontier, images));
  if (chosen.length > 1) figures.push(miniBatchByDeadlineFigure(chosen));
  return figures;
}
