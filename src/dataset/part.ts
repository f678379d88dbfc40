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
  /** That of the shard that wrote it; 0, the default, where the dataset is whole. */
  readonly number?: number;
}

/** The path of a table's part file within a dataset, with forward slashes as in the data package. */
export function partPath(table: { readonly name: string }, format: PartFormat = "csv", number = 0): string {
  return `${table.name}/part-${number}.${format}`;
}

/** The path of a part file. */
export function fileOf({ folder, table, format, number }: Part): string {
  return join(folder, partPath(table, format, number));
}
