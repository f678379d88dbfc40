import { existsSync } from "node:fs";
import type { DuckDBConnection } from "@duckdb/node-api";
import { UserError } from "../core/user-error.js";
import { impossibleValues, repeatedKeys, strayRows } from "./check-keys.js";
import { columnRanges } from "./column-ranges.js";
import { type DataPackage, partOf, type Resource, readDataPackage } from "./data-package.js";
import { tablesOf } from "./dataset-writer.js";
import { fingerprint } from "./fingerprint.js";
import { needsStrictReading } from "./needs-strict-reading.js";
import { fileOf, PART_FORMATS, type Part, partPath } from "./part.js";
import { withQueries } from "./query-session.js";
import { readRows } from "./read-rows.js";
import { columnsOf, type Table } from "./table.js";
import { trialsTable } from "./tables.js";

/** One thing that is wrong with a dataset: the table and what, in one line. */
export interface DatasetFault {
  readonly table: string;
  readonly fault: string;
}

/**
 * Holds every part file against its schema, the hashes and row counts of the data package, the primary keys, and the
 * reference of each row to its trial. Takes little memory at any size.
 *
 * @returns all kinds of faults that were found, of each kind and table at most five and then a count; none for a sound
 *   dataset
 * @throws UserError if there is no dataset in the folder or its data package can't be read
 */
export async function checkDataset(folder: string): Promise<DatasetFault[]> {
  const dataPackage = readDataPackage(folder);
  const known = tablesOf(dataPackage.provenance);
  const faults: DatasetFault[] = [];
  await withQueries(async (connection) => {
    const sound = new Set<string>();
    for (const resource of dataPackage.resources) {
      const table = known.find(({ name }) => name === resource.name);
      const found =
        table === undefined
          ? ["is no table of Batchwise"]
          : await tableFaults(connection, partOf(folder, dataPackage, table), resource, sound);
      faults.push(...found.map((fault) => ({ table: resource.name, fault })));
    }
  });
  faults.push(...unlistedTables(folder, dataPackage, known));
  if (dataPackage.status === "running") faults.push({ table: "trials", fault: "the sweep has not ended, resume it" });
  return faults;
}

/** What the data package does not say of tables that are there, and of those that it lists. */
function unlistedTables(
  folder: string,
  { status, resources }: DataPackage,
  known: readonly Table<never>[],
): DatasetFault[] {
  const listed = new Set(resources.map(({ name }) => name));
  const unlisted = known.filter(
    (table) => !listed.has(table.name) && PART_FORMATS.some((format) => existsSync(fileOf({ folder, table, format }))),
  );
  const unmeasured = status === "running" ? [] : resources.filter((resource) => missingIn(resource).length > 0);
  return [
    ...unlisted.map(({ name }) => ({ table: name, fault: "is not in the data package" })),
    ...unmeasured.map((resource) => ({
      table: resource.name,
      fault: `the data package does not say its ${missingIn(resource).join(", ")}`,
    })),
    ...(resources.length + unlisted.length === 0 ? [{ table: trialsTable.name, fault: "is missing, as all are" }] : []),
  ];
}

const MEASURED = ["rows", "bytes", "hash"] as const;

function missingIn(resource: Resource): string[] {
  return MEASURED.filter((key) => resource[key] === undefined);
}

/** @param sound the tables whose cells all fit, to which this one is added if its do */
async function tableFaults(
  connection: DuckDBConnection,
  part: Part,
  resource: Resource,
  sound: Set<string>,
): Promise<string[]> {
  const { table, format } = part;
  const path = fileOf(part);
  if (!existsSync(path)) return [`part file ${partPath(table, format)} is missing`];
  const faults: string[] = [];
  const file = await fingerprint(path);
  const rows = await rowsOf(connection, part, (fault) => faults.push(fault));
  const found = { ...file, rows: format === "csv" ? file.rows : rows };
  const differing = MEASURED.filter(
    (key) => resource[key] !== undefined && found[key] !== undefined && resource[key] !== found[key],
  );
  faults.unshift(...differing.map((key) => `${key} is ${found[key]}, recorded was ${resource[key]}`));
  if (rows === undefined) return faults;
  sound.add(table.name);
  faults.push(...(await impossibleValues(connection, part)), ...(await repeatedKeys(connection, part)));
  if (sound.has(trialsTable.name)) faults.push(...(await strayRows(connection, part)));
  return faults;
}

/** How many rows a part file has, or undefined where a cell does not fit, which is reported. */
async function rowsOf(
  connection: DuckDBConnection,
  part: Part,
  report: (fault: string) => void,
): Promise<number | undefined> {
  const { folder, table, format } = part;
  try {
    const { rows } = await columnRanges(connection, part);
    const strictly = format === "csv" && needsStrictReading(fileOf(part), columnsOf(table).length);
    if (strictly) for (const _row of readRows(folder, table));
    return rows;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    report(error.message);
    return undefined;
  }
}
