import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { UserError } from "../../src/core/user-error.js";
import { readPart } from "../../src/dataset/part-file.js";
import { readTrials } from "../../src/dataset/read-trials.js";
import { type SummaryRow, summariesTable, type TrialRow } from "../../src/dataset/tables.js";
import { type ImportSummary, importMeasurements } from "../../src/importing/dataset/import-measurements.js";
import type { ImportedFrom } from "../../src/importing/dataset/imported-trials.js";
import type { ImportedRows } from "../../src/importing/imported-row.js";
import { type SourceFile, sourceFile } from "../../src/importing/source-lines.js";
import { readTable } from "../../src/importing/table/read-table.js";
import type { TableOptions } from "../../src/importing/table/table-options.js";

const scratch = mkdtempSync(join(tmpdir(), "batchwise-import-"));
after(() => rmSync(scratch, { recursive: true, force: true }));
let datasets = 0;

/** A folder for a dataset that is not there yet. */
export function newFolder(): string {
  datasets++;
  return join(scratch, `dataset-${datasets}`);
}

/** A file with some contents. */
export function fileOf(name: string, contents: string | Uint8Array): SourceFile {
  writeFileSync(join(scratch, name), contents);
  return sourceFile(join(scratch, name));
}

/** A dataset made of files, and what it holds. */
export interface Imported extends ImportSummary {
  readonly rows: readonly TrialRow[];
  readonly summaries: readonly SummaryRow[];
}

export const FROM: ImportedFrom = { format: "table", device: "theirs", model: "resnet50", inputSizePx: 224 };

/** Imports files as the command line does. */
export async function imported(
  sources: readonly SourceFile[],
  read: (source: SourceFile) => ImportedRows,
  from: ImportedFrom = FROM,
): Promise<Imported> {
  const folder = newFolder();
  const summary = await importMeasurements(folder, sources, sources.map(read), from);
  return { ...summary, rows: readTrials(folder), summaries: readPart(folder, summariesTable) };
}

/** The same of one table. */
export function importedTable(
  contents: string | Uint8Array,
  options: TableOptions = {},
  from = FROM,
): Promise<Imported> {
  return imported([fileOf("table.csv", contents)], (source) => readTable(source, options), from);
}

/** What is said of an import that is refused. */
export async function refusalOf(run: () => Promise<unknown>): Promise<string> {
  try {
    await run();
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  throw new Error("not refused");
}
