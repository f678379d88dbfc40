import { type SeededRandom, seededRandom } from "../../src/core/seeded-random.js";
import type { DecisionQuestion } from "../../src/decide/decision-question.js";
import type { ReplayedDevice } from "./device.js";

const INDIFFERENCE = 0.02;
/** How many mini-batches fit behind the first one, of the mini-batch size 16 or the largest. */
const FURTHER = { least: 3, most: 100 };
const DEVICES = { least: 2, most: 20 };

/** A question with what is true of every mini-batch size that may answer it. */
export interface ReplayedQuestion {
  readonly question: DecisionQuestion;
  /** Images that one device classifies in the time, in whole mini-batches, as the mean over processes. */
  readonly trueCapacity: ReadonlyMap<number, number>;
}

/** A random question to a device: as many images as possible in a time, or the fewest devices for some. */
export function randomQuestion(
  device: ReplayedDevice,
  objective: DecisionQuestion["objective"],
  seed: number,
): ReplayedQuestion {
  const random = seededRandom(seed, `decide question ${device.name} ${objective}`);
  const middle = device.truths.findLast(({ miniBatchSize }) => miniBatchSize <= 16) ?? device.truths[0];
  const typical = middle?.typical ?? { latencyMs: Number.NaN, firstMs: Number.NaN };
  const timeMs = typical.firstMs + logUniform(random, FURTHER) * typical.latencyMs;
  const trueCapacity = new Map(device.truths.map((truth) => [truth.miniBatchSize, truth.capacityIn(timeMs)]));
  const most = Math.max(...trueCapacity.values());
  const images = Math.max(1, Math.floor(most * (logUniform(random, DEVICES) - random.uniform())));
  return {
    question: {
      objective,
      timeMs,
      images: objective === "devices" ? images : 0,
      maxUses: Number.POSITIVE_INFINITY,
      maxLatencyMs: Number.POSITIVE_INFINITY,
      indifference: INDIFFERENCE,
    },
    trueCapacity,
  };
}

function logUniform(random: SeededRandom, { least, most }: { readonly least: number; readonly most: number }): number {
  return least * (most / least) ** random.uniform();
}
