import { fleetOf } from "../../src/fleet/fleet.js";
import { fleetProblem } from "../../src/fleet/fleet-question.js";
import { isLeastForMost } from "../../src/fleet/plan-fleet.js";
import { answerable } from "../../src/plan/question/answerable.js";
import type { DeviceEntry, GivenFunctions, MeasuredFunctions } from "../../src/plan/question/device-entry.js";
import { isFrom } from "./own-devices.js";
import type { AskedPlan } from "./plan-words.js";

const CELL = { median_ms: 1, function_variance: 0, process_variance: 0 };
const SPREAD = { degrees: 1, mini_batches: { 1: CELL } };
/** What a device that will be measured is known by before. */
const ANY: GivenFunctions = {
  ...{ latency_ms: { 1: 1 }, warmup_ms: { 1: 1 }, load_ms: 1 },
  spread: { trials: 1e9, sessions: 1, latency: SPREAD, warmup: SPREAD, load_ms: [1] },
};

function standIn({ energy_per_mini_batch_j: energy }: MeasuredFunctions): GivenFunctions {
  return energy === undefined ? ANY : { ...ANY, energy_per_mini_batch_j: { 1: 1 } };
}

/**
 * Asks the question of devices of which something is given already where nothing is measured yet: what makes no sense
 * is told before anything is measured.
 *
 * @param folder of the dataset that is to be measured, with the input size of what is named without one
 * @throws UserError as a plan of the devices would
 */
export function requireAnswerable(
  { question, workloads }: AskedPlan,
  entries: readonly DeviceEntry[],
  { folder, inputSizePx }: { readonly folder: string; readonly inputSizePx: number },
): void {
  const known = entries.map(({ source, workloads: own = {}, ...rest }): DeviceEntry => {
    if (source !== undefined && !isFrom(folder, source)) return { ...rest, source };
    // Of a dataset every workload is known, at an input size each.
    const sources = source === undefined ? own : Object.fromEntries(workloads.map((name) => [name, source]));
    const given = Object.entries(sources).map(([name, one]) => [name, isFrom(folder, one) ? standIn(one) : one]);
    return { ...rest, name: rest.name || "alike", workloads: Object.fromEntries(given) };
  });
  const fleet = fleetOf(known, { workloads, inputSizePx });
  const asked = fleetProblem({ ...question, fleet });
  const { problem } = asked;
  // The least for the most images is asked for as many as these turn out to be.
  const most = problem.workloads.map((workload) => ({ ...workload, images: Math.max(1, workload.images) }));
  answerable(isLeastForMost(asked) ? { ...problem, workloads: most } : problem);
}
