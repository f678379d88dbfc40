import { readJson } from "../../core/check-value.js";
import { parseInteger } from "../../core/written-values.js";
import { type AnsweredPlan, answerAsJson, answerQuestion } from "../../fleet/answered-plan.js";
import { fleetOf } from "../../fleet/fleet.js";
import { askedQuestion } from "../../fleet/written-question.js";
import { UNNAMED_WORKLOAD } from "../../plan/answer/plan-outcome.js";
import { frontAsJson, POINTS } from "../../plan/explore/pareto-front.js";
import { deviceEntries } from "../../plan/question/device-entries.js";
import { deviceFileSchema } from "../../plan/question/device-entry.js";
import { DEFAULT_GAP } from "../../plan/solve/solve-limits.js";
import type { PlannerState } from "./planner-state.js";
import { abandonSolvers, allowSolvers } from "./start-thread.js";

/** As long as `batchwise plan` searches by itself. */
export const LIMIT_MS = 10_000;

/** A state's answer, or what is wrong with it. */
export type PageAnswer =
  | { readonly answered: AnsweredPlan; readonly json: string; readonly deviceFile: string; readonly tookMs: number }
  | { readonly refused: string };

/**
 * Answers as `batchwise plan --json` does with the same device file.
 *
 * @throws Error but what a user can mend
 */
export async function answerTo({ planClass, question }: PlannerState, deviceFile: string): Promise<PageAnswer> {
  const begin = performance.now();
  const points = question.pareto === undefined ? undefined : parseInteger("--pareto", question.pareto, POINTS);
  const { workloads, question: asked } = askedQuestion(planClass, question);
  const entries = deviceEntries(readJson(deviceFile, "devices", deviceFileSchema).devices, "devices");
  const fleet = fleetOf(entries, { workloads: workloads.length === 0 ? [UNNAMED_WORKLOAD] : workloads });
  const answered = await answerQuestion({ ...asked, fleet }, { limitMs: LIMIT_MS, gap: DEFAULT_GAP }, points);
  const { plan, binding, front } = answered;
  const json = `${JSON.stringify(answerAsJson(plan, binding, front && { pareto: frontAsJson(front) }), null, 2)}\n`;
  return { answered, json, deviceFile, tookMs: performance.now() - begin };
}

/** How what answers a question learns whether it is still asked. */
export interface Attention {
  isNewest(): boolean;
  /** Whether no newer question came within a time; tells as soon as one comes. */
  lasts(ms: number): Promise<boolean>;
}

/** Answers one question at a time: a newer one ends the search for the answer of the one before it. */
export function latestOnly<Question>(
  answer: (question: Question, attention: Attention) => Promise<void>,
): (question: Question) => void {
  let newest: { readonly question: Question } | undefined;
  let isRunning = false;
  let interrupt: () => void = () => undefined;
  const isNewest = () => newest === undefined;
  const attention: Attention = {
    isNewest,
    lasts: async (ms) => {
      if (!isNewest()) return false;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        interrupt = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      return isNewest();
    },
  };
  const run = async () => {
    isRunning = true;
    for (let asked = newest; asked !== undefined; asked = newest) {
      newest = undefined;
      allowSolvers();
      await answer(asked.question, attention);
    }
    isRunning = false;
  };
  return (question) => {
    newest = { question };
    if (!isRunning) void run();
    else {
      abandonSolvers();
      interrupt();
    }
  };
}
