import { counted } from "../../src/core/counted.js";
import { formatDuration } from "../../src/core/units.js";
import { UserError } from "../../src/core/user-error.js";
import { PART_FORMATS } from "../../src/dataset/part.js";
import { claimsChooser, judgeOf } from "../../src/decide/claims-chooser.js";
import type { Step } from "../../src/decide/next-process.js";
import { planChooser } from "../../src/decide/plan-chooser.js";
import { precisionChooser } from "../../src/decide/precision-chooser.js";
import { standingIn } from "../../src/decide/standing-in.js";
import type { UntilChooser, UntilEnd } from "../../src/decide/until-chooser.js";
import type { Design } from "../../src/design/design.js";
import { estimateSweepMs } from "../../src/design/estimate.js";
import type { OnlySize } from "../../src/fleet/only-sizes.js";
import { runSweep } from "../../src/measure/sweep.js";
import { parseName, parseTimeMs } from "../arguments.js";
import { EXIT_INFEASIBLE, EXIT_INTERRUPTED, EXIT_UNDECIDED } from "../exit-codes.js";
import { sweepAsJson, sweepLines } from "../terminal/sweep-lines.js";
import { withProgress } from "../terminal/sweep-progress.js";
import { printResult } from "../terminal/terminal.js";
import { type PlanAt, planAt } from "./plan-at.js";
import { type PlacedGoal, planGoalOf } from "./plan-goal.js";
import { parsePercent, parseUntil, type UntilGoal } from "./until-goal.js";
import { showUntil } from "./until-progress.js";

const DEFAULT_INDIFFERENCE = "2%";
/** Of the estimated time of the whole design. */
const MOST_BUDGET_PERCENT = 10_000;
/** The same, for a plan. */
const DEFAULT_BUDGET_SHARE = 0.09;
/** Of a small design that share would be over before every candidate was measured once. */
const LEAST_DEFAULT_BUDGET_MS = 60_000;

/** What a sweep that measures until something is known is told. */
export interface UntilFlags {
  readonly until: string;
  readonly indifference?: string;
  readonly budget?: string;
  readonly out: string;
  readonly resume: boolean;
  readonly format: string;
  readonly processNames?: boolean;
  readonly json?: boolean;
  readonly retry?: string;
  readonly again?: string;
  readonly shard?: string;
  readonly against?: string;
  readonly againstOut?: string;
}

/** @throws UserError if options are given that only `--until` uses */
export function requireNoneUntil({ indifference, budget }: Omit<UntilFlags, "until">): void {
  if (indifference !== undefined) throw new UserError("--indifference: only with --until plan");
  if (budget !== undefined) throw new UserError("--budget: only with --until");
}

/** Measures until something is known, and tells how it ended; of a plan the plan itself. */
export async function sweepUntil(design: Design, flags: UntilFlags): Promise<void> {
  requireAlone(flags);
  const { out, resume, json, processNames = false } = flags;
  const goal = parseUntil(flags.until);
  const { chooser, found } = chosenBy(design, goal, flags);
  const format = parseName("--format", PART_FORMATS, flags.format);
  const summary = await withProgress(
    (progress) => runSweep({ design, folder: out, resume, format, processNames, chooser, ...progress }),
    showUntil(goal.text, design.devices.length > 1),
  );
  const end = chooser.end();
  const sizes = found?.() ?? [];
  const isAny = sizes.some(({ miniBatchSize }) => miniBatchSize !== undefined);
  const plan = goal.kind === "plan" && isAny ? await planAt(out, goal.asked, sizes) : undefined;
  printResult(
    json,
    () => ({ ...sweepAsJson(summary), until: endAsJson(goal, end), ...(plan && { plan: plan.json }) }),
    () => [...sweepLines(summary), "", ...end.sentences, spentLine(end), ...(plan ? ["", ...plan.lines] : [])],
  );
  process.exitCode = exitCodeOf(summary.complete, end, plan);
}

/** What chooses the trials, and the mini-batch sizes that it found, where these are asked for. */
function chosenBy(
  design: Design,
  goal: UntilGoal,
  { indifference, budget, out: folder }: UntilFlags,
): { readonly chooser: UntilChooser; found?(): readonly OnlySize[] } {
  const { text } = goal;
  if (goal.kind !== "plan" && indifference !== undefined) throw new UserError("--indifference: only with --until plan");
  const budgetMs = budget === undefined ? defaultBudgetMs(design, goal) : parseBudget(design, budget);
  switch (goal.kind) {
    case "precision":
      return { chooser: precisionChooser(design, { text, halfWidth: goal.halfWidth, budgetMs }) };
    case "claims":
      return { chooser: claimsChooser(design, { text, judge: judgeOf(folder), budgetMs }) };
    case "plan": {
      const share = parsePercent("--indifference", indifference ?? DEFAULT_INDIFFERENCE);
      const placed = planGoalOf(design, goal, { folder, indifference: share, budgetMs });
      const chooser = planChooser(design, placed.goal);
      return { chooser, found: () => leadersAt(placed, chooser.steps()) };
    }
  }
}

/** The answers so far, at their places in the fleet. */
function leadersAt({ places }: PlacedGoal, steps: readonly Step[]): OnlySize[] {
  return steps.flatMap((step, part) => {
    const miniBatchSize = standingIn(step)?.leader;
    return (places[part] ?? []).map((place) => ({ ...place, miniBatchSize }));
  });
}

/** Infinite for what has none unless it is given. */
function defaultBudgetMs(design: Design, { kind }: UntilGoal): number {
  if (kind !== "plan") return Number.POSITIVE_INFINITY;
  return Math.max(LEAST_DEFAULT_BUDGET_MS, DEFAULT_BUDGET_SHARE * estimateSweepMs(design));
}

/** A time, or a share of what the whole design is estimated to take. */
function parseBudget(design: Design, text: string): number {
  if (text.trim().endsWith("%")) return parsePercent("--budget", text, MOST_BUDGET_PERCENT) * estimateSweepMs(design);
  return parseTimeMs("--budget", text);
}

function spentLine({ trials, spentMs }: UntilEnd): string {
  return `${counted(trials, "trial")} of its own, in ${formatDuration(spentMs)}`;
}

function endAsJson({ text }: UntilGoal, end: UntilEnd) {
  return {
    question: text,
    decided: end.isDecided,
    ...end.figures,
    trials: end.trials,
    spent_ms: end.spentMs,
    sentences: end.sentences,
  };
}

function exitCodeOf(complete: boolean, { isDecided }: UntilEnd, plan: PlanAt | undefined): number {
  if (!complete) return EXIT_INTERRUPTED;
  if (!isDecided || plan?.answer === "not yet") return EXIT_UNDECIDED;
  return plan?.answer === "none" ? EXIT_INFEASIBLE : 0;
}

function requireAlone({ retry, again, shard, against, againstOut }: UntilFlags): void {
  const other = Object.entries({
    "--retry": retry,
    "--again": again,
    "--shard": shard,
    "--against": against,
    "--against-out": againstOut,
  });
  const given = other.find(([, value]) => value !== undefined);
  if (given !== undefined) throw new UserError(`--until: not with ${given[0]}, which says itself what is measured`);
}
