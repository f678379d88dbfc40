import { fleetOf } from "../../src/fleet/fleet.js";
import { fleetProblem } from "../../src/fleet/fleet-question.js";
import { isLeastForMost } from "../../src/fleet/plan-fleet.js";
import { answerable } from "../../src/plan/question/answerable.js";
import type { DeviceEntry, FunctionsEntry } from "../../src/plan/question/device-entry.js";
import { isFrom } from "./own-devices.js";
import type { AskedPlan } from "./plan-words.js";

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
  const any = { latency_ms: { 1: 1 }, warmup_ms: { 1: 1 }, load_ms: 1 };
  const given = (source: FunctionsEntry) => (isFrom(folder, source) ? any : source);
  const known = entries.map((entry, index): DeviceEntry => {
    const { source, workloads: own } = entry;
    const byName = source && isFrom(folder, source) ? Object.fromEntries(workloads.map((name) => [name, any])) : own;
    const { source: _, ...rest } = entry;
    if (byName === undefined) return entry;
    const named = Object.fromEntries(Object.entries(byName).map(([name, one]) => [name, given(one)]));
    return { ...rest, name: entry.name || `device ${index}`, workloads: named };
  });
  const { confidence: _, maxLatency: __, ...plain } = question;
  const fleet = fleetOf(known, { workloads, ...(flags.size !== undefined && { inputSizePx: Number(flags.size) }) });
  const asked = fleetProblem({ ...plain, fleet });
  answerable(isLeastForMost(asked) ? { ...asked.problem, objective: "images" } : asked.problem);
  answerable(asked.problem);
}
