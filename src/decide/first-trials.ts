import { firstAttemptId } from "../dataset/read-trials.js";
import type { ChoiceReason, TrialRow } from "../dataset/tables.js";
import type { PlannedTrial } from "../design/cells.js";
import { bisectingTrials } from "../measure/bisect-memory.js";

/** What comes next, and why. */
export interface NextTrials {
  readonly trials: readonly PlannedTrial[];
  readonly reason: ChoiceReason;
  readonly because: string;
}

/** Those of some planned trials that were not measured yet; another attempt at one is that one. */
export function unmeasuredOf(planned: readonly PlannedTrial[], rows: readonly TrialRow[]): PlannedTrial[] {
  const measured = new Set(rows.map(firstAttemptId));
  return planned.filter(({ trialId }) => !measured.has(trialId));
}

/**
 * What every cell needs first: its first trials, then those that find the edge of memory.
 *
 * @param because why a trial is one of the first
 * @returns undefined where all of it is measured
 */
export function firstTrials(
  planned: readonly PlannedTrial[],
  rows: readonly TrialRow[],
  memoryLimitMib: number | undefined,
  because: string,
): NextTrials | undefined {
  const unmeasured = unmeasuredOf(planned, rows);
  if (unmeasured.length > 0) return { trials: unmeasured, reason: "first look", because };
  const probes = bisectingTrials(planned, rows, memoryLimitMib);
  if (probes.length === 0) return undefined;
  return { trials: probes, reason: "memory edge", because: "memory ends between what ran and what ran out of it" };
}
