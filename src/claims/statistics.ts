import { linearLargestDeviation } from "./line-deviation.js";
import {
  largestMiniBatchBySize,
  memoryLargestOverSmallest,
  memorySlopePerImageMib,
  outOfMemorySizes,
} from "./memory-statistics.js";
import { plansProvenOptimal } from "./plan-statistics.js";
import { leastRooflineExponent } from "./roofline-exponent.js";
import type { StatisticFunction } from "./statistic.js";
import { linearOverQuadraticError, linearRSquared, warmupOverLatency } from "./time-statistics.js";
import { fourParameterError } from "./warmup-statistics.js";

/** Every statistic that a condition can be of, by its name. */
export const STATISTICS = {
  linear_largest_deviation: linearLargestDeviation,
  linear_r_squared: linearRSquared,
  linear_over_quadratic_error: linearOverQuadraticError,
  least_roofline_exponent: leastRooflineExponent,
  warmup_over_latency: warmupOverLatency,
  memory_slope_per_image_mib: memorySlopePerImageMib,
  memory_largest_over_smallest: memoryLargestOverSmallest,
  out_of_memory_sizes: outOfMemorySizes,
  four_parameter_error: fourParameterError,
  plans_proven_optimal: plansProvenOptimal,
  largest_mini_batch_by_size: largestMiniBatchBySize,
} as const satisfies Record<string, StatisticFunction>;

export type StatisticName = keyof typeof STATISTICS;
export const STATISTIC_NAMES = Object.keys(STATISTICS) as [StatisticName, ...StatisticName[]];
