import { withinCaps } from "../question/cap-limits.js";
import { type Configuration, configurationsOf, mostCapable } from "../question/configuration.js";
import { undominated } from "../question/dominance.js";
import { withoutNeedless } from "../question/needless-types.js";
import { countsOnly, type PlanProblem } from "../question/plan-problem.js";
import { compactFormulation, countFormulation, type Formulation } from "./compact-formulation.js";
import type { ObjectiveLimit } from "./formulation-rows.js";

/** The compact formulation that is exact for a problem, at a time within which the devices must finish. */
export function formulate(problem: PlanProblem, withinUs = problem.timeUs, limit: ObjectiveLimit = {}): Formulation {
  return countsOnly(problem)
    ? countFormulation(problem, withoutNeedless(problem, withinCaps(problem, mostCapable(problem, withinUs))), limit)
    : compactFormulation(problem, neededOf(problem, allowedConfigurations(problem, withinUs)), limit);
}

/** Every configuration of which a device can be in a plan. */
export function allowedConfigurations(problem: PlanProblem, withinUs = problem.timeUs): Configuration[] {
  return withinCaps(problem, configurationsOf(problem, withinUs));
}

/** Those of the allowed configurations that some best plan needs. */
export function neededOf({ maxSizes }: PlanProblem, allowed: readonly Configuration[]): readonly Configuration[] {
  return maxSizes === undefined ? undominated(allowed) : allowed;
}
