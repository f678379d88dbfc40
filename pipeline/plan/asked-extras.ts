import { UserError } from "../../src/core/user-error.js";
import { REPLICATES } from "../../src/fit/bootstrap.js";
import type { Fleet } from "../../src/fleet/fleet.js";
import { POINTS, requireFront } from "../../src/plan/explore/pareto-front.js";
import type { PlanProblem } from "../../src/plan/question/plan-problem.js";
import { hasClosedForm } from "../../src/plan/solve/closed-form.js";
import { parseInteger, type Range } from "../arguments.js";

interface ExtraFlags {
  readonly sensitivity?: boolean;
  readonly uncertainty?: string;
  readonly pareto?: string;
}

/** What is asked on top of a plan. */
export interface AskedExtras {
  readonly sensitivity: boolean;
  readonly resamples: number | undefined;
  readonly points: number | undefined;
}

/** More resamples than replicates of the functions would only repeat some of them. */
export const RESAMPLES: Range = { least: 1, most: REPLICATES };

/** @throws UserError if that is too much */
export function askedExtras({ sensitivity = false, uncertainty, pareto }: ExtraFlags): AskedExtras {
  return {
    sensitivity,
    resamples: uncertainty === undefined ? undefined : parseInteger("--uncertainty", uncertainty, RESAMPLES),
    points: pareto === undefined ? undefined : parseInteger("--pareto", pareto, POINTS),
  };
}

/** Where each type needs a solution of its own. */
const MOST_VARIED_TYPES = 200;

/** @throws UserError if devices or question do not allow what is asked on top of the plan */
export function requireExtras(
  { sensitivity, resamples, points }: AskedExtras,
  problem: PlanProblem,
  { measured, noiseKnown }: Pick<Fleet, "measured" | "noiseKnown">,
): void {
  const { types } = problem;
  if (sensitivity && types.length > MOST_VARIED_TYPES && !hasClosedForm(problem)) {
    throw new UserError(`--sensitivity: ${types.length} types of devices, allowed are ${MOST_VARIED_TYPES}`);
  }
  if (resamples !== undefined && !measured) {
    throw new UserError("--uncertainty: needs measured functions, these are given");
  }
  if (resamples !== undefined && !noiseKnown) {
    throw new UserError("--uncertainty: each mini-batch was measured once, so that its noise is not known");
  }
  if (points !== undefined) requireFront(problem);
}
