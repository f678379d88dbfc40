import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { UserError } from "../../core/user-error.js";
import { designDifference } from "../../design/design-difference.js";
import { type Shard, shardName } from "../../design/shard.js";
import { writeCsv } from "../convert-hardware.js";
import { type DataPackage, hasDataPackage, numberOf, partOf, readDataPackage, shardsIn } from "../data-package.js";
import { tablesOf } from "../dataset-writer.js";
import { fingerprint } from "../fingerprint.js";
import { measuredBy } from "../folder-lock.js";
import { fileOf } from "../part.js";
import { headersOf, type Table } from "../table.js";
import { readHeader } from "./row-spans.js";

/** One dataset that is merged: a whole one, or one shard of a folder. */
export interface MergeSource {
  /** Its folder, and its shard where it is one. */
  readonly name: string;
  readonly folder: string;
  readonly data: DataPackage;
  /** The CSV files of its tables, by the table's name. */
  readonly files: ReadonlyMap<string, string>;
}

/**
 * The datasets that folders hold: of each folder the whole dataset, or all its shards.
 *
 * @throws UserError if a folder holds none, one is being measured, or one is no part of the same experiment
 */
export function findSources(folders: readonly string[]): Omit<MergeSource, "files">[] {
  const found = folders.flatMap((folder) => {
    const shards: (Shard | undefined)[] = [...shardsIn(folder)];
    if (hasDataPackage(folder) || shards.length === 0) shards.unshift(undefined);
    return shards.map((shard) => ({
      name: shard === undefined ? folder : `${folder} shard ${shardName(shard)}`,
      folder,
      data: readDataPackage(folder, shard),
    }));
  });
  for (const { name, folder, data } of found) {
    const by = measuredBy(folder, numberOf(data.provenance));
    if (by !== undefined) throw new UserError(`dataset ${name}: is being measured by ${by}, wait for it or stop it`);
    if (data.provenance.imported !== undefined) {
      throw new UserError(`dataset ${name}: was imported, allowed are datasets of sweeps`);
    }
  }
  const [first, ...others] = found;
  if (first !== undefined) for (const other of others) requireSame(first, other);
  return found;
}

function requireSame(a: Omit<MergeSource, "files">, b: Omit<MergeSource, "files">): void {
  const [first, second] = [a.data.provenance, b.data.provenance];
  if (first.model.sha256 !== second.model.sha256) {
    throw new UserError(
      `dataset ${b.name}: was measured with the model file ${short(second.model.sha256)}, ${a.name} with ${short(first.model.sha256)}`,
    );
  }
  const { images: inA, ...designA } = first.design;
  const { images: inB, ...designB } = second.design;
  const difference =
    designDifference(designA, designB) ??
    ((inA === undefined) === (inB === undefined) ? undefined : { key: "images", first: inA, second: inB });
  if (difference === undefined) return;
  throw new UserError(
    `dataset ${b.name}: its design has ${difference.key} ${difference.second}, that of ${a.name} ${difference.first}`,
  );
}

function short(hash: string | undefined): string {
  return hash?.slice(0, 12) ?? "unknown";
}

/**
 * Makes the tables of a dataset readable as CSV files with the headers that they should have and the bytes that were
 * recorded.
 *
 * @param scratch a folder for what is Parquet
 * @throws UserError naming the part file that is missing or differs
 */
export async function openSource(
  connection: DuckDBConnection,
  source: Omit<MergeSource, "files">,
  scratch: string,
): Promise<MergeSource> {
  const { folder, data } = source;
  const files = new Map<string, string>();
  for (const table of tablesOf(data.provenance)) {
    const resource = data.resources.find(({ name }) => name === table.name);
    const part = partOf(folder, data, table);
    const path = fileOf(part);
    if (!existsSync(path)) {
      if (resource === undefined) continue;
      throw new UserError(`part file ${path}: is missing`);
    }
    if (resource?.hash !== undefined && (await fingerprint(path)).hash !== resource.hash) {
      throw new UserError(`part file ${path}: is not what its data package says, see dataset check`);
    }
    if (part.format === "parquet") {
      const csv = { folder: scratch, table, format: "csv", number: numberOf(data.provenance) } as const;
      mkdirSync(dirname(fileOf(csv)), { recursive: true });
      await writeCsv(connection, part, csv);
      files.set(table.name, fileOf(csv));
    } else {
      requireHeader(path, table);
      files.set(table.name, path);
    }
  }
  return { ...source, files };
}

function requireHeader(path: string, table: Table<never>): void {
  const [found, expected] = [readHeader(path), headersOf(table)];
  if (found.length === 0) return; // nothing was written before it was killed
  const wrong = expected.findIndex((name, index) => found[index] !== name);
  if (wrong < 0 && found.length === expected.length) return;
  throw new UserError(`part file ${path}: its header is not that of table ${table.name}`);
}
