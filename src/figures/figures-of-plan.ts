import { FIGURES, type PlanSource } from "./figure-registry.js";
import type { Figure } from "./render-figure.js";

/** The figures that a plan has enough for: the plan, and for one workload how it depends on the deadline. */
export function figuresOfPlan(plan: PlanSource): Figure[] {
  return Object.values(FIGURES.plan).flatMap((draw) => draw(plan) ?? []);
}
