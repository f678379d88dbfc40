import type { SeededRandom } from "../../src/core/seeded-random.js";

/** Steady inferences of one process, of which each resembles the one before. */
export interface CorrelatedWorld {
  /** Lag-1 autocorrelation of what moves slowly. */
  readonly correlation: number;
  /** Relative standard deviation of what is not interrupted. */
  readonly deviation: number;
  /** `normal`; `heavy`: Student's t with 3 degrees; `interrupted`: one in twenty takes half as long again, or more. */
  readonly kind: "normal" | "heavy" | "interrupted";
}

const INTERRUPTED = 0.05;
/** The normal quantile at ½ / 0.95: where half of all are below, the interrupted ones above. */
const MEDIAN_BESIDE_INTERRUPTED = 0.06601;

/** The true median of a world's latencies in ms. */
export function trueMedianMs({ kind, deviation }: CorrelatedWorld): number {
  return 10 * (1 + (kind === "interrupted" ? deviation * MEDIAN_BESIDE_INTERRUPTED : 0));
}

/** An endless series of latencies in ms. */
export function correlatedLatencies(
  { correlation, deviation, kind }: CorrelatedWorld,
  random: SeededRandom,
): () => number {
  // A mixture over χ² of three degrees makes a normal series one with Student's tails; its scale moves as slowly.
  const series = Array.from({ length: 4 }, () => autoregressive(correlation, random));
  return () => {
    const [value = 0, ...others] = series.map((next) => next());
    if (kind === "heavy") {
      const chiSquare = others.reduce((sum, other) => sum + other ** 2, 0);
      return 10 * (1 + (deviation * value) / Math.sqrt(chiSquare / 3) / Math.sqrt(3));
    }
    const interruption = kind === "interrupted" && random.uniform() < INTERRUPTED ? 1.5 + random.uniform() : 1;
    return 10 * (1 + deviation * value) * interruption;
  };
}

function autoregressive(correlation: number, random: SeededRandom): () => number {
  let value = random.normal();
  return () => {
    value = correlation * value + Math.sqrt(1 - correlation ** 2) * random.normal();
    return value;
  };
}

/**
 * How many inferences an oracle takes that knows the world: then the median of normal ones is within ± the half width
 * with 95 %. Source: the variance of the median, π/2 · σ²/n, times 1 + 2 Σ (2/π)·arcsin of the autocorrelations.
 */
export function inferencesOfOracle({ correlation, deviation }: CorrelatedWorld, relativeHalfWidth: number): number {
  const atLags = Array.from({ length: 5000 }, (_, lag) => Math.asin(correlation ** (lag + 1)));
  const inflation = 1 + (4 / Math.PI) * atLags.reduce((sum, value) => sum + value, 0);
  return ((1.959964 * deviation) / relativeHalfWidth) ** 2 * (Math.PI / 2) * inflation;
}
