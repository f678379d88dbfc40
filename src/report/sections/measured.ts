import { datasetTable } from "../../dataset/dataset-table.js";
import { runsOf } from "../../dataset/runs.js";
import { dataTable, type Html } from "../parts/html-parts.js";
import type { ReportSource } from "../parts/report-source.js";

/** What was measured, on what, and when. */
export function measuredSection({ folder, data }: ReportSource): Html {
  const runs = runsOf(data.provenance);
  return [
    dataTable(datasetTable(folder), "Dataset"),
    dataTable(
      {
        columns: ["run", "from", "to", "Node.js", "ONNX Runtime", "fit for measuring"],
        values: runs.map(({ startedAt, endedAt, versions, system }, index) => [
          index + 1,
          startedAt ?? "",
          endedAt ?? "",
          versions.node ?? "",
          versions.onnxruntime ?? "",
          system?.summary ?? "",
        ]),
      },
      "Runs of the sweep",
    ),
  ].join("");
}
