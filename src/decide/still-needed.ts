import type { CellEvidence } from "./cell-evidence.js";
import type { DecisionQuestion } from "./decision-question.js";
import type { Standing } from "./standing.js";

/** Of a standard normal value, 95 % are below. */
const ONE_SIDED = 1.645;

/** What it would take to tell the present answer and its challenger apart, as things stand, and to promise a plan. */
export interface StillNeeded {
  /** Further processes at both. */
  readonly processes: number;
  /** Of that and the repeats, whichever takes longer. */
  readonly timeMs: number;
  /** So many processes of repeated mini-batch sizes are missing. */
  readonly repeats: number;
  /** Whether the two seem to be as good as each other: then it takes longest to tell so. */
  readonly isNearTie: boolean;
}

/**
 * How many more processes the leader and the challenger would take until the challenger is no better than the
 * indifference with 95 %, if their means stay as they are: each (1.645 · σ √2 / distance)². They are nearly tied
 * where the means are within twice the indifference of each other.
 *
 * @param deviation of ln latency between processes
 * @param repeats so many processes of repeated mini-batch sizes are missing
 * @returns undefined where the leader has no challenger and nothing is missing
 */
export function stillNeeded(
  cells: readonly CellEvidence[],
  { leader, runnerUp }: Standing,
  deviation: number,
  { indifference }: DecisionQuestion,
  repeats: number,
): StillNeeded | undefined {
  const ofLeader = cells.find(({ miniBatchSize }) => miniBatchSize === leader);
  const repeatsMs = repeats * (ofLeader?.meanDurationMs ?? 0);
  if (runnerUp === undefined) {
    return repeats === 0 ? undefined : { processes: 0, timeMs: repeatsMs, repeats, isNearTie: false };
  }
  const distance = -Math.log1p(-indifference) - Math.min(0, runnerUp.logRatio);
  const each = Math.ceil(((ONE_SIDED * deviation * Math.SQRT2) / distance) ** 2);
  const both = cells.filter(({ miniBatchSize }) => [leader, runnerUp.miniBatchSize].includes(miniBatchSize));
  const more = both.map(({ processes, meanDurationMs }) => ({
    processes: Math.max(1, each - processes),
    meanDurationMs,
  }));
  return {
    processes: more.reduce((sum, { processes }) => sum + processes, 0),
    timeMs: Math.max(
      repeatsMs,
      more.reduce((sum, { processes, meanDurationMs }) => sum + processes * meanDurationMs, 0),
    ),
    repeats,
    isNearTie: runnerUp.logRatio > -2 * indifference,
  };
}
