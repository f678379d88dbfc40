import { groupBy } from "../core/group-by.js";
import { median, sorted } from "../core/statistics.js";
import { UserError } from "../core/user-error.js";
import { cellLogs, meanOf } from "../fit/observed/cell-logs.js";
import { NOISE_MARGIN, type QuantityFit } from "../fit/quantity-fit.js";
import { planningLaw } from "../fit/trusted-law.js";
import { besideNoise, bootstrapStatistic, type StatisticFunction } from "./statistic.js";

/**
 * The median relative error of the four-parameter model of warm-up on left-out cells; no model does better than the
 * noise floor.
 */
export const fourParameterError: StatisticFunction = async ({ fit, ranking }) => {
  try {
    const { fourParameters, clusters } = await ranking();
    if (fourParameters === undefined) return { value: undefined, reason: "no ranking of what is known beforehand" };
    if (fourParameters.leftOutError === undefined) return { value: undefined, reason: "no tree has left out a cell" };
    const cells = [...groupBy(fourParameters.predictions, ({ row }) => clusters[row]).values()].map((predictions) =>
      predictions.map(({ measuredMs, predictedMs }) => Math.abs(measuredMs / predictedMs - 1)),
    );
    return besideNoise(
      bootstrapStatistic(
        cells,
        (sample) => median(sorted(sample.flat())),
        `${fourParameters.parameters.join(", ")}; ${besides(fit.warmup)}`,
      ),
      fit.warmup.noiseFloor && NOISE_MARGIN * fit.warmup.noiseFloor,
    );
  } catch (error) {
    if (error instanceof UserError) return { value: undefined, reason: error.message };
    throw error;
  }
};

/** How well warm-up can be estimated otherwise: by the law that plans are made with, and by a repeated process. */
function besides(warmup: QuantityFit): string {
  const errors = { "left-out error of the law": lawError(warmup), "noise floor": warmup.noiseFloor };
  return Object.entries(errors)
    .map(([name, error]) => `${name} ${error === undefined ? "unknown" : error.toPrecision(4)}`)
    .join(", ");
}

/**
 * The median relative error of trials against the law fitted without their cell; undefined where it says nothing of
 * any.
 */
function lawError(warmup: QuantityFit): number | undefined {
  const errors = [...cellLogs(warmup.observations).values()].flatMap(({ inputSizePx, miniBatchSize, logs }) => {
    const ofCell = planningLaw(warmup, inputSizePx)?.leftOutRatio(inputSizePx, miniBatchSize);
    return ofCell === undefined ? [] : logs.map((log) => Math.abs(Math.exp(log - meanOf(logs)) * ofCell - 1));
  });
  return errors.length === 0 ? undefined : median(sorted(errors));
}
