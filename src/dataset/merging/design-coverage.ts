import { cellName, cellsOf, recordedCell } from "../../design/cells.js";
import { type RecordedDesign, sweptDevice } from "../../design/design.js";
import { readRows } from "../read-rows.js";
import { trialsTable } from "../tables.js";

/** How much of its design a dataset holds. */
export interface DesignCoverage {
  /** Trials that were measured, those beyond the design and earlier attempts included. */
  readonly trials: number;
  /** Trials of the design. */
  readonly planned: number;
  /** Those of them that are not in the dataset. */
  readonly missing: number;
}

/** Counts the trials of a design that a dataset holds, with one bit for each. */
export function designCoverage(folder: string, design: RecordedDesign): DesignCoverage {
  const { trials = 0 } = design;
  const cells = cellsOf({ ...design, devices: design.devices.map(sweptDevice) });
  const places = new Map(cells.map((cell, index) => [cellName(recordedCell(cell)), index]));
  const seen = new Uint8Array(Math.ceil((cells.length * trials) / 8));
  let [rows, measured] = [0, 0];
  for (const row of readRows(folder, trialsTable)) {
    rows++;
    const place = places.get(cellName(row));
    if (place === undefined || row.trial > trials) continue;
    const bit = place * trials + row.trial - 1;
    const [byte, mask] = [bit >> 3, 1 << (bit & 7)];
    if (((seen[byte] ?? 0) & mask) !== 0) continue;
    seen[byte] = (seen[byte] ?? 0) | mask;
    measured++;
  }
  const planned = cells.length * trials;
  return { trials: rows, planned, missing: planned - measured };
}
