import { join } from "node:path";
import { Command } from "commander";
import { parseNumber } from "../../src/core/units.js";
import { UserError } from "../../src/core/user-error.js";
import { readTrials } from "../../src/dataset/read-trials.js";
import { answerAsJson, bindingLine, limitsThatBind } from "../../src/fleet/answered-plan.js";
import type { Fleet } from "../../src/fleet/fleet.js";
import { fleetProblem } from "../../src/fleet/fleet-question.js";
import { isLeastForMost, notesOn, settledPlan, timesOf } from "../../src/fleet/plan-fleet.js";
import { askedQuestion, type WrittenQuestion } from "../../src/fleet/written-question.js";
import { PLAN_CLASSES, type PlanClass } from "../../src/plan/answer/plan-document.js";
import type { PlanOutcome } from "../../src/plan/answer/plan-outcome.js";
import type { PlanProblem } from "../../src/plan/question/plan-problem.js";
import { startClock } from "../../src/plan/solve/clock.js";
import { parsePositive, parseTimeMs } from "../arguments.js";
import { EXIT_INFEASIBLE } from "../exit-codes.js";
import { askedExtras, requireExtras } from "../plan/asked-extras.js";
import { type DeviceFlags, readFleet } from "../plan/plan-devices.js";
import { exportPlan } from "../plan/plan-export.js";
import { NO_EXTRAS, planExtras } from "../plan/plan-extras.js";
import { planLines } from "../plan/plan-lines.js";
import { withPlanOptions } from "../plan/plan-options.js";
import type { ServingFlags } from "../plan/served-model.js";
import { withHelp } from "../terminal/command-help.js";
import { printResult, tell } from "../terminal/terminal.js";
import { trialCautionLines } from "../terminal/trial-caution-lines.js";

interface OutputFlags extends WrittenQuestion, DeviceFlags, ServingFlags {
  readonly timeLimit: string;
  readonly gap: string;
  readonly sensitivity?: boolean;
  readonly uncertainty?: string;
  readonly pareto?: string;
  readonly export?: string;
  readonly formulation: string;
  readonly figures?: string;
  readonly json?: boolean;
}

/** `batchwise plan`: the study's models and their extensions, over measured or given functions. */
export function planCommand(): Command {
  const plan = new Command("plan").description(
    "choose mini-batch sizes and devices; exits with 3 where there is no plan",
  );
  for (const planClass of PLAN_CLASSES) {
    withPlanOptions(plan.command(planClass), planClass).action((folder: string | undefined, flags: OutputFlags) =>
      answer(planClass, folder, flags),
    );
  }
  return withHelp(plan, "docs/plans.md", [
    "plan soft data/reference-cpu --images 10000 --deadline 10s --devices 32",
    "plan relaxed data/reference-cpu --budget 10s --devices 4",
  ]);
}

async function answer(planClass: PlanClass, folder: string | undefined, flags: OutputFlags): Promise<void> {
  const extras = askedExtras(flags);
  const options = { limitMs: parseLimitMs(flags.timeLimit), gap: parseGap(flags.gap) };
  const clock = startClock(options.limitMs);
  const { workloads, question } = askedQuestion(planClass, flags);
  const fleet = readFleet(folder, flags, workloads);
  const first = fleetProblem({ ...question, fleet });
  requireExtras(extras, first.problem, fleet);
  const printNotes = (notes: readonly string[]) => tell(...notes.map((note) => `note: ${note}`));
  if (flags.export === "lp" || flags.export === "mps") {
    // It takes a plan to know how many images the program of a relaxed plan with a price is about, and how many devices
    // a confidence is of.
    const needsPlan = isLeastForMost(first) || question.confidence !== undefined;
    const settled = needsPlan ? await settledPlan(first, options) : undefined;
    const program = await exportPlan(flags, settled?.plan.problem ?? first.problem, undefined, fleet.sources);
    printNotes(notesOn(settled?.asked ?? first));
    process.stdout.write(program);
    return;
  }
  const { asked, plan } = await settledPlan(first, options);
  const { problem, outcome, notes } = plan;
  printNotes(notes);
  if (flags.export !== undefined) {
    process.stdout.write(await exportPlan(flags, problem, outcome, fleet.sources));
    return;
  }
  const explained = asked.nothingWithinLatency
    ? NO_EXTRAS
    : await planExtras({ asked: extras, problem, outcome, resampledTypes: asked.resampled, options });
  const figures = flags.figures === undefined ? [] : await drawn(flags.figures, plan, fleet.latencyError?.());
  const binding = await limitsThatBind({ asked, plan }, options, clock);
  const json = () => answerAsJson(plan, binding, { ...explained.json, ...(figures.length > 0 && { figures }) });
  printResult(flags.json, json, () => [
    ...planLines(outcome, problem.objective, timesOf(asked.question)),
    ...explained.lines,
    ...figures,
    ...binding.map(bindingLine),
  ]);
  if (!flags.json) printNotes(trialCautionsOf(fleet));
  if (outcome.status === "infeasible") process.exitCode = EXIT_INFEASIBLE;
}

/** Of the trials that a plan's functions come from: of each dataset a line, with its folder where there are several. */
function trialCautionsOf({ sources }: Fleet): string[] {
  const folders = [...new Set(sources.flatMap(({ dataset }) => dataset ?? []))];
  return folders.flatMap((folder) =>
    trialCautionLines(readTrials(folder)).map((line) => (folders.length > 1 ? `${folder}: ${line}` : line)),
  );
}

/** What draws takes longer to load than most plans take to solve. */
async function drawn(
  target: string,
  { problem, outcome }: { readonly problem: PlanProblem; readonly outcome: PlanOutcome },
  error: number | undefined,
): Promise<string[]> {
  const { figuresOfPlan } = await import("../../src/figures/figures-of-plan.js");
  const { planLatexTable } = await import("../../src/figures/latex-tables.js");
  const { writeFigures, writeTables } = await import("../../src/figures/write-figures.js");
  const files = await writeFigures(figuresOfPlan({ problem, outcome, ...(error !== undefined && { error }) }), target);
  const table = planLatexTable(outcome);
  return table === undefined ? files : [...files, ...writeTables([table], join(target, "tables"))];
}

const LONGEST_SEARCH_S = 86_400;

/** A time to search, in seconds or with a unit. */
function parseLimitMs(text: string): number {
  const seconds = parseNumber(text) ?? parseTimeMs("--time-limit", text) / 1000;
  return 1000 * parsePositive("--time-limit", `${seconds}`, LONGEST_SEARCH_S);
}

function parseGap(text: string): number {
  const gap = parseNumber(text);
  if (gap === undefined || !(gap >= 0 && gap < 1)) {
    throw new UserError(`--gap ${JSON.stringify(text)}: allowed are numbers from 0 to below 1`);
  }
  return gap;
}
