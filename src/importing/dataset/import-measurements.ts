import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { counted } from "../../core/counted.js";
import { distinct } from "../../core/distinct.js";
import { groupBy } from "../../core/group-by.js";
import { UserError } from "../../core/user-error.js";
import { hasDataPackage, type Provenance, writeDataPackage } from "../../dataset/data-package.js";
import { tablesOf } from "../../dataset/dataset-writer.js";
import { lockFolder } from "../../dataset/folder-lock.js";
import { PartFile } from "../../dataset/part-file.js";
import { withQueries } from "../../dataset/query-session.js";
import { measuredResources } from "../../dataset/resource.js";
import type { Table } from "../../dataset/table.js";
import { type InferenceRow, inferencesTable, summariesTable, trialsTable } from "../../dataset/tables.js";
import type { ImportedRows } from "../imported-row.js";
import type { SourceFile } from "../source-lines.js";
import {
  type CellStatistics,
  type CollectedRows,
  cellStatistics,
  collectRows,
  inferencesOf,
  summaryRows,
} from "./collected-rows.js";
import {
  type ImportedFrom,
  type ImportedTrials,
  recordedDevice,
  trialIdOf,
  trialOf,
  trialsOfSummaries,
  unknownOf,
} from "./imported-trials.js";

/** What was imported. */
export interface ImportSummary {
  readonly folder: string;
  readonly trials: number;
  readonly cells: number;
  /** Single ones, where they were given. */
  readonly inferences: number;
  readonly unknown: readonly string[];
  readonly notes: readonly string[];
}

/** So many inferences are written at a time. */
const PIECE = 32_768;

/**
 * Makes a dataset of what others measured. What they do not say is empty in it, and said in its provenance.
 *
 * @throws UserError if the folder holds a dataset, or of the first row that is not clear
 */
export async function importMeasurements(
  folder: string,
  sources: readonly SourceFile[],
  imported: readonly ImportedRows[],
  known: ImportedFrom,
): Promise<ImportSummary> {
  if (hasDataPackage(folder)) throw new UserError(`dataset ${folder}: is there already, choose another folder`);
  return withQueries(
    async (connection) => {
      const collected = await collectRows(connection, imported, known.inputSizePx);
      const from = { ...known, run: runOf(sources) };
      const found =
        collected.kind === "inferences" ? await ofInferences(collected, from) : await ofSummaries(collected, from);
      const notes = [...imported.flatMap((source) => source.notes), ...found.notes];
      const provenance = provenanceOf(found, sources, from, notes);
      mkdirSync(folder, { recursive: true });
      const lock = lockFolder(folder);
      try {
        const inferences = collected.kind === "inferences" ? await writeInferences(folder, collected, from) : 0;
        write(folder, summariesTable, found.summaries);
        write(folder, trialsTable, found.trials);
        writeDataPackage(folder, "finished", provenance, await measuredResources(folder, tablesOf(provenance)));
        return {
          ...{ folder, inferences, notes },
          trials: found.trials.length,
          cells: new Set(found.trials.map(({ inputSizePx, miniBatchSize }) => `${inputSizePx} ${miniBatchSize}`)).size,
          unknown: provenance.imported?.unknown ?? [],
        };
      } finally {
        lock.release();
      }
    },
    { threads: 1 }, // several would add up a mean in an order of their own
  );
}

/** The same files are the same run, and others another one. */
function runOf(sources: readonly SourceFile[]): string {
  const hash = createHash("sha256");
  for (const source of sources) hash.update(source.fingerprint().sha256);
  return `imported-${hash.digest("hex").slice(0, 12)}`;
}

async function ofSummaries(collected: CollectedRows, from: ImportedFrom): Promise<ImportedTrials> {
  const { rows, repeated } = await summaryRows(collected);
  return trialsOfSummaries(rows, from, repeated);
}

async function ofInferences(collected: CollectedRows, from: ImportedFrom): Promise<ImportedTrials> {
  const cells = await cellStatistics(collected);
  if (cells.length === 0) throw new UserError("import: no inference with a time");
  const summaryOf = ({ meanMs, percentilesMs: [p50Ms, p90Ms, p95Ms, p99Ms] }: CellStatistics) => ({
    ...{ latencyMs: meanMs, latencyFrom: "inferences" as const, meanMs, p50Ms, p90Ms, p95Ms, p99Ms },
    ...{ imagesPerS: undefined, powerW: undefined, idlePowerW: undefined },
  });
  const trials = cells.map((cell) => ({
    ...trialOf({ ...cell, place: "" }, 1, from),
    steadyMedianMs: cell.medianMs,
    steadyMadMs: cell.madMs,
    inferences: cell.inferences,
  }));
  return {
    trials,
    summaries: cells.map((cell, index) => ({ trialId: trials[index]?.trialId ?? "", ...summaryOf(cell) })),
    notes: [`${counted(collected.rows, "row")} taken as single inferences, those of a mini-batch as one trial`],
  };
}

async function writeInferences(folder: string, collected: CollectedRows, from: ImportedFrom): Promise<number> {
  const { part } = PartFile.open(folder, inferencesTable, () => true);
  let [written, piece]: [number, InferenceRow[]] = [0, []];
  let [trialId, iteration] = ["", 0];
  for await (const rows of inferencesOf(collected)) {
    for (const { latencyMs, ...cell } of rows) {
      const id = trialIdOf(cell, 1, from);
      iteration = id === trialId ? iteration + 1 : 1;
      trialId = id;
      piece.push({ trialId, iteration, startedMs: undefined, latencyMs });
    }
    if (piece.length < PIECE) continue;
    part.append(piece);
    written += piece.length;
    piece = [];
  }
  part.append(piece);
  part.close();
  return written + piece.length;
}

function write<Row>(folder: string, table: Table<Row>, rows: readonly Row[]): void {
  const { part } = PartFile.open(folder, table, () => true);
  part.append(rows);
  part.close();
}

function provenanceOf(
  { trials }: ImportedTrials,
  sources: readonly SourceFile[],
  from: ImportedFrom,
  notes: readonly string[],
): Provenance {
  const { format, device, model, measuredBy, source, licence } = from;
  const bySize = groupBy(trials, ({ inputSizePx }) => inputSizePx);
  const ofSize = [...bySize].map(
    ([size, rows]) => [size, distinct(rows.map(({ miniBatchSize }) => miniBatchSize))] as const,
  );
  const [first] = ofSize;
  return {
    design: {
      imported: true,
      name: "imported",
      model,
      input_sizes_px: ofSize.map(([size]) => size),
      mini_batch_sizes: first !== undefined && ofSize.length === 1 ? first[1] : Object.fromEntries(ofSize),
      devices: [recordedDevice(from)],
    },
    imported: {
      format,
      files: sources.map((file) => file.fingerprint()),
      device,
      ...(measuredBy !== undefined && { measured_by: measuredBy }),
      ...(source !== undefined && { source }),
      ...(licence !== undefined && { licence }),
      unknown: unknownOf(trials, from),
      notes: [...notes],
    },
    model: { name: model, sizes: [] },
    machine: {},
    versions: {},
    features: [],
    unavailable_features: [],
    runs: [{ run_id: from.run ?? "" }],
  };
}
