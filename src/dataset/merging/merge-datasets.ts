import { closeSync, fsyncSync, mkdirSync, openSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { stringify } from "csv-stringify/sync";
import { makeFolder, removeEmptyFolders } from "../../core/make-folder.js";
import { makeScratchFolder } from "../../core/scratch-folder.js";
import { UserError } from "../../core/user-error.js";
import { parseShard } from "../../design/shard.js";
import { anyTable, hasDataPackage, numberOf, type Provenance, shardsIn, writeDataPackage } from "../data-package.js";
import { tablesOf } from "../dataset-writer.js";
import { lockFolder } from "../folder-lock.js";
import { fileOf, partPath } from "../part.js";
import { PartFile } from "../part-file.js";
import { readPartQuery } from "../part-query.js";
import { withQueries } from "../query-session.js";
import { readRows } from "../read-rows.js";
import { measuredResources } from "../resource.js";
import { formatRow, headersOf, type Table } from "../table.js";
import { type ExecutionRow, executionsTable, trialsTable } from "../tables.js";
import { type DesignCoverage, designCoverage } from "./design-coverage.js";
import { findSources, type MergeSource, openSource } from "./merge-source.js";
import { mergedProvenance } from "./merged-provenance.js";
import { copySpan, readHeader } from "./row-spans.js";
import { type Piece, piecesOf, rowsIn } from "./run-pieces.js";

/** What came of a merge. */
export interface MergeSummary extends DesignCoverage {
  readonly folder: string;
  /** The datasets that were merged, each shard for itself. */
  readonly datasets: number;
  readonly runs: number;
  readonly hosts: number;
  /** Shards of which there is no run, as in 2/8; none where no dataset was one. */
  readonly missingShards: readonly string[];
  /** Whether every trial of the design is there and every dataset had ended. */
  readonly complete: boolean;
}

/**
 * Joins datasets of one design and model: shards of one folder or of several, or whole datasets. Every run keeps its
 * host, versions and time; rows stand in the order of the runs, so that merging in any order gives the same bytes. It
 * takes little memory at any size.
 *
 * @param folders those to merge, of each the whole dataset or all its shards
 * @param out a folder that holds no dataset yet
 * @throws UserError if one is of another design or model file, is being measured or damaged, or a trial is in two of
 *   them that is not the same bytes; nothing is left behind then
 * @example
 * const { complete, missing } = await mergeDatasets(["data/shards"], "data/merged");
 */
export async function mergeDatasets(folders: readonly string[], out: string): Promise<MergeSummary> {
  const found = findSources(folders);
  if (found.length === 0) throw new UserError("dataset merge: no dataset is named, required is at least one");
  if (hasDataPackage(out) || shardsIn(out).length > 0) {
    throw new UserError(`dataset ${out}: is there already, choose another folder`);
  }
  const provenance = mergedProvenance(found);
  const tables = tablesOf(provenance);
  const made = makeFolder(out, "dataset");
  const lock = lockFolder(out);
  const scratch = makeScratchFolder();
  try {
    await withQueries(async (connection) => {
      const sources: MergeSource[] = [];
      for (const [index, source] of found.entries()) {
        sources.push(await openSource(connection, source, join(scratch.path, String(index))));
      }
      await writeTables(connection, out, tables, sources, provenance);
    });
    const coverage = designCoverage(out, provenance.design);
    const complete = coverage.missing === 0 && found.every(hasEnded) && allFinished(provenance);
    const resources = await measuredResources(out, tables);
    writeDataPackage(out, complete ? "finished" : "interrupted", provenance, resources);
    return {
      ...{ folder: out, datasets: found.length, runs: provenance.runs.length },
      hosts: new Set(provenance.runs.map(({ host }) => host)).size,
      ...coverage,
      missingShards: missingShards(provenance),
      complete,
    };
  } catch (error) {
    for (const table of tables) removePart(out, table);
    throw error;
  } finally {
    scratch.remove();
    lock.release();
    removeEmptyFolders(made);
  }
}

async function writeTables(
  connection: DuckDBConnection,
  out: string,
  tables: readonly Table<never>[],
  sources: readonly MergeSource[],
  provenance: Provenance,
): Promise<void> {
  const ofTrials = tables.filter(({ belongsToTrial }) => belongsToTrial);
  const names = ofTrials.map(({ name }) => name);
  const pieces = piecesOf(provenance, sources, names);
  writeTable(out, anyTable(trialsTable), pieces);
  await requireOnce(connection, out, pieces);
  for (const table of ofTrials) writeTable(out, table, pieces);
  writeExecutions(out, sources);
}

function writeTable(out: string, table: Table<never>, pieces: readonly Piece[]): void {
  if (!pieces.some(({ source }) => source.files.has(table.name))) return;
  const headers = headersOf(table);
  const path = join(out, partPath(table));
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, "w");
  try {
    writeFileSync(file, stringify([headers]));
    for (const { runId, source, spans } of pieces) {
      const [from, span] = [source.files.get(table.name), spans.get(table.name)?.get(runId)];
      if (from === undefined || span === undefined) continue;
      if (readHeader(from).join() === headers.join()) copySpan(from, span, file);
      else for (const row of rowsIn(from, span, headers)) writeFileSync(file, stringify([row]));
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** @throws UserError naming a trial that two runs measured, and their datasets */
async function requireOnce(connection: DuckDBConnection, out: string, pieces: readonly Piece[]): Promise<void> {
  if (pieces.length === 0) return;
  const rows = readPartQuery({ folder: out, table: anyTable(trialsTable), format: "csv" });
  const twice = await connection.runAndReadAll(
    `SELECT trial_id, min(run_id), max(run_id) FROM (${rows}) GROUP BY trial_id HAVING count(*) > 1
     ORDER BY trial_id LIMIT 1`,
  );
  const [found] = twice.getRows();
  if (found === undefined) return;
  const [trialId, ...runs] = found.map(String);
  const [first, second] = runs.map((id) => pieces.find(({ runId }) => runId === id)?.source.name);
  throw new UserError(
    `trial ${trialId}: is in ${first} and in ${second}, measured by different runs, allowed are the same bytes`,
  );
}

/** Executions belong to no run: they stand in the order of their starts. */
function writeExecutions(out: string, sources: readonly MergeSource[]): void {
  const rows = new Map<string, ExecutionRow>();
  for (const { folder, data } of sources) {
    for (const row of readRows(folder, executionsTable, numberOf(data.provenance))) {
      rows.set(formatRow(executionsTable, row).join("\n"), row);
    }
  }
  if (rows.size === 0) return;
  const key = ({ startedAt, planId, device }: ExecutionRow) => `${startedAt} ${planId} ${String(device).padStart(9)}`;
  const { part } = PartFile.open(out, executionsTable, () => true);
  part.append([...rows.values()].toSorted((a, b) => (key(a) < key(b) ? -1 : 1)));
  part.close();
}

/** Whether a sweep of all of the design had ended; what shards measured says for each of them whether that had. */
function hasEnded({ data: { status, provenance } }: Pick<MergeSource, "data">): boolean {
  return status === "finished" || provenance.runs.some(({ shard }) => shard !== undefined);
}

function allFinished({ runs }: Provenance): boolean {
  const finished = new Set(runs.flatMap((run) => (run.finished ? [run.shard] : [])));
  return runs.every(({ shard }) => shard === undefined || finished.has(shard));
}

function missingShards({ runs }: Provenance): string[] {
  const measured = new Set(runs.flatMap(({ shard }) => (shard === undefined ? [] : [shard])));
  const numbers = new Set([...measured].map((shard) => parseShard("shard", shard).of));
  return [...numbers].flatMap((of) =>
    Array.from({ length: of }, (_, index) => `${index + 1}/${of}`).filter((shard) => !measured.has(shard)),
  );
}

function removePart(out: string, table: Table<never>): void {
  rmSync(fileOf({ folder: out, table, format: "csv" }), { force: true });
  removeEmptyFolders([join(out, table.name)]);
}
