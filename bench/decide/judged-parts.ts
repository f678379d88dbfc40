import { DECIDED, nextProcess } from "../../src/decide/next-process.js";
import { decidedEach, partToMeasure } from "../../src/decide/part-to-measure.js";
import type { ProcessOutcome } from "../../src/decide/process-outcome.js";
import { BUDGET, isRight } from "./judged-method.js";
import type { ReplayCase } from "./replayed-questions.js";

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
    const { choices, spentMs } = decideAll(asked);
    const gridMs = asked.reduce((sum, { device }) => sum + device.gridMs, 0);
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

/** What `sweep --until` does with a question of several parts. */
function decideAll(asked: readonly ReplayCase[]) {
  const budgetMs = BUDGET * asked.reduce((sum, { device }) => sum + device.gridMs, 0);
  const decidedFrom = decidedEach(DECIDED, asked.length);
  const machines = asked.map(({ device, seed }) => device.start(`until ${seed}`, "short"));
  const outcomes = asked.map((): ProcessOutcome[] => []);
  for (let spentMs = 0; ; ) {
    const steps = asked.map(({ device, question, seed }, part) =>
      nextProcess({
        ...{ question, candidates: device.miniBatchSizes, outcomes: outcomes[part] ?? [] },
        ...{ spentMs, budgetMs, leastRepeated: 0, decidedFrom, seed },
      }),
    );
    const part = partToMeasure(steps);
    const [step, machine] = part === undefined ? [] : [steps[part], machines[part]];
    if (part === undefined || step?.kind !== "measure" || machine === undefined) {
      const choices = steps.map((one, place) => ({
        miniBatchSize: one.kind === "nothing ran" || one.standing === undefined ? 1 : one.standing.leader,
        decided: one.kind === "decided",
        outcomes: outcomes[place] ?? [],
      }));
      return { choices, spentMs };
    }
    const outcome = machine.run(step.miniBatchSize);
    spentMs += outcome.durationMs;
    outcomes[part]?.push(outcome);
  }
}
