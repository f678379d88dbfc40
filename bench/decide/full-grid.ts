import { seededRandom } from "../../src/core/seeded-random.js";
import { evidenceOf } from "../../src/decide/cell-evidence.js";
import type { DecisionQuestion } from "../../src/decide/decision-question.js";
import type { ProcessOutcome } from "../../src/decide/process-outcome.js";
import type { Choice, Replay } from "./method.js";
import { wholeCapacity } from "./whole-capacity.js";

/** The grid at the question's own input size, in rounds of random order; the best by the means of each cell. */
export function fullGrid({ device, question, seed }: Replay, stream: string): Choice {
  const machine = device.start(`${stream} ${seed}`, "full");
  const random = seededRandom(seed, `decide grid ${stream}`);
  const outcomes: ProcessOutcome[] = [];
  let end = Number.POSITIVE_INFINITY;
  for (let trial = 0; trial < device.trials; trial++) {
    for (const size of random.shuffle(device.miniBatchSizes).filter((size) => size < end)) {
      const outcome = machine.run(size);
      if (outcome.status === "ran out of memory") end = Math.min(end, size);
      outcomes.push(outcome);
    }
  }
  return { miniBatchSize: bestByMeans(outcomes, question), decided: false, outcomes };
}

/** The mini-batch size of the largest capacity in whole mini-batches by what is typical of each. */
export function bestByMeans(outcomes: readonly ProcessOutcome[], { timeMs }: DecisionQuestion): number {
  let [best, most] = [1, -1];
  for (const { miniBatchSize, meanLogLatency, meanLogFirst } of evidenceOf(outcomes).cells) {
    const typical = { latencyMs: Math.exp(meanLogLatency), firstMs: Math.exp(meanLogFirst) };
    const capacity = wholeCapacity(miniBatchSize, typical, timeMs);
    if (capacity > most) [best, most] = [miniBatchSize, capacity];
  }
  return best;
}
