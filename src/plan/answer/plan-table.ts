import type { TextTable } from "../../core/text-table.js";
import { deviceRuns } from "./device-runs.js";
import { hasNamedWorkloads, type PlanOutcome } from "./plan-outcome.js";

const US_PER_S = 1e6;

/** What each device of a plan does, those that do the same together; of none, why there is none. */
export function planTable(outcome: PlanOutcome): TextTable {
  if (outcome.status === "infeasible") return { columns: ["no plan"], values: [[outcome.reason]] };
  const named = hasNamedWorkloads(outcome.devices);
  return {
    columns: [
      ...["devices", "type", ...(named ? ["workload"] : [])],
      ...["mini-batch size", "mini-batches each", "images each", "finish (s)"],
    ],
    values: deviceRuns(outcome.devices).map(({ device, copies }) => [
      ...[copies, device.type, ...(named ? [device.workload] : [])],
      ...[device.miniBatchSize, device.furtherMiniBatches + 1, device.images, (device.finishUs / US_PER_S).toFixed(3)],
    ]),
  };
}
