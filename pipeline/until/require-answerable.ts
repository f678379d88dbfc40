import { fleetOf } from "../../src/fleet/fleet.js";
import { fleetProblem } from "../../src/fleet/fleet-question.js";
import { isLeastForMost } from "../../src/fleet/plan-fleet.js";
import { answerable } from "../../src/plan/question/answerable.js";
import type {
  DeviceEntry,
  FunctionsEntry,
  GivenFunctions,
  MeasuredFunctions,
} from "../../src/plan/question/device-entry.js";
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
 * @param folder of the dataset that is to be measured
 * @throws UserError as a plan of the devices would
 */
export function requireAnswerable(
  { question, workloads, flags }: AskedPlan,
  entries: readonly DeviceEntry[],
  folder: string,
): void {
  const given = (source: FunctionsEntry) => (isFrom(folder, source) ? standIn(source) : source);
  const known = entries.map((entry): DeviceEntry => {
    const { source, workloads: own } = entry;
    const byName =
      source && isFrom(folder, source) ? Object.fromEntries(workloads.map((name) => [name, standIn(source)])) : own;
    const { source: _, ...rest } = entry;
    if (byName === undefined) return entry;
    const named = Object.fromEntries(Object.entries(byName).map(([name, one]) => [name, given(one)]));
    return { ...rest, name: entry.name || "alike", workloads: named };
  });
  const fleet = fleetOf(known, { workloads, ...(flags.size !== undefined && { inputSizePx: Number(flags.size) }) });
  const asked = fleetProblem({ ...question, fleet });
  const { problem } = asked;
  // The least for the most images is asked for as many as these turn out to be.
  const most = problem.workloads.map((workload) => ({ ...workload, images: Math.max(1, workload.images) }));
  answerable(isLeastForMost(asked) ? { ...problem, workloads: most } : problem);
}
