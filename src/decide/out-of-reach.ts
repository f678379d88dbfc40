import type { CellEvidence } from "./cell-evidence.js";
import type { Standing } from "./standing.js";
import type { StillNeeded } from "./still-needed.js";

/** Two that were looked at so often, and that so many times the rest of the budget would not tell apart, stay so. */
const LOOKED_AT = 5;
const TIMES_THE_REST = 2;

/** Whether what is left of a budget is far from what would tell the present answer and its challenger apart. */
export function isOutOfReach(
  cells: readonly CellEvidence[],
  { leader, runnerUp }: Standing,
  needed: StillNeeded | undefined,
  leftMs: number,
): boolean {
  if (needed === undefined || runnerUp === undefined || needed.timeMs <= TIMES_THE_REST * leftMs) return false;
  const both = cells.filter(({ miniBatchSize }) => [leader, runnerUp.miniBatchSize].includes(miniBatchSize));
  return both.every(({ processes }) => processes >= LOOKED_AT);
}
