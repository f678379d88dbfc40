import { groupBy } from "../core/group-by.js";
import { median, sorted } from "../core/statistics.js";
import { UserError } from "../core/user-error.js";
import { NOISE_MARGIN } from "../fit/quantity-fit.js";
import { besideNoise, bootstrapStatistic, type StatisticFunction } from "./statistic.js";

/**
 * The median relative error of the four-parameter model of warm-up on left-out cells; no model does better than the
 * noise floor.
 */
export const fourParameterError: StatisticFunction = async ({ fit, ranking }) => {
  try {
    const { fourParameters, clusters } = await ranking();
    if (fourParameters === undefined) return { value: undefined, reason: "no ranking of what is known beforehand" };
    const cells = [...groupBy(fourParameters.predictions, ({ row }) => clusters[row]).values()].map((predictions) =>
      predictions.map(({ measuredMs, predictedMs }) => Math.abs(measuredMs / predictedMs - 1)),
    );
    return besideNoise(
      bootstrapStatistic(cells, (sample) => median(sorted(sample.flat())), fourParameters.parameters.join(", ")),
      fit.warmup.noiseFloor && NOISE_MARGIN * fit.warmup.noiseFloor,
    );
  } catch (error) {
    if (error instanceof UserError) return { value: undefined, reason: error.message };
    throw error;
  }
};
