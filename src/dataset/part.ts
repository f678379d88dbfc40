import { join } from "node:path";
import type { Table } from "./table.js";

/** How a part file holds its rows: CSV is appended to, Parquet is what the hardware of a finished run can become. */
export const PART_FORMATS = ["csv", "parquet"] as const;
export type PartFormat = (typeof PART_FORMATS)[number];

/** Where a dataset holds a table's rows. */
export interface Part {
  readonly folder: string;
  readonly table: Table<never>;
  readonly format: PartFormat;
}

/** The path of a table's part file within a dataset, with forward slashes as in the data package. */
export function partPath(table: { readonly name: string }, format: PartFormat = "csv"): string {
  return `${table.name}/part-0.${format}`;
}

/** The path of a part file. */
export function fileOf({ folder, table, format }: Part): string {
  return join(folder, partPath(table, format));
}
