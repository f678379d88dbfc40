import { groupBy } from "../core/group-by.js";
import { seededRandom } from "../core/seeded-random.js";
import type { Form, Law } from "./form.js";
import { cellOf, type Observation } from "./observed/observation.js";

/** Bootstrap replicates of a fit: enough for 95 % percentile intervals. */
export const REPLICATES = 200;
const SEED = 1;

/**
 * The law fitted to each of 200 bootstrap samples: trials are drawn with replacement within their cell, so that every
 * sample has every cell. Where no cell was repeated, cells are drawn instead. Seeded: the same observations give the
 * same laws.
 *
 * Source: Davison and Hinkley, Bootstrap Methods and their Application, section 3.2 (stratified resampling).
 */
export function bootstrapLaws(form: Form, observations: readonly Observation[]): Law[] {
  const cells = [...groupBy(observations, cellOf).values()];
  const repeated = cells.some((cell) => cell.length > 1);
  return Array.from({ length: REPLICATES }, (_, index) => {
    const random = seededRandom(SEED, `bootstrap ${index}`);
    // Samples of cells can lack what the form needs, such as two cells of every input size; then draw again.
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const sample = repeated ? cells.flatMap((cell) => random.resample(cell)) : random.resample(observations);
      const law = form.fit(sample);
      const answers = observations.every((seen) => law?.evaluate(seen.inputSizePx, seen.miniBatchSize) !== undefined);
      if (answers) return law;
    }
    return form.fit(observations);
  }).filter((law) => law !== undefined);
}

const ATTEMPTS = 20;

/** So many residuals meet each replicate when a quantile of new trials is asked for. */
const RESIDUALS_PER_REPLICATE = 20;

/** Residuals drawn for every replicate, seeded: a row of relative residuals per replicate. */
export function drawResiduals(residuals: readonly number[]): number[][] {
  const random = seededRandom(SEED, "residuals");
  return Array.from({ length: REPLICATES }, () =>
    Array.from({ length: RESIDUALS_PER_REPLICATE }, () => residuals[random.integer(0, residuals.length - 1)] ?? 0),
  );
}
