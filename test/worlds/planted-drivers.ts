import { seededRandom } from "../../src/core/seeded-random.js";

/** A dataset in which a few of many features matter beside the workload. */
export interface PlantedDrivers {
  /** `columns[feature][row]`: the drivers first, then decoys that go with a driver, then proxies of the workload. */
  readonly columns: readonly (readonly number[])[];
  /** ln W. */
  readonly target: readonly number[];
  readonly cells: readonly number[];
}

const CELLS = 53;
const TRIALS = 5;
const FEATURES = 160;
const DECOYS = 24;

/**
 * 53 cells of five trials and 160 features. Every feature is the workload's memory with noise of its own, so all of
 * them are proxies of size × mini-batch size. Each of the drivers explains `share` of the variance within cells; 24
 * features are correlated with one of them (ρ = 0.7).
 */
export function plantedDrivers(seed: number, drivers: number, share: number): PlantedDrivers {
  const random = seededRandom(seed, "planted drivers");
  const cells = Array.from({ length: CELLS * TRIALS }, (_, row) => Math.floor(row / TRIALS));
  const workload = cells.map((cell) => Math.log(1 + (cell % 9)) + 0.7 * Math.floor(cell / 9));
  const noise: number[][] = [];
  for (let feature = 0; feature < FEATURES; feature++) {
    const resembled =
      drivers > 0 && feature >= drivers && feature < drivers + DECOYS ? noise[feature % drivers] : undefined;
    noise.push(
      cells.map((_, row) =>
        resembled === undefined ? random.normal() : 0.7 * (resembled[row] ?? 0) + Math.sqrt(0.51) * random.normal(),
      ),
    );
  }
  const target = workload.map((known, row) => {
    const driven = noise.slice(0, drivers).reduce((sum, values) => sum + Math.sqrt(share) * (values[row] ?? 0), 0);
    return 3 + known + 0.1 * (driven + Math.sqrt(1 - drivers * share) * random.normal());
  });
  const columns = noise.map((values) =>
    values.map((value, row) => 100 * Math.exp(0.6 * (workload[row] ?? 0)) + 40 * value),
  );
  return { columns, target, cells };
}
