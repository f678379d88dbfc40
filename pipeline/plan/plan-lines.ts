import { counted } from "../../src/core/counted.js";
import { printable } from "../../src/core/printable.js";
import { formatDuration } from "../../src/core/units.js";
import { deviceRuns } from "../../src/plan/answer/device-runs.js";
import { hasNamedWorkloads, type PlannedDevice, type PlanOutcome } from "../../src/plan/answer/plan-outcome.js";
import { infeasibleSentences, planSentence } from "../../src/plan/answer/plan-sentences.js";
import type { Objective } from "../../src/plan/question/plan-problem.js";
import { table } from "../terminal/terminal.js";

/** Of a table for people. */
const MOST_LINES = 1000;

/**
 * A plan, or why there is none, as lines for people. Devices that do the same share a line.
 *
 * @param times what the plan's times are of, where that is to be said
 */
export function planLines(outcome: PlanOutcome, objective: Objective, times?: string): string[] {
  if (outcome.status === "infeasible") return infeasibleSentences(outcome).map(printable);
  return [...deviceLines(outcome.devices), "", planSentence(outcome, objective, times)];
}

function deviceLines(devices: readonly PlannedDevice[]): string[] {
  const named = hasNamedWorkloads(devices);
  const runs = deviceRuns(devices);
  const rows = runs
    .slice(0, MOST_LINES)
    .map(({ device, copies }) => [
      copies,
      device.type,
      ...(named ? [device.workload] : []),
      device.miniBatchSize,
      device.furtherMiniBatches + 1,
      device.images,
      formatDuration(device.finishUs / 1000),
    ]);
  return [
    table(
      ["devices", "type", ...(named ? ["workload"] : []), "mini-batch size", "mini-batches", "images", "finish"],
      rows,
    ),
    ...(runs.length > MOST_LINES
      ? [`… and ${counted(runs.length - MOST_LINES, "more line")}; --json has every device`]
      : []),
  ];
}
