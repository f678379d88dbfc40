import { groupBy } from "../core/group-by.js";
import type { TrialRow, TrialStatus } from "../dataset/tables.js";
import { cellOf } from "../fit/observed/observation.js";

/** How the trials of a cell ended on each side, where they ended well on one of them only. */
export interface LostCell {
  readonly inputSizePx: number;
  readonly miniBatchSize: number;
  readonly a: TrialStatus;
  readonly b: TrialStatus;
}

/** Cells that both sides tried, and that ended well on one of them only, by input size and mini-batch size. */
export function lostCells(a: readonly TrialRow[], b: readonly TrialRow[]): LostCell[] {
  const [endsA, endsB] = [endsByCell(a), endsByCell(b)];
  return [...endsA]
    .flatMap(([cell, { inputSizePx, miniBatchSize, status }]) => {
      const other = endsB.get(cell)?.status;
      const isLost = other !== undefined && (status === "ok") !== (other === "ok");
      return isLost ? [{ inputSizePx, miniBatchSize, a: status, b: other }] : [];
    })
    .sort((one, other) => one.inputSizePx - other.inputSizePx || one.miniBatchSize - other.miniBatchSize);
}

/** A row of each cell: of one that ended well if there is any, else the first. */
function endsByCell(trials: readonly TrialRow[]): Map<string, TrialRow> {
  return new Map(
    [...groupBy(trials, cellOf)].flatMap(([cell, rows]) => {
      const row = rows.find(({ status }) => status === "ok") ?? rows[0];
      return row === undefined ? [] : [[cell, row]];
    }),
  );
}
