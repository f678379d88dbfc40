import { UserError } from "../../src/core/user-error.js";
import { toKserveServices } from "../../src/plan/answer/export-kserve.js";
import { toTritonText } from "../../src/plan/answer/export-triton.js";
import type { FunctionSource } from "../../src/plan/answer/plan-document.js";
import type { FeasiblePlan, PlanOutcome } from "../../src/plan/answer/plan-outcome.js";
import { toLpFormat, toMpsFormat } from "../../src/plan/program/export-program.js";
import { formulate } from "../../src/plan/program/formulate.js";
import { literalFormulation } from "../../src/plan/program/literal-formulation.js";
import { answerable } from "../../src/plan/question/answerable.js";
import { configurationsOf } from "../../src/plan/question/configuration.js";
import type { PlanProblem } from "../../src/plan/question/plan-problem.js";
import { NoPlanError } from "./no-plan-error.js";
import { readServedModel, type ServingFlags } from "./served-model.js";

interface ExportFlags extends ServingFlags {
  readonly export?: string;
  readonly formulation: string;
}

/** A problem as an integer program for any solver, or its plan as a serving configuration. */
export async function exportPlan(
  flags: ExportFlags,
  problem: PlanProblem,
  outcome: PlanOutcome | undefined,
  sources: readonly FunctionSource[],
): Promise<string> {
  switch (flags.export) {
    case "lp":
      return toLpFormat(programOf(flags, problem));
    case "mps":
      return toMpsFormat(programOf(flags, problem));
    case "triton":
      return toTritonText(planFound(outcome), await readServedModel(flags, sources));
    case "kserve":
      return toKserveServices(planFound(outcome), await readServedModel(flags, sources));
    default:
      throw new UserError(`--export ${flags.export}: allowed are lp, mps, triton, kserve`);
  }
}

function programOf({ formulation }: ExportFlags, question: PlanProblem) {
  const problem = answerable(question);
  if (formulation === "compact") return formulate(problem).program;
  if (formulation !== "literal") {
    throw new UserError(`--formulation ${formulation}: allowed are compact, literal`);
  }
  const { workloads, objective, timeUs, caps, maxSizes, shorterLast } = problem;
  const study = (objective === "devices" || objective === "images") && timeUs !== "none";
  if (!study || workloads.length > 1 || caps !== undefined || maxSizes !== undefined || shorterLast) {
    throw new UserError(
      "--formulation literal: allowed for fewest devices and most images of one workload " +
        "without caps and shorter last mini-batches",
    );
  }
  return literalFormulation(problem, configurationsOf(problem)).program;
}

function planFound(outcome: PlanOutcome | undefined): FeasiblePlan {
  if (outcome === undefined || outcome.status === "infeasible") {
    throw new NoPlanError(`plan: infeasible, nothing to export (${outcome?.reason ?? "not solved"})`);
  }
  return outcome;
}
