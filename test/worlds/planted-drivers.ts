import { type SeededRandom, seededRandom } from "../../src/core/seeded-random.js";
import type { Moment } from "../../src/rank/drift.js";

/** A dataset in which a few of many features matter beside the workload. */
export interface PlantedDrivers {
  /** `columns[feature][row]`: the drivers first, then decoys that go with a driver, then proxies of the workload. */
  readonly columns: readonly (readonly number[])[];
  /** ln W. */
  readonly target: readonly number[];
  readonly cells: readonly number[];
  /** A trial a minute, each round of all cells in an order of its own. */
  readonly moments: readonly Moment[];
}

/** What else than the planted drivers is in such a dataset. */
export interface PlantedNoise {
  readonly cells?: number;
  readonly trials?: number;
  /** Autocorrelation from trial to trial of a share of the noise of ln W and of a tenth of the features. */
  readonly drift?: { readonly autocorrelation: number; readonly share: number };
  /** Features that are log-normal with an sd of 2, and ln W with Student's t₃. */
  readonly heavy?: boolean;
}

const FEATURES = 160;
const DECOYS = 24;

/**
 * 53 cells of five trials and 160 features. Every feature is the workload's memory with noise of its own, so all of
 * them are proxies of size × mini-batch size. Each of the drivers explains `share` of the variance within cells; 24
 * features are correlated with one of them (ρ = 0.7).
 */
export function plantedDrivers(
  seed: number,
  drivers: number,
  share: number,
  { cells: count = 53, trials = 5, drift, heavy = false }: PlantedNoise = {},
): PlantedDrivers {
  const random = seededRandom(seed, "planted drivers");
  const cells = Array.from({ length: trials }, () => random.shuffle(Array.from({ length: count }, (_, cell) => cell)));
  const rows = cells.flat();
  const workload = rows.map((cell) => Math.log(1 + (cell % 9)) + 0.7 * Math.floor(cell / 9));
  const independent = () => rows.map(() => random.normal());
  const noiseOf = (drifts: boolean) => {
    if (drift === undefined || !drifts) return independent();
    const [slow, own] = [drifting(random, rows.length, drift.autocorrelation), independent()];
    return slow.map((value, row) => Math.sqrt(drift.share) * value + Math.sqrt(1 - drift.share) * (own[row] ?? 0));
  };
  const noise: number[][] = [];
  for (let feature = 0; feature < FEATURES; feature++) {
    const resembled =
      drivers > 0 && feature >= drivers && feature < drivers + DECOYS ? noise[feature % drivers] : undefined;
    const own = noiseOf(feature >= 0.9 * FEATURES);
    noise.push(
      resembled === undefined
        ? own.map((value) => (heavy ? Math.exp(2 * value) : value))
        : own.map((value, row) => 0.7 * (resembled[row] ?? 0) + Math.sqrt(0.51) * value),
    );
  }
  const own = noiseOf(true).map((value) => (heavy ? value / Math.sqrt(chiSquareOf3(random) / 3) : value));
  const target = workload.map((known, row) => {
    const driven = noise.slice(0, drivers).reduce((sum, values) => sum + Math.sqrt(share) * (values[row] ?? 0), 0);
    return 3 + known + 0.1 * (driven + Math.sqrt(1 - drivers * share) * (own[row] ?? 0));
  });
  const columns = noise.map((values) =>
    values.map((value, row) => 100 * Math.exp(0.6 * (workload[row] ?? 0)) + 40 * value),
  );
  const moments = rows.map((_, row) => ({ host: "here", seconds: 60 * row }));
  return { columns, target, cells: rows, moments };
}

/** Values of variance 1 of which each goes on from the one before. */
function drifting(random: SeededRandom, length: number, autocorrelation: number): number[] {
  let level = random.normal();
  return Array.from({ length }, () => {
    const before = level;
    level = autocorrelation * level + Math.sqrt(1 - autocorrelation ** 2) * random.normal();
    return before;
  });
}

function chiSquareOf3(random: SeededRandom): number {
  return random.normal() ** 2 + random.normal() ** 2 + random.normal() ** 2;
}
