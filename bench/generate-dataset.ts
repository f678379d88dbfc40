import { closeSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "csv-stringify/sync";
import { PACKAGE_ROOT } from "../src/core/package-root.js";
import { anyTable, readDataPackage, writeDataPackage } from "../src/dataset/data-package.js";
import { hardwareTable } from "../src/dataset/hardware-table.js";
import { fileOf, partPath } from "../src/dataset/part.js";
import { readPart } from "../src/dataset/part-file.js";
import { readCells } from "../src/dataset/read-rows.js";
import { plannedResources } from "../src/dataset/resource.js";
import { formatRow, headersOf, type Table } from "../src/dataset/table.js";
import { trialsTable } from "../src/dataset/tables.js";

const REFERENCE = join(PACKAGE_ROOT, "data", "reference-cpu");
const ROWS_PER_TRIAL = 1000;
/** Samples of a trial in each phase before the steady one, which gets the others. */
const PHASES = [...new Array(6).fill("idle"), ...new Array(2).fill("load"), ...new Array(2).fill("first")];
const INTERVAL_MS = 100;
const WRITE_BYTES = 1 << 23;

/**
 * Writes a dataset of a sweep that still runs: samples of the reference dataset again and again, trials of 1,000 rows
 * each.
 *
 * @param trials how many trials; more than the rows need have no hardware
 */
export function generateDataset(folder: string, rows: number, trials = Math.ceil(rows / ROWS_PER_TRIAL)): void {
  const { provenance } = readDataPackage(REFERENCE);
  const hardware = anyTable(hardwareTable(provenance.features));
  const [first] = readPart(REFERENCE, trialsTable);
  if (first === undefined) throw new Error(`dataset ${REFERENCE}: has no trials`);
  writePart(folder, anyTable(trialsTable), function* () {
    for (let trial = 1; trial <= trials; trial++) {
      yield `${formatRow(trialsTable, { ...first, trialId: trialName(trial), trial }).join(",")}\n`;
    }
  });
  const samples = [...readCells(fileOf({ folder: REFERENCE, table: hardware, format: "csv" }))].slice(1);
  const features = samples.map(([, instrument, , , ...cells]) => ({ instrument, cells: cells.join(",") }));
  writePart(folder, hardware, function* () {
    for (let row = 0; row < rows; row++) {
      const place = row % ROWS_PER_TRIAL;
      const { instrument, cells } = features[(row * 31) % features.length] ?? { instrument: "", cells: "" };
      const trial = trialName(Math.floor(row / ROWS_PER_TRIAL) + 1);
      yield `${trial},${instrument},${PHASES[place] ?? "steady"},${place * INTERVAL_MS},${cells}\n`;
    }
  });
  writeDataPackage(folder, "running", provenance, plannedResources(folder, [anyTable(trialsTable), hardware]));
}

/** The name of a generated trial, from 1. */
function trialName(trial: number): string {
  return `cpu-2t-224px-1mb-${trial}`;
}

function writePart(folder: string, table: Table<never>, lines: () => Iterable<string>): void {
  mkdirSync(join(folder, table.name), { recursive: true });
  const file = openSync(join(folder, partPath(table)), "w");
  try {
    let text = stringify([headersOf(table)]);
    for (const line of lines()) {
      text += line;
      if (text.length < WRITE_BYTES) continue;
      writeFileSync(file, text);
      text = "";
    }
    writeFileSync(file, text);
  } finally {
    closeSync(file);
  }
}
