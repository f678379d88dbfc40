import { groupBy } from "../../core/group-by.js";
import { billOf, type Configuration } from "../question/configuration.js";
import type { PlanProblem } from "../question/plan-problem.js";
import type { Pair } from "./bound-by-counts.js";

/** What a solver may be off an integer by. */
export const TOLERANCE = 1e-6;

/** So many devices of a configuration, and the mini-batches that they run after their first ones. */
interface Use {
  readonly configuration: Configuration;
  readonly devices: number;
  further: number;
}

/**
 * Whole numbers near the values of the second stage without integers: devices are rounded down, and those that are left
 * get the configuration of largest capacity that had a fraction of them; then mini-batches are run where an image takes
 * least, until all images are classified. What is lost is about a device's and a mini-batch's worth. Whether the values
 * fulfil the program is for its exact check to say.
 *
 * @param values of `withCounts`' program for these pairs: devices and further mini-batches, configuration by
 *   configuration
 * @returns undefined if the devices can't classify all images then
 */
export function roundedValues(
  { workloads }: PlanProblem,
  pairs: readonly (Pair & { readonly count: number })[],
  values: readonly number[],
  price: "cost" | "energy",
): number[] | undefined {
  let place = 0;
  const uses = pairs.flatMap(({ configurations, count }) => {
    const shares = configurations.map((configuration) => ({ configuration, share: values[2 * place++] ?? 0 }));
    return wholeDevices(shares, count);
  });
  for (const [workload, ofWorkload] of groupBy(uses, ({ configuration }) => configuration.workload)) {
    if (!runUntilCovered(ofWorkload, workloads[workload]?.images ?? 0, price)) return undefined;
  }
  return uses.flatMap(({ devices, further }) => [devices, further]);
}

function wholeDevices(
  shares: readonly { readonly configuration: Configuration; readonly share: number }[],
  count: number,
): Use[] {
  const uses = shares.map(({ configuration, share }) => {
    const devices = Math.floor(share + TOLERANCE);
    return { configuration, devices, hasFraction: share - devices > TOLERANCE, further: 0 };
  });
  const left = count - uses.reduce((sum, { devices }) => sum + devices, 0);
  const largest = uses
    .filter(({ hasFraction }) => hasFraction)
    .toSorted((a, b) => b.configuration.schedule.capacity - a.configuration.schedule.capacity)[0];
  if (largest !== undefined) largest.devices += left;
  return uses;
}

/** Whether the devices can classify so many images; then each has its further mini-batches. */
function runUntilCovered(uses: readonly Use[], images: number, price: "cost" | "energy"): boolean {
  const sizeOf = ({ configuration }: Use) => configuration.schedule.choice.miniBatchSize;
  let left = uses.reduce((sum, use) => sum - use.devices * sizeOf(use), images);
  const perImage = (use: Use) => Number(billOf(use.configuration, price)[1]) / sizeOf(use);
  for (const use of uses.toSorted((a, b) => perImage(a) - perImage(b))) {
    const most = use.devices * use.configuration.schedule.furtherMiniBatches;
    use.further = Math.min(most, Math.ceil(Math.max(0, left) / sizeOf(use)));
    left -= use.further * sizeOf(use);
  }
  return left <= 0;
}
