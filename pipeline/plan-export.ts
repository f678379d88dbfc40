import { UserError } from "../src/core/user-error.js";
import { configurationsOf } from "../src/plan/configuration.js";
import { toLpFormat, toMpsFormat } from "../src/plan/export-program.js";
import { toKserveServices, toTritonConfig } from "../src/plan/export-serving.js";
import { formulate } from "../src/plan/formulate.js";
import { literalFormulation } from "../src/plan/literal-formulation.js";
import type { FunctionSource } from "../src/plan/plan-document.js";
import type { PlanOutcome } from "../src/plan/plan-outcome.js";
import { answerable, type PlanProblem } from "../src/plan/plan-problem.js";

interface ExportFlags {
  readonly export?: string;
  readonly formulation: string;
  readonly modelName: string;
  readonly storageUri: string;
}

/** A problem as an integer program for any solver, or its plan as a serving configuration. */
export function exportPlan(
  flags: ExportFlags,
  problem: PlanProblem,
  outcome: PlanOutcome | undefined,
  sources: readonly FunctionSource[],
): string {
  switch (flags.export) {
    case "lp":
      return toLpFormat(programOf(flags, problem));
    case "mps":
      return toMpsFormat(programOf(flags, problem));
    case "triton":
      return toTritonConfig(...servedPlan(flags, outcome, sources));
    case "kserve":
      return toKserveServices(...servedPlan(flags, outcome, sources));
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
  const study = (objective === "devices" || objective === "images") && timeUs !== undefined;
  if (!study || workloads.length > 1 || caps !== undefined || maxSizes !== undefined || shorterLast) {
    throw new UserError(
      "--formulation literal: allowed for fewest devices and most images of one workload without caps and shorter last mini-batches",
    );
  }
  return literalFormulation(problem, configurationsOf(problem)).program;
}

function servedPlan(
  { modelName, storageUri }: ExportFlags,
  outcome: PlanOutcome | undefined,
  sources: readonly FunctionSource[],
): Parameters<typeof toTritonConfig> {
  if (outcome === undefined || outcome.status === "infeasible") {
    throw new UserError(`plan: infeasible, nothing to export (${outcome?.reason ?? "not solved"})`);
  }
  const onCpu = new Set(sources.filter(({ provider }) => provider === "cpu").map(({ type }) => type));
  return [outcome, { name: modelName, storageUri, isGpu: (type) => !onCpu.has(type) }];
}
