import { isAsGood } from "../../src/decide/decision-question.js";
import { fullGrid } from "./full-grid.js";
import type { Choice, Method, Replay } from "./method.js";
import { isKept } from "./promise.js";
import type { ReplayCase } from "./replayed-questions.js";

/** Of the full grid's estimated time. */
export const BUDGET = 0.09;
/** A method is as good as the full grid if it loses no more than this above what the grid loses. */
const WITHIN = 0.02;

/** How a method did over many questions. Shares are between 0 and 1. */
export interface JudgedMethod {
  readonly questions: number;
  /** Of the time of the full grid over all input sizes, and of its part at the question's own: means, and the worst. */
  readonly timeOfGrid: number;
  readonly mostOfGrid: number;
  readonly timeOfOwnSize: number;
  readonly processes: number;
  /** Within 2 % of the capacity of the full grid's answer. */
  readonly within: number;
  /** What of the best plan's capacity is lost in the mean, and at most. */
  readonly regret: number;
  readonly worstRegret: number;
  readonly decided: number;
  /** Of those decided: no other candidate is truly better by more than the indifference. */
  readonly right: number;
  /** Of plans that promise their times with 95 %; not a number where none was asked. */
  readonly kept: number;
  readonly promises: number;
}

/** @param mostPromises of so many questions plans are made and executed */
export async function judgeMethod(
  cases: readonly ReplayCase[],
  method: Method,
  mostPromises = 0,
): Promise<JudgedMethod> {
  const sums = { ofGrid: 0, ofOwn: 0, processes: 0, within: 0, regret: 0, decided: 0, right: 0, kept: 0, promises: 0 };
  let [mostOfGrid, worstRegret] = [0, 0];
  for (const [index, asked] of cases.entries()) {
    const { device, question, trueCapacity, seed } = asked;
    const replay: Replay = { device, question, budgetMs: BUDGET * device.gridMs, seed };
    const best = Math.max(...trueCapacity.values());
    const regretOf = ({ miniBatchSize }: Choice) => 1 - (trueCapacity.get(miniBatchSize) ?? 0) / best;
    const choice = method(replay);
    const regret = regretOf(choice);
    const spentMs = choice.outcomes.reduce((sum, { durationMs }) => sum + durationMs, 0);
    sums.ofGrid += spentMs / device.gridMs;
    sums.ofOwn += spentMs / device.ownSizeMs;
    sums.processes += choice.outcomes.length;
    sums.within += Number(regret <= regretOf(fullGrid(replay, "the grid")) + WITHIN);
    sums.regret += regret;
    mostOfGrid = Math.max(mostOfGrid, spentMs / device.gridMs);
    worstRegret = Math.max(worstRegret, regret);
    if (choice.decided) {
      sums.decided++;
      sums.right += Number(isRight(asked, choice));
    }
    const kept = index < mostPromises ? await isKept(asked, choice, device.execute(`executed ${seed}`)) : undefined;
    if (kept !== undefined) {
      sums.promises++;
      sums.kept += Number(kept);
    }
  }
  const count = cases.length;
  return {
    questions: count,
    ...{ timeOfGrid: sums.ofGrid / count, mostOfGrid, timeOfOwnSize: sums.ofOwn / count },
    ...{ processes: sums.processes / count, within: sums.within / count, regret: sums.regret / count, worstRegret },
    ...{ decided: sums.decided / count, right: sums.right / sums.decided },
    ...{ kept: sums.kept / sums.promises, promises: sums.promises },
  };
}

/** Whether no candidate, declared or tried, is truly better by more than the indifference. */
export function isRight({ device, question, trueCapacity }: ReplayCase, { miniBatchSize, outcomes }: Choice): boolean {
  const candidates = [...device.miniBatchSizes, ...outcomes.map((outcome) => outcome.miniBatchSize)];
  const most = Math.max(...candidates.map((size) => trueCapacity.get(size) ?? 0));
  return isAsGood(question, trueCapacity.get(miniBatchSize) ?? 0, most);
}
