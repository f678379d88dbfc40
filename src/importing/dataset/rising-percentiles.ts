import { counted } from "../../core/counted.js";
import { UserError } from "../../core/user-error.js";
import type { ImportedRow } from "../imported-row.js";

/**
 * Rows whose percentiles rise. Where they fall, one of them is wrong and nobody knows which, so that the row goes on
 * without them.
 *
 * @throws UserError of a row that says nothing else
 */
export function withRisingPercentiles(rows: readonly ImportedRow[]): {
  readonly rows: readonly ImportedRow[];
  /** One line, or none. */
  readonly notes: readonly string[];
} {
  const falling = rows.filter(isFalling);
  const [first] = falling;
  if (first === undefined) return { rows, notes: [] };
  const lost = falling.find(({ meanMs, imagesPerS }) => meanMs === undefined && imagesPerS === undefined);
  if (lost !== undefined)
    throw new UserError(`${lost.place}: its percentiles fall, ${inWords(lost)}; allowed are ones that rise`);
  return {
    rows: rows.map((row) => (isFalling(row) ? withoutPercentiles(row) : row)),
    notes: [
      `percentiles fall in ${counted(falling.length, "row")} of ${rows.length}, the first at ${first.place}: ${inWords(first)}; one of them is wrong, and none of such a row is used`,
    ],
  };
}

function percentilesOf({ p50Ms, p90Ms, p95Ms, p99Ms }: ImportedRow): readonly number[] {
  return [p50Ms, p90Ms, p95Ms, p99Ms].filter((ms) => ms !== undefined);
}

function isFalling(row: ImportedRow): boolean {
  return percentilesOf(row).some((ms, index, all) => ms < (all[index - 1] ?? 0));
}

function inWords(row: ImportedRow): string {
  return `${percentilesOf(row)
    .map((ms) => Number(ms.toPrecision(4)))
    .join(", ")} ms`;
}

function withoutPercentiles({ p50Ms: _50, p90Ms: _90, p95Ms: _95, p99Ms: _99, ...row }: ImportedRow): ImportedRow {
  return row;
}
