import { counted } from "../../src/core/counted.js";
import type { PlanOutcome } from "../../src/plan/answer/plan-outcome.js";
import { frontAsJson, frontTable, paretoFront } from "../../src/plan/explore/pareto-front.js";
import { limitedBy, sensitivityOf } from "../../src/plan/explore/sensitivity.js";
import { planUnderResamples } from "../../src/plan/explore/uncertainty.js";
import type { PlanOptions } from "../../src/plan/plan.js";
import type { PlanProblem } from "../../src/plan/question/plan-problem.js";
import { tableOf } from "../terminal/terminal.js";
import type { AskedExtras } from "./asked-extras.js";

/** What was asked on top of a plan, for people and for programs. */
export interface PlanExtras {
  readonly lines: readonly string[];
  readonly json: Readonly<Record<string, unknown>>;
}

export const NO_EXTRAS: PlanExtras = { lines: [], json: {} };

/** A question with its answer, and what is asked on top of it. */
export interface AnsweredQuestion {
  readonly asked: AskedExtras;
  readonly problem: PlanProblem;
  readonly outcome: PlanOutcome;
  /** The types with the functions of one resample. */
  readonly resampledTypes: (resample: number) => PlanProblem["types"];
  readonly options: PlanOptions;
}

/** Sensitivity, uncertainty and the front of cost against finish time, each where it was asked for. */
export async function planExtras(answered: AnsweredQuestion): Promise<PlanExtras> {
  const extras = [await sensitivityExtra(answered), await uncertaintyExtra(answered), await frontExtra(answered)];
  const lines = extras.flatMap((extra) => extra.lines);
  return {
    lines: lines.length > 0 ? ["", ...lines] : [],
    json: Object.assign({}, ...extras.map(({ json }) => json)),
  };
}

async function sensitivityExtra({ asked, problem, outcome, options }: AnsweredQuestion): Promise<PlanExtras> {
  if (!asked.sensitivity || outcome.status === "infeasible") return NO_EXTRAS;
  const sensitivity = await sensitivityOf(problem, outcome, options);
  const { binding, relaxations, notLookedAt = 0 } = sensitivity;
  return {
    lines: [
      limitedBy(binding),
      ...relaxations.map(({ change, buys }) => `${change}: ${buys}`),
      ...(notLookedAt > 0 ? [`the time limit ended it: ${counted(notLookedAt, "more change")} not tried`] : []),
    ],
    json: { sensitivity },
  };
}

async function uncertaintyExtra({ asked, problem, resampledTypes, options }: AnsweredQuestion): Promise<PlanExtras> {
  const { resamples } = asked;
  if (resamples === undefined) return NO_EXTRAS;
  const uncertainty = await planUnderResamples(problem, resampledTypes, resamples, options);
  const { low, high, feasible, resamples: solved } = uncertainty;
  const range = low === undefined || high === undefined ? "none has a plan" : `90 % of resamples: ${low} to ${high}`;
  const share = `${Math.round(100 * feasible)} % of ${counted(solved, "resample")} with a plan`;
  return {
    lines: [
      `${problem.objective} (${range}; ${share})`,
      ...(solved < resamples ? [`the time limit ended it: ${solved} of ${counted(resamples, "resample")} solved`] : []),
    ],
    json: { uncertainty },
  };
}

async function frontExtra({ asked, problem, options }: AnsweredQuestion): Promise<PlanExtras> {
  const { points } = asked;
  const { timeUs } = problem;
  if (points === undefined || timeUs === "none") return NO_EXTRAS;
  const front = await paretoFront({ ...problem, timeUs }, points, options);
  const { looked } = front;
  return {
    lines: [
      "",
      front.points.length === 0 ? "no deadline was found to have a plan" : tableOf(frontTable(front)),
      ...(looked < points
        ? [`the time limit ended the front: ${looked} of ${counted(points, "deadline")} looked at`]
        : []),
    ],
    json: { pareto: frontAsJson(front) },
  };
}
