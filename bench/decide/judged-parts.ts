import { BUDGET, isRight } from "./judged-method.js";
import type { ReplayCase } from "./replayed-questions.js";
import { untilAllDecided } from "./until-decided.js";

/** How `sweep --until` did over many questions to several devices each. Shares are between 0 and 1. */
export interface JudgedParts {
  readonly questions: number;
  /** Of the time of the full grids of all devices: the mean, and the worst. */
  readonly timeOfGrid: number;
  readonly mostOfGrid: number;
  readonly processes: number;
  /** What of the best capacity is lost, in the mean over the devices of a question: of all questions, and at most. */
  readonly regret: number;
  readonly worstRegret: number;
  /** All parts of the question, and parts. */
  readonly decided: number;
  readonly partsDecided: number;
  /** Of questions that were decided: of no part another candidate is truly better by more than the indifference. */
  readonly right: number;
}

/** @param cases in turn so many of a question */
export function judgeParts(cases: readonly ReplayCase[], parts: number): JudgedParts {
  const questions = Math.floor(cases.length / parts);
  const sums = { ofGrid: 0, processes: 0, regret: 0, decided: 0, partsDecided: 0, right: 0 };
  let [mostOfGrid, worstRegret] = [0, 0];
  for (let index = 0; index < questions; index++) {
    const asked = cases.slice(parts * index, parts * (index + 1));
    const gridMs = asked.reduce((sum, { device }) => sum + device.gridMs, 0);
    const { choices, spentMs } = untilAllDecided(asked, BUDGET * gridMs);
    const regrets = asked.map(({ trueCapacity }, part) => {
      const own = trueCapacity.get(choices[part]?.miniBatchSize ?? 0) ?? 0;
      return 1 - own / Math.max(...trueCapacity.values());
    });
    const regret = regrets.reduce((sum, one) => sum + one, 0) / parts;
    const decided = choices.filter((choice) => choice.decided).length;
    sums.ofGrid += spentMs / gridMs;
    sums.processes += choices.reduce((sum, { outcomes }) => sum + outcomes.length, 0);
    sums.regret += regret;
    sums.partsDecided += decided / parts;
    mostOfGrid = Math.max(mostOfGrid, spentMs / gridMs);
    worstRegret = Math.max(worstRegret, regret);
    if (decided < parts) continue;
    sums.decided++;
    sums.right += Number(asked.every((one, part) => choices[part] !== undefined && isRight(one, choices[part])));
  }
  return {
    questions,
    ...{ timeOfGrid: sums.ofGrid / questions, mostOfGrid, processes: sums.processes / questions },
    ...{ regret: sums.regret / questions, worstRegret, decided: sums.decided / questions },
    ...{ partsDecided: sums.partsDecided / questions, right: sums.right / sums.decided },
  };
}
