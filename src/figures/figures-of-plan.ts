import { counted } from "../core/counted.js";
import { formatDuration } from "../core/units.js";
import type { Figure } from "./figure.js";
import { PLAN_FIGURES, type PlanSource } from "./plan-figures.js";

/** The figures that a plan has enough for: the plan, and for one workload how it depends on the deadline. */
export function figuresOfPlan(plan: PlanSource): Figure[] {
  return Object.values(PLAN_FIGURES).flatMap((draw) => {
    const figure = draw(plan);
    return figure === undefined ? [] : [{ ...figure, source: sourceOf(plan) }];
  });
}

/** What was asked, as a sentence. */
function sourceOf({ problem: { types, workloads, timeUs, objective } }: PlanSource): string {
  const images = workloads.reduce((sum, workload) => sum + (workload.images ?? 0), 0);
  const devices = types.map(({ name, count }) => `${count} ${name}`).join(", ");
  return [
    "Asked:",
    objective === "images" ? "most images" : counted(images, "image"),
    ...(timeUs === "none" ? [] : [`within ${formatDuration(timeUs / 1000)}`]),
    `on at most ${devices}.`,
  ].join(" ");
}
