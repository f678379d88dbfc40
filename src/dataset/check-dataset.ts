import { existsSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../core/user-error.js";
import { fingerprint, readDataPackage } from "./data-package.js";
import { tablesOf } from "./dataset-writer.js";
import { partPath, readPart } from "./part-file.js";
import type { Table } from "./table.js";

/** One thing that is wrong with a dataset: the table and what, in one line. */
export interface DatasetFault {
  readonly table: string;
  readonly fault: string;
}

/**
 * Holds every part file against its schema, the hashes and row counts of the data package, the primary keys, and the
 * reference of each row to its trial.
 *
 * @returns all faults that were found; none for a sound dataset
 * @throws UserError if there is no dataset in the folder or its data package can't be read
 */
export function checkDataset(folder: string): DatasetFault[] {
  const dataPackage = readDataPackage(folder);
  const known = tablesOf(dataPackage.provenance);
  const faults: DatasetFault[] = [];
  let trialIds: ReadonlySet<unknown> = new Set();
  for (const resource of dataPackage.resources) {
    const table = known.find(({ name }) => name === resource.name);
    const report = (fault: string) => faults.push({ table: resource.name, fault });
    if (table === undefined) {
      report("is no table of Batchwise");
      continue;
    }
    const path = join(folder, partPath(table));
    if (!existsSync(path)) {
      report(`part file ${partPath(table)} is missing`);
      continue;
    }
    const found = fingerprint(path);
    for (const key of ["rows", "bytes", "hash"] as const) {
      const recorded = resource[key];
      if (recorded !== undefined && recorded !== found[key])
        report(`${key} is ${found[key]}, recorded was ${recorded}`);
    }
    const rows = readRows(folder, table, report);
    if (table.name === "trials") trialIds = new Set(rows.map((row) => row.trialId));
    checkKeys(table, rows, trialIds, report);
  }
  if (dataPackage.status === "running") faults.push({ table: "trials", fault: "the sweep has not ended, resume it" });
  return faults;
}

type AnyRow = Readonly<Record<string, unknown>>;

function readRows(folder: string, table: Table<never>, report: (fault: string) => void): AnyRow[] {
  try {
    return readPart(folder, table);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    report(error.message);
    return [];
  }
}

function checkKeys(
  { primaryKey, belongsToTrial }: Table<never>,
  rows: readonly AnyRow[],
  trialIds: ReadonlySet<unknown>,
  report: (fault: string) => void,
): void {
  const seen = new Set<string>();
  for (const [index, row] of rows.entries()) {
    const line = index + 2;
    if (primaryKey.length > 0) {
      const key = primaryKey.map((name) => String(row[name])).join(" ");
      if (seen.has(key)) report(`line ${line}: key ${key} occurs twice`);
      seen.add(key);
    }
    if (belongsToTrial && !trialIds.has(row.trialId)) report(`line ${line}: trial ${row.trialId} is not in trials`);
  }
}
