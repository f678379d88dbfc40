import { inferenceNoise } from "../../src/fit/inference-noise.js";
import { NOISE_LEVELS, type NoiseLevelName, noiseLevels } from "../../src/fit/noise-levels.js";
import { middleDeviation, type NestedWorld, nestedTrials } from "../../test/worlds/nested-noise.js";

const DEVIATION = { host: 0, session: 0, process: 0.1, inference: 0.05 };
const ONE_SESSION: NestedWorld = {
  ...{ hosts: 1, sessions: 1, processes: 3, cells: 20, inferences: 60 },
  ...{ deviation: DEVIATION, correlation: 0.35, tails: "normal" },
};

/** The worlds of the table, by what is special in them. */
export const LEVEL_WORLDS: Readonly<Record<string, NestedWorld>> = {
  "one session": ONE_SESSION,
  "autocorrelation 0.8": { ...ONE_SESSION, correlation: 0.8 },
  "inferences only": { ...ONE_SESSION, deviation: { ...DEVIATION, process: 0, inference: 0.2 }, correlation: 0.8 },
  "five sessions": { ...ONE_SESSION, sessions: 5, deviation: { ...DEVIATION, session: 0.06 } },
  "two hosts of three sessions": {
    ...ONE_SESSION,
    ...{ hosts: 2, sessions: 3, deviation: { ...DEVIATION, host: 0.2, session: 0.06 } },
  },
  "Student's t, 3 degrees": {
    ...ONE_SESSION,
    ...{ tails: "heavy", sessions: 5, deviation: { ...DEVIATION, session: 0.06 } },
  },
};

/** What is found of one level over many sweeps of a world. */
export interface LevelOutcome {
  readonly level: NoiseLevelName;
  /** The true standard deviation; of inferences as their median sees it. */
  readonly truth: number;
  /** The root of the mean estimated variance: it would be the truth without bias. */
  readonly estimate: number;
  /** Share of sweeps whose 95 % interval holds the truth. */
  readonly coverage: number;
}

/** What `noiseLevels` says of the latencies of many sweeps; levels that it does not know are left out. */
export function levelsIn(world: NestedWorld, sweeps: number, seed = 1): LevelOutcome[] {
  const found = Array.from({ length: sweeps }, (_, sweep) => {
    const { trials, inferences } = nestedTrials(world, 1000 * seed + sweep);
    return noiseLevels("latency_ms", trials, "steadyMedianMs", inferenceNoise(inferences)).levels;
  });
  return NOISE_LEVELS.flatMap((level) => {
    const known = found.flatMap((levels) => levels.filter((one) => one.level === level && one.variance !== undefined));
    if (known.length === 0) return [];
    const truth = level === "inference" ? middleDeviation(world) : world.deviation[level];
    const mean = known.reduce((sum, { variance = 0 }) => sum + variance, 0) / known.length;
    const held = known.filter(({ interval }) => interval && interval.low <= truth && truth <= interval.high);
    return [{ level, truth, estimate: Math.sqrt(Math.max(0, mean)), coverage: held.length / known.length }];
  });
}

/** A table in Markdown, a world a line. */
export function* levelsTable(sweeps: number, seed: number): Generator<string> {
  yield "| world | level | standard deviation | estimated | interval holds it |";
  yield "|---|---|---|---|---|";
  for (const [name, world] of Object.entries(LEVEL_WORLDS)) {
    for (const { level, truth, estimate, coverage } of levelsIn(world, sweeps, seed)) {
      const cells = [name, level, `${(100 * truth).toFixed(1)} %`, `${(100 * estimate).toFixed(2)} %`];
      yield `| ${[...cells, `${(100 * coverage).toFixed(1)} %`].join(" | ")} |`;
    }
  }
}
