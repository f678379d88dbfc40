import { groupBy } from "../core/group-by.js";
import { median, sorted } from "../core/statistics.js";
import { UserError } from "../core/user-error.js";
import { bootstrapStatistic, type StatisticFunction } from "./statistic.js";

/** The median relative error of the four-parameter model of warm-up on left-out cells. */
export const fourParameterError: StatisticFunction = async ({ ranking }) => {
  try {
    const { fourParameters, clusters } = await ranking();
    if (fourParameters === undefined) return { value: undefined, reason: "no ranking of what is known beforehand" };
    const cells = [...groupBy(fourParameters.predictions, ({ row }) => clusters[row]).values()].map((predictions) =>
      predictions.map(({ measuredMs, predictedMs }) => Math.abs(measuredMs / predictedMs - 1)),
    );
    return bootstrapStatistic(cells, (sample) => median(sorted(sample.flat())), fourParameters.parameters.join(", "));
  } catch (error) {
    if (error instanceof UserError) return { value: undefined, reason: error.message };
    throw error;
  }
};
