import { seededRandom } from "../../src/core/seeded-random.js";
import { median, sorted } from "../../src/core/statistics.js";
import { StoppingWatch } from "../../src/measure/stopping.js";
import {
  type CorrelatedWorld,
  correlatedLatencies,
  inferencesOfOracle,
  trueMedianMs,
} from "../../test/worlds/correlated-latencies.js";

const HALF_WIDTH = 0.01;
const MOST_INFERENCES = 50_000;

/** How trials end that stop by the interval of their median, in one world. */
export interface StoppingOutcome {
  readonly world: CorrelatedWorld;
  /** Share of trials whose median is within ±1 % of the true one when they stop. */
  readonly coverage: number;
  readonly meanInferences: number;
  /**
   * Over the number that an oracle takes, or over the least number where that is more. NaN where the world is not
   * normal.
   */
  readonly overOracle: number;
}

/** Lets `trials` trials of a world run until they stop. */
export function stoppingIn(world: CorrelatedWorld, trials: number, seed = 1): StoppingOutcome {
  const rule = {
    min_inferences: 10,
    max_inferences: MOST_INFERENCES,
    max_steady_ms: Number.POSITIVE_INFINITY,
    relative_half_width: HALF_WIDTH,
  };
  let [covered, total] = [0, 0];
  for (let trial = 0; trial < trials; trial++) {
    const next = correlatedLatencies(world, seededRandom(seed, `trial ${trial}`));
    const watch = new StoppingWatch(rule);
    const latencies: number[] = [];
    do latencies.push(next());
    while (watch.add(latencies.at(-1) ?? 0) === undefined);
    covered += Number(Math.abs(median(sorted(latencies)) / trueMedianMs(world) - 1) <= HALF_WIDTH);
    total += latencies.length;
  }
  return {
    world,
    coverage: covered / trials,
    meanInferences: total / trials,
    overOracle: overOracle(world, total / trials),
  };
}

function overOracle(world: CorrelatedWorld, inferences: number): number {
  return world.kind === "normal" ? inferences / Math.max(64, inferencesOfOracle(world, HALF_WIDTH)) : Number.NaN;
}

const KINDS = ["normal", "heavy", "interrupted"] as const;
const CORRELATIONS = [0, 0.5, 0.8, 0.95];

/** A table in Markdown, a world a line. */
export function* stoppingTable(trials: number, seed: number): Generator<string> {
  yield "| inferences | autocorrelation | deviation | within ±1 % | inferences until then | over an oracle's |";
  yield "|---|---|---|---|---|---|";
  for (const kind of KINDS) {
    for (const correlation of CORRELATIONS) {
      for (const deviation of [0.02, 0.05]) {
        const { coverage, meanInferences, overOracle } = stoppingIn({ kind, correlation, deviation }, trials, seed);
        const cells = [
          kind,
          correlation,
          `${100 * deviation} %`,
          `${(100 * coverage).toFixed(1)} %`,
          meanInferences.toFixed(0),
          Number.isNaN(overOracle) ? "" : overOracle.toFixed(2),
        ];
        yield `| ${cells.join(" | ")} |`;
      }
    }
  }
}
