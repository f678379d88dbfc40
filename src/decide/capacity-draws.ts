import { probit } from "simple-statistics";
import { onceForEach } from "../core/once-for-each.js";
import { seededRandom } from "../core/seeded-random.js";
import type { CellEvidence } from "./cell-evidence.js";
import { type DecisionQuestion, worthOf } from "./decision-question.js";

/** So many draws of what the devices may be like. */
export const DRAWS = 256;
/**
 * How processes differ before any was repeated: the standard deviations of ln latency and of ln first inference, which
 * count as much as so many repetitions.
 */
const EXPECTED = { latency: 0.1, first: 0.15, repetitions: 6 };
/** What the processes of all mini-batch sizes show counts for those of one as so many repetitions. */
const FROM_OTHERS = 6;

/** What a device may classify in the time by each mini-batch size that ran, or per kilojoule. */
export interface CapacityDraws {
  readonly miniBatchSizes: readonly number[];
  /** By mini-batch size, then by draw. */
  readonly capacities: readonly Float64Array[];
  /** Standard deviation of ln latency between processes, the typical one of the draws. */
  readonly deviation: number;
}

/**
 * Draws from the posterior of the capacities: the noise between processes from its scaled inverse χ², pooled over
 * mini-batch sizes, from that the noise at each, then the means of the logarithms of latency and first inference, and
 * what goes with the pulse, from their normal distributions. The same seed has the same random numbers whatever was
 * measured, so that an answer changes by evidence alone.
 */
export function drawCapacities(
  cells: readonly CellEvidence[],
  question: DecisionQuestion,
  seed: number,
): CapacityDraws {
  const { maxLatencyShare } = question;
  const repeated = cells.reduce((sum, { processes }) => sum + processes - 1, 0);
  const degrees = EXPECTED.repetitions + repeated;
  const spread = (expected: number, squares: (cell: CellEvidence) => number) =>
    EXPECTED.repetitions * expected ** 2 + cells.reduce((sum, cell) => sum + squares(cell), 0);
  const ofLatency = spread(EXPECTED.latency, ({ latencySquares }) => latencySquares);
  const ofFirst = spread(EXPECTED.first, ({ firstSquares }) => firstSquares);
  const noise = noiseOf(seed);
  const latencyNoise = noise("latency noise").map((z) => Math.sqrt(ofLatency / chiSquareAt(z, degrees)));
  const firstNoise = noise("first noise").map((z) => Math.sqrt(ofFirst / chiSquareAt(z, degrees)));
  const [latencySlope, firstSlope] = [noise("latency slope"), noise("first slope")];
  const held = maxLatencyShare === undefined ? 0 : probit(maxLatencyShare);
  const capacities = cells.map((cell) => {
    const { miniBatchSize, processes, meanLogLatency, meanLogFirst } = cell;
    const ofLatencies = noiseAt(latencyNoise, cell.latencySquares, processes, noise(`latency noise ${miniBatchSize}`));
    const ofFirsts = noiseAt(firstNoise, cell.firstSquares, processes, noise(`first noise ${miniBatchSize}`));
    const latencies = noise(`latency ${miniBatchSize}`);
    const firsts = noise(`first ${miniBatchSize}`);
    const error = 1 / Math.sqrt(processes);
    return Float64Array.from(latencies, (z, draw) => {
      const ofProcess = ofLatencies[draw] ?? 0;
      const logLatency = meanLogLatency + ofProcess * z * error + (latencySlope[draw] ?? 0) * cell.latencyShift;
      const logFirst = meanLogFirst + (ofFirsts[draw] ?? 0) * (firsts[draw] ?? 0) * error;
      return worthOf(question, miniBatchSize, {
        latencyMs: Math.exp(logLatency),
        firstMs: Math.exp(logFirst + (firstSlope[draw] ?? 0) * cell.firstShift),
        heldLatencyMs: Math.exp(logLatency + ofProcess * held),
      });
    });
  });
  return {
    miniBatchSizes: cells.map(({ miniBatchSize }) => miniBatchSize),
    capacities,
    deviation: Math.sqrt(ofLatency / degrees),
  };
}

/**
 * The noise at one mini-batch size: as between all processes, and more or less so as its own show. A noise that is the
 * same at all would take the few processes of one, of which a slow one is yet to come, for known too well.
 *
 * @param pooled standard deviations between processes, by draw
 * @param squares of its own processes around their mean
 */
function noiseAt(pooled: Float64Array, squares: number, processes: number, normals: Float64Array): Float64Array {
  return pooled.map((deviation, draw) => {
    const degrees = FROM_OTHERS + processes - 1;
    return Math.sqrt((FROM_OTHERS * deviation ** 2 + squares) / chiSquareAt(normals[draw] ?? 0, degrees));
  });
}

/** Standard normal values of a seed, by what they are of. */
const noiseOf = onceForEach((seed: number) =>
  onceForEach((stream: string) => {
    const random = seededRandom(seed, `decide ${stream}`);
    return Float64Array.from({ length: DRAWS }, () => random.normal());
  }),
);

/**
 * The value of χ² that a standard normal value stands for.
 *
 * Source: Wilson and Hilferty, The distribution of chi-square, 1931; within 1 % from six degrees.
 */
function chiSquareAt(z: number, degrees: number): number {
  const ninth = 2 / (9 * degrees);
  return degrees * Math.max(0.05, 1 - ninth + z * Math.sqrt(ninth)) ** 3;
}
