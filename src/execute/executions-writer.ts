import { makeFolder, removeEmptyFolders } from "../core/make-folder.js";
import { anyTable, hasDataPackage, readDataPackage, writeDataPackage } from "../dataset/data-package.js";
import { lockFolder } from "../dataset/folder-lock.js";
import { PartFile } from "../dataset/part-file.js";
import { measuredResources, plannedResources } from "../dataset/resource.js";
import { type ExecutionRow, executionsTable } from "../dataset/tables.js";

/** The place in a dataset for the executions of a plan, which nobody else writes to meanwhile. */
export interface ExecutionsWriter {
  /** Makes the executions part of the dataset; when this returns they are on the disk. */
  append(rows: readonly ExecutionRow[]): Promise<void>;
  /** Leaves no folder behind that was made for nothing. */
  close(): void;
}

/**
 * Opens a dataset for executions, before anything is executed: a dataset that can't be written to must not cost
 * results. A folder without a dataset gets one of executions alone, with the provenance of the dataset that the plan
 * was made from.
 *
 * @throws UserError if the dataset is being measured, or there is no provenance
 */
export function openExecutions(folder: string, planDataset: string): ExecutionsWriter {
  const { status, provenance } = readDataPackage(hasDataPackage(folder) ? folder : planDataset);
  const made = makeFolder(folder, "dataset");
  const lock = lockFolder(folder);
  const tables = [anyTable(executionsTable)];
  return {
    async append(rows) {
      const { part } = PartFile.open(folder, executionsTable, () => true);
      part.append(rows);
      part.close();
      const { resources } = hasDataPackage(folder) ? readDataPackage(folder) : { resources: [] };
      const others = resources.filter(({ name }) => name !== executionsTable.name);
      const executions =
        status === "running" ? plannedResources(folder, tables) : await measuredResources(folder, tables);
      writeDataPackage(folder, status, provenance, [...others, ...executions]);
    },
    close() {
      lock.release();
      removeEmptyFolders(made);
    },
  };
}
