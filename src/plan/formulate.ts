import { withinCaps } from "./cap-limits.js";
import { compactFormulation, countFormulation, type Formulation, type ObjectiveLimit } from "./compact-formulation.js";
import { configurationsOf, mostCapable } from "./configuration.js";
import { undominated } from "./dominance.js";
import { countsOnly, type PlanProblem } from "./plan-problem.js";

/** The compact formulation that is exact for a problem, at a time within which the devices must finish. */
export function formulate(problem: PlanProblem, withinUs = problem.timeUs, limit: ObjectiveLimit = {}): Formulation {
  if (countsOnly(problem)) {
    return countFormulation(problem, withinCaps(problem, mostCapable(problem, withinUs)), limit);
  }
  const configurations = withinCaps(problem, configurationsOf(problem, withinUs));
  const needed = problem.maxSizes === undefined ? undominated(configurations) : configurations;
  return compactFormulation(problem, needed, limit);
}
