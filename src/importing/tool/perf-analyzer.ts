import type { ImportedRows } from "../imported-row.js";
import type { SourceFile } from "../source-lines.js";
import { readTable } from "../table/read-table.js";
import type { TableOptions } from "../table/table-options.js";
import { miniBatchOfName } from "./mini-batch-of-name.js";

/**
 * The CSV that `perf_analyzer -f FILE` writes: a row for each concurrency, times in microseconds. Only a concurrency of
 * 1 is latency. The mini-batch size (`-b`) does not stand in it.
 */
export function readPerfAnalyzer(source: SourceFile, options: TableOptions): ImportedRows {
  const ofName = miniBatchOfName(source.name);
  return readTable(source, {
    timeMs: 1e-3,
    counted: "images",
    decimal: "point",
    kind: "summaries",
    ...(ofName !== undefined && { miniBatchOfName: ofName }),
    ...options,
  });
}

/** The `metrics-model-inference.csv` of Model Analyzer: a row for each model configuration and concurrency. */
export function readModelAnalyzer(source: SourceFile, options: TableOptions): ImportedRows {
  return readTable(source, { counted: "images", decimal: "point", kind: "summaries", ...options });
}
