import { withinCaps } from "./cap-limits.js";
import { compactFormulation, countFormulation, type Formulation, type ObjectiveLimit } from "./compact-formulation.js";
import { configurationsOf } from "./configuration.js";
import { mostCapable, undominated } from "./dominance.js";
import { countsOnly, type PlanProblem } from "./plan-problem.js";

/** The compact formulation that is exact for a problem, at a time within which the devices must finish. */
export function formulate(problem: PlanProblem, withinUs = problem.timeUs, limit: ObjectiveLimit = {}): Formulation {
  const configurations = withinCaps(problem, configurationsOf(problem, withinUs));
  if (countsOnly(problem)) return countFormulation(problem, mostCapable(configurations), limit);
  const needed = problem.maxSizes === undefined ? undominated(configurations) : configurations;
  return compactFormulation(problem, needed, limit);
}
