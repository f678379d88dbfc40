import type { Comparison } from "../../compare/compare-datasets.js";
import { comparisonSummary } from "../../compare/comparison-summary.js";
import {
  bestMiniBatchTable,
  cellRatioTable,
  lostCellTable,
  overallRatioTable,
  recordedDifferenceTable,
} from "../../compare/comparison-tables.js";
import { dataTable, type Html, list } from "../parts/html-parts.js";

/** Two datasets beside each other. */
export function comparisonSection(comparison: Comparison): Html {
  const { lost, best, differences } = comparison;
  return [
    list(comparisonSummary(comparison)),
    dataTable(overallRatioTable(comparison), "B over A in the cells that both measured, with 95 % intervals"),
    dataTable(cellRatioTable(comparison), "B over A, cell by cell"),
    ...(lost.length === 0 ? [] : [dataTable(lostCellTable(comparison), "Ended well on one side only")]),
    ...(best.length === 0 ? [] : [dataTable(bestMiniBatchTable(comparison), "Most images a second while steady")]),
    ...(differences.length === 0
      ? []
      : [dataTable(recordedDifferenceTable(comparison), "What is recorded of them and differs")]),
  ].join("");
}
