import { percent } from "../../core/text-table.js";
import { formatDuration } from "../../core/units.js";
import { calibrationOf } from "../../execute/calibration.js";
import { EXAMPLE } from "../../fleet/example-plans.js";
import { planTable } from "../../plan/answer/plan-table.js";
import { dataTable, type Html, heading, paragraph } from "../parts/html-parts.js";
import type { ReportSource } from "../parts/report-source.js";

/** Both example plans, and what became of the plans that were executed. */
export function plansSection({ plans, executions }: ReportSource): Html {
  const time = formatDuration(EXAMPLE.deadlineMs);
  const { plans: executed, devices, medianRatio, medianError, coverage } = calibrationOf(executions);
  return [
    ...(plans === undefined
      ? [paragraph("No plan: there is no function of latency and warm-up.")]
      : [
          dataTable(
            planTable(plans.soft),
            `Fewest devices for ${EXAMPLE.images.toLocaleString("en")} images of ${plans.inputSizePx} px within ${time}`,
          ),
          dataTable(planTable(plans.relaxed), `Most images of ${plans.inputSizePx} px on one device within ${time}`),
        ]),
    heading(3, "Executed"),
    ...(executed.length === 0
      ? [paragraph("No executed plan is recorded in the dataset: batchwise execute runs one.")]
      : [
          paragraph(
            `${devices} devices of ${executed.length} plans finished after ${percent(medianRatio)} % of what was predicted in ` +
              `the median, off by ${percent(medianError)} %; ${percent(coverage)} % of them within their 90 % interval.`,
          ),
          dataTable(
            {
              columns: ["plan", "devices", "predicted", "measured", "measured over predicted (%)", "deadline"],
              values: executed.map(({ planId, devices: used, predictedFinishMs, measuredFinishMs, deadline }) => [
                planId,
                used,
                formatDuration(predictedFinishMs),
                measuredFinishMs === undefined ? "failed" : formatDuration(measuredFinishMs),
                measuredFinishMs === undefined ? "" : percent(measuredFinishMs / predictedFinishMs),
                deadline ?? "none",
              ]),
            },
            "Executed plans: predicted and measured finish",
          ),
        ]),
  ].join("");
}
