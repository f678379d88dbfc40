import { groupBy } from "../core/group-by.js";
import type { TrialRow } from "../dataset/tables.js";
import { cellOf } from "./observed/observation.js";

/** The name of the session, a run of the sweep on one host, that a trial is of. */
export function sessionOf({ host, runId }: Pick<TrialRow, "host" | "runId">): string {
  return JSON.stringify([host, runId]);
}

/** In how many sessions trials were measured. */
export function sessionCount(trials: readonly Pick<TrialRow, "host" | "runId">[]): number {
  return new Set(trials.map(sessionOf)).size;
}

/** How many sessions measured a cell that another one did, too: these say how far they are apart. 1 of a single one. */
export function comparableSessions(trials: readonly TrialRow[]): number {
  if (sessionCount(trials) < 2) return 1;
  const sessionsOfCells = [...groupBy(trials, cellOf).values()].map((cell) => new Set(cell.map(sessionOf)));
  return new Set(sessionsOfCells.filter(({ size }) => size > 1).flatMap((of) => [...of])).size;
}
