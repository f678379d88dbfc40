import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { STUDY_SIZE_PX } from "../../design/study-size.js";
import { EXAMPLE } from "../../fleet/example-plans.js";
import type { OfferedFunctions } from "../../fleet/given-devices.js";
import type { Start } from "../../plan/question/device-type.js";

/** A row of a planner's table of devices before its reader writes anything. */
interface FirstRow {
  readonly functions: string;
  readonly name: string;
  readonly count: string;
  readonly price_per_hour?: string;
  readonly max_uses?: string;
}

/**
 * What a page carries to plan with: functions, the question that it starts with, which is that of a report's answer,
 * and the solver.
 *
 * @param rows of the devices of that question
 */
export function plannerData(offered: readonly OfferedFunctions[], rows: readonly FirstRow[]): Record<string, unknown> {
  return {
    "planner-data": {
      offered,
      start: {
        planClass: "soft",
        question: {
          start: startOf(offered),
          images: String(EXAMPLE.images),
          deadline: `${EXAMPLE.deadlineMs / 1000}s`,
        },
        rows,
      },
    },
    highs: readFileSync(createRequire(import.meta.url).resolve("highs/runtime")),
    "solver-worker": readFileSync(new URL("../../browser/solver-worker.js", import.meta.url)),
  };
}

/** The devices of a report's answer: many like a dataset's first one, at the study's size if that was measured. */
export function alikeRows(offered: readonly OfferedFunctions[]): FirstRow[] {
  const [first] = offered;
  const atSize = offered.find(
    ({ label, device }) => device.name === first?.device.name && label.includes(`, ${STUDY_SIZE_PX} px,`),
  );
  const chosen = atSize ?? first;
  return chosen === undefined ? [] : [{ ...rowOf(chosen), count: String(EXAMPLE.devices) }];
}

/** A device as it is offered. */
export function rowOf({ label, device }: OfferedFunctions): FirstRow {
  const { name, count, price_per_hour, max_uses } = device;
  return {
    functions: label,
    name,
    count: String(count),
    ...(price_per_hour !== undefined && { price_per_hour: String(price_per_hour) }),
    ...(max_uses !== undefined && { max_uses: String(max_uses) }),
  };
}

/** Devices whose first inferences nobody timed start warm. */
function startOf(offered: readonly OfferedFunctions[]): Start {
  return offered.every(({ device }) => "latency_ms" in device && device.warmup_ms === undefined) ? "warm" : "loaded";
}
