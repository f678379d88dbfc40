import { deviceName } from "../design/design.js";
import { functionsAtSize } from "../fit/device-functions.js";
import { deviceType } from "../plan/device-type.js";
import { planRelaxed, planSoft } from "../plan/plan.js";
import { exactStatistic, type StatisticFunction } from "./statistic.js";

/** What the plans are asked for: a time of so many steady mini-batches, on so many devices. */
const MINI_BATCHES = 20;
const DEVICES = 4;
const MAX_USES = 1_000_000;

/** The share of measured input sizes for which both models have a plan that is proven optimal. */
export const plansProvenOptimal: StatisticFunction = ({ fit }) => {
  const sizes = [...fit.measuredMiniBatches.keys()];
  const proven = sizes.filter((size) => {
    const functions = functionsAtSize(fit, size);
    const type = deviceType({ name: deviceName(fit.device), count: DEVICES, maxUses: MAX_USES, ...functions });
    const [smallest, largest] = [type.choices[0]?.at(0), type.choices[0]?.at(-1)];
    if (smallest === undefined || largest === undefined) return false;
    const timeMs = (smallest.warmupUs + MINI_BATCHES * largest.latencyUs) / 1000;
    const relaxed = planRelaxed([type], timeMs);
    if (relaxed.status !== "optimal" || !relaxed.proven) return false;
    const soft = planSoft([type], Math.ceil(relaxed.images / 2), timeMs);
    return soft.status === "optimal" && soft.proven;
  });
  return exactStatistic(
    proven.length / sizes.length,
    `${proven.length} of ${sizes.length} input sizes, ${DEVICES} devices`,
  );
};
