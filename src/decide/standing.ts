import type { CapacityDraws } from "./capacity-draws.js";
import { type DecisionQuestion, isAsGood } from "./decision-question.js";

/** A capacity below this counts as none, so that its logarithm is a number. */
const NO_CAPACITY = 0.01;
/** What is below this is none, but for rounding. */
export const LEAST_CAPACITY = 1.001 * NO_CAPACITY;

/** How a question stands: the present answer and how sure it is. */
export interface Standing {
  /** The mini-batch size of the present answer. */
  readonly leader: number;
  /** That no other candidate is better by more than the indifference. */
  readonly probability: number;
  /** What of the capacity is lost in the mean by taking the leader, as a share. */
  readonly meanRegret: number;
  /** Images that one device classifies in the time by it, typically. */
  readonly capacity: number;
  /** The one from which most could be gained; undefined where there is no other. */
  readonly runnerUp: RunnerUp | undefined;
}

/** The candidate that may turn out to be better than the present answer. */
export interface RunnerUp {
  readonly miniBatchSize: number;
  /** Capacity over that of the present answer, typically, as a logarithm. */
  readonly logRatio: number;
  /** The mean over all draws of what it is better by, as a share. */
  readonly expectedGain: number;
}

/** @returns undefined where nothing ran */
export function standingOf(
  { miniBatchSizes, capacities }: CapacityDraws,
  question: DecisionQuestion,
): Standing | undefined {
  const meanLogs = capacities.map(meanLogOf);
  const best = meanLogs.indexOf(Math.max(...meanLogs));
  const [leader, ofLeader] = [miniBatchSizes[best], capacities[best]];
  if (leader === undefined || ofLeader === undefined) return undefined;
  let [asGood, regret] = [0, 0];
  for (const [draw, capacity] of ofLeader.entries()) {
    let most = capacity;
    for (const others of capacities) most = Math.max(most, others[draw] ?? 0);
    asGood += Number(isAsGood(question, capacity, most));
    regret += most > 0 ? 1 - capacity / most : 0;
  }
  return {
    leader,
    probability: asGood / ofLeader.length,
    meanRegret: regret / ofLeader.length,
    capacity: Math.exp(meanLogs[best] ?? 0),
    runnerUp: runnerUpOf({ miniBatchSizes, capacities }, meanLogs, best),
  };
}

function runnerUpOf(
  { miniBatchSizes, capacities }: Pick<CapacityDraws, "miniBatchSizes" | "capacities">,
  meanLogs: readonly number[],
  best: number,
): RunnerUp | undefined {
  const ofLeader = capacities[best] ?? new Float64Array();
  let found: RunnerUp | undefined;
  for (const [index, others] of capacities.entries()) {
    const miniBatchSize = miniBatchSizes[index];
    if (index === best || miniBatchSize === undefined) continue;
    let gain = 0;
    for (const [draw, capacity] of ofLeader.entries()) {
      gain += Math.max(0, (others[draw] ?? 0) / Math.max(NO_CAPACITY, capacity) - 1);
    }
    const logRatio = (meanLogs[index] ?? 0) - (meanLogs[best] ?? 0);
    const [expectedGain, most] = [gain / ofLeader.length, found?.expectedGain ?? -1];
    if (expectedGain > most || (expectedGain === most && logRatio > (found?.logRatio ?? 0))) {
      found = { miniBatchSize, logRatio, expectedGain };
    }
  }
  return found;
}

function meanLogOf(capacities: Float64Array): number {
  let sum = 0;
  for (const capacity of capacities) sum += Math.log(Math.max(NO_CAPACITY, capacity));
  return sum / capacities.length;
}
