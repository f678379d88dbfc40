import { mkdirSync } from "node:fs";
import { hasDataPackage, readDataPackage, writeDataPackage } from "../dataset/data-package.js";
import { tablesOf } from "../dataset/dataset-writer.js";
import { lockFolder } from "../dataset/folder-lock.js";
import { PartFile } from "../dataset/part-file.js";
import { type ExecutionRow, executionsTable } from "../dataset/tables.js";

/**
 * Appends executions to a dataset. A folder without one gets a dataset of executions alone, with the provenance of the
 * dataset that the plan was made from.
 */
export function appendExecutions(folder: string, planDataset: string, rows: readonly ExecutionRow[]): void {
  mkdirSync(folder, { recursive: true });
  const lock = lockFolder(folder);
  try {
    const { status, provenance } = readDataPackage(hasDataPackage(folder) ? folder : planDataset);
    const { part } = PartFile.open(folder, executionsTable, () => true);
    part.append(rows);
    part.close();
    writeDataPackage(folder, status, provenance, tablesOf(provenance));
  } finally {
    lock.release();
  }
}
