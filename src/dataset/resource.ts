import { existsSync } from "node:fs";
import { join } from "node:path";
import { columnRanges, type Range } from "./column-ranges.js";
import type { Resource } from "./data-package.js";
import { fingerprint } from "./fingerprint.js";
import { fileOf, type Part, type PartFormat, partPath } from "./part.js";
import { withQueries } from "./query-session.js";
import { columnsOf, type Table } from "./table.js";

/**
 * Tables as resources of a data package, by their Table Schemas alone: while a run goes on, counts, hashes and ranges
 * would be wrong with the next trial.
 *
 * @param tables all that the dataset can hold; those without a part file are left out
 * @param number of the shard whose part files they are; 0 where the dataset is whole
 */
export function plannedResources(folder: string, tables: readonly Table<never>[], number = 0): Resource[] {
  return existing(folder, tables, number).map((table) => resourceOf(table, {}, {}, number));
}

/**
 * Tables as resources with what their CSV part files hold: row count, size, hash, and the range of every numeric
 * column.
 *
 * @throws UserError naming file, line, column and value of the first cell that does not fit its table
 */
export async function measuredResources(
  folder: string,
  tables: readonly Table<never>[],
  number = 0,
): Promise<Resource[]> {
  return withQueries(async (connection) => {
    const resources: Resource[] = [];
    for (const table of existing(folder, tables, number)) {
      const part: Part = { folder, table, format: "csv", number };
      const { ranges } = await columnRanges(connection, part);
      resources.push(resourceOf(table, await fingerprint(fileOf(part)), ranges, number));
    }
    return resources;
  });
}

function existing(folder: string, tables: readonly Table<never>[], number: number): Table<never>[] {
  return tables.filter((table) => existsSync(join(folder, partPath(table, "csv", number))));
}

function resourceOf(
  table: Table<never>,
  measured: object,
  ranges: Readonly<Record<string, Range>>,
  number: number,
): Resource {
  return {
    name: table.name,
    ...formatOf(table, "csv", number),
    description: table.description,
    ...measured,
    schema: {
      fields: columnsOf(table).map(([, column]) => ({
        name: column.header,
        type: column.type,
        description: column.description,
        ...(column.unit !== undefined && { unit: column.unit }),
        ...(!column.optional && { constraints: { required: true, ...(column.allowed && { enum: column.allowed }) } }),
        ...ranges[column.header],
      })),
      missingValues: [""],
      ...(table.primaryKey.length > 0 && { primaryKey: table.primaryKey.map((key) => headerOf(table, key)) }),
      ...(table.belongsToTrial && {
        foreignKeys: [{ fields: "trial_id", reference: { resource: "trials", fields: "trial_id" } }],
      }),
    },
  };
}

const FILES = {
  csv: { profile: "tabular-data-resource", format: "csv", mediatype: "text/csv", encoding: "utf-8" },
  parquet: { profile: "data-resource", format: "parquet", mediatype: "application/vnd.apache.parquet" },
} as const;

/** What a resource says of its part file's format. */
export function formatOf(table: Table<never>, format: PartFormat, number = 0) {
  return { path: partPath(table, format, number), ...FILES[format] };
}

/** The column of a table's property. */
export function headerOf(table: Table<never>, key: string): string {
  return columnsOf(table).find(([name]) => name === key)?.[1].header ?? key;
}
