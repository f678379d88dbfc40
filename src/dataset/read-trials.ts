import { readPart } from "./part-file.js";
import { type SummaryRow, summariesTable, type TrialRow, trialsTable } from "./tables.js";

/**
 * The trials of a dataset that count: of one that was measured again (`sweep --retry`) the last attempt. Where others
 * measured a trial and do not say its median, the latency that its summary says stands for it.
 *
 * @param number of the shard that measured them; 0 where the dataset is whole
 * @throws UserError naming file, line, column and value of the first cell that does not fit the table
 * @example
 * const ok = readTrials("data/quick").filter(({ status }) => status === "ok");
 */
export function readTrials(folder: string, number = 0): TrialRow[] {
  const trials = lastAttempts(readPart(folder, trialsTable, number));
  if (trials.every(({ status, steadyMedianMs }) => status !== "ok" || steadyMedianMs !== undefined)) return trials;
  return withSummaries(trials, readPart(folder, summariesTable));
}

/** Trials with the latencies of their summaries where they have no median of their own. */
export function withSummaries(trials: readonly TrialRow[], summaries: readonly SummaryRow[]): TrialRow[] {
  const latencyOf = new Map(summaries.map(({ trialId, latencyMs }) => [trialId, latencyMs]));
  return trials.map(({ steadyMedianMs, ...trial }) => ({
    ...trial,
    steadyMedianMs: steadyMedianMs ?? latencyOf.get(trial.trialId),
  }));
}

/** The last attempt of each trial, in the order of the rows: the one with the highest number. */
export function lastAttempts(rows: readonly TrialRow[]): TrialRow[] {
  const last = new Map<string, TrialRow>();
  for (const row of rows) {
    const known = last.get(firstAttemptId(row));
    if (known === undefined || attemptOf(row) >= attemptOf(known)) last.set(firstAttemptId(row), row);
  }
  return rows.filter((row) => last.get(firstAttemptId(row)) === row);
}

function attemptOf({ trialId }: TrialRow): number {
  return Number(/-attempt-(\d+)$/.exec(trialId)?.[1] ?? 1);
}

/**
 * The id of an attempt at a trial, from 1: each is a row with an id of its own, so that ids are unique in every table.
 *
 * @example attemptId("cpu-2t-64px-1mb-1", 2) // "cpu-2t-64px-1mb-1-attempt-2"
 */
export function attemptId(trialId: string, attempt: number): string {
  return attempt === 1 ? trialId : `${trialId}-attempt-${attempt}`;
}

/** The id that a trial has in its design, which is that of its first attempt. */
export function firstAttemptId({ trialId }: Pick<TrialRow, "trialId">): string {
  return trialId.replace(/-attempt-\d+$/, "");
}
