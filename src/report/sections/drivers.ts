import { rankResidual } from "../../rank/rank-residual.js";
import { rankingSummary, rankingTable } from "../../rank/ranking-table.js";
import { residualSummary, residualTable } from "../../rank/residual-table.js";
import { dataTable, type Html, heading, list, paragraph } from "../parts/html-parts.js";
import { orReason, type ReportSource } from "../parts/report-source.js";

/** What goes with warm-up: known before it, and beside the workload. */
export async function driversSection({ folder, analysis }: ReportSource): Promise<Html> {
  const [predict, residual] = [
    await orReason(() => analysis.ranking("predict")),
    await orReason(() => rankResidual(folder)),
  ];
  return [
    heading(3, "Known before the first inference"),
    predict.value === undefined
      ? paragraph(`Not ranked: ${predict.reason}.`)
      : dataTable(rankingTable(predict.value), "The 15 features that a random forest needs most to predict warm-up") +
        list(rankingSummary(predict.value)),
    heading(3, "Beside size and mini-batch"),
    residual.value === undefined
      ? paragraph(`Not looked for: ${residual.reason}.`)
      : (residual.value.drivers.length === 0
          ? ""
          : dataTable(residualTable(residual.value), "What explains warm-up where the workload is given")) +
        list(residualSummary(residual.value)),
  ].join("");
}
