import { groupBy } from "../core/group-by.js";
import { median, medianAbsoluteDeviationOf, sorted } from "../core/statistics.js";
import { attemptId, firstAttemptId } from "../dataset/read-trials.js";
import type { PulseRow, TrialRow } from "../dataset/tables.js";
import type { PlannedTrial } from "../design/cells.js";
import { deviceName, type RecordedDevice } from "../design/design.js";
import { plannedAt } from "./added-trials.js";

/** Of fewer trials of a session it is not known what is usual. */
const LEAST_TRIALS = 10;
/** A pulse that takes less than this times the usual one is no spell, however alike the others are. */
const LEAST_RATIO = 1.25;
/** Normal pulses are beyond so many standard deviations once in 4,000 trials. */
const DEVIATIONS = 3.5;
/** Of a normal distribution, over its median absolute deviation. */
const SD_OVER_MAD = 1.4826;
/** Where more trials meet a spell it is how the machine is. */
const MOST_SHARE = 0.15;
/** A trial is measured at most so often. */
const MOST_ATTEMPTS = 3;

/** The pulse around a trial: that of its slower side; undefined where there is none. */
export function slowerPulseMs({ pulseBeforeMs, pulseAfterMs }: Omit<PulseRow, "trialId">): number | undefined {
  const known = [pulseBeforeMs, pulseAfterMs].filter((ms) => ms !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

/**
 * How many times as long as is usual a pulse takes, where that is beyond what the others of the session allow: more
 * than 1.25 times their median, and 3.5 standard deviations of their logarithms, told by the median absolute deviation.
 *
 * @param pulseMs the slower of the two around a trial
 * @param othersMs the same of trials of the same session and device
 * @returns undefined where it is within, or there are fewer than ten others
 */
export function spellRatio(pulseMs: number, othersMs: readonly number[]): number | undefined {
  if (othersMs.length < LEAST_TRIALS) return undefined;
  const logs = othersMs.map(Math.log);
  const usual = median(sorted(logs));
  const beyond = Math.log(pulseMs) - usual;
  const allowed = Math.max(Math.log(LEAST_RATIO), DEVIATIONS * SD_OVER_MAD * medianAbsoluteDeviationOf(logs));
  return beyond > allowed ? pulseMs / Math.exp(usual) : undefined;
}

/** The pulses around trials that ended well, of a session and device each. */
function pulsesOfSessions(rows: readonly TrialRow[], pulses: readonly PulseRow[]) {
  const pulseOf = new Map(pulses.map((pulse) => [pulse.trialId, slowerPulseMs(pulse)]));
  const known = rows.flatMap((row) => {
    const pulseMs = pulseOf.get(row.trialId);
    return row.status === "ok" && pulseMs !== undefined ? [{ row, pulseMs }] : [];
  });
  return groupBy(known, ({ row }) => sessionName(row));
}

function sessionName(row: Pick<TrialRow, "runId"> & RecordedDevice): string {
  return `${row.runId} ${deviceName(row)}`;
}

/**
 * How many times as slow as is usual the machine was around a trial, of what is known of its session so far.
 *
 * @returns undefined where it was not, as `spellRatio`
 */
export function spellAround(
  pulse: Omit<PulseRow, "trialId">,
  trial: Pick<TrialRow, "runId"> & RecordedDevice,
  rows: readonly TrialRow[],
  pulses: readonly PulseRow[],
): number | undefined {
  const pulseMs = slowerPulseMs(pulse);
  const others = pulsesOfSessions(rows, pulses).get(sessionName(trial)) ?? [];
  return pulseMs === undefined
    ? undefined
    : spellRatio(
        pulseMs,
        others.map((other) => other.pulseMs),
      );
}

/**
 * Trials that met a slow spell of the machine, each as another attempt: the machine alone says which, not what was
 * measured, so that nothing is chosen by its outcome. Of each session and device at most 15 % of the trials, those with
 * the slowest pulses, and none a fourth time.
 *
 * @param rows all that the dataset holds, earlier attempts included
 */
export function trialsInSpells(rows: readonly TrialRow[], pulses: readonly PulseRow[]): PlannedTrial[] {
  const attempts = groupBy(rows, firstAttemptId);
  return [...pulsesOfSessions(rows, pulses).values()].flatMap((trials) => {
    const pulsesMs = trials.map(({ pulseMs }) => pulseMs);
    return trials
      .filter(({ pulseMs }) => spellRatio(pulseMs, pulsesMs) !== undefined)
      .toSorted((a, b) => b.pulseMs - a.pulseMs)
      .slice(0, Math.floor(MOST_SHARE * trials.length))
      .flatMap(({ row }) => {
        const all = attempts.get(firstAttemptId(row)) ?? [];
        if (all.at(-1) !== row || all.length >= MOST_ATTEMPTS) return [];
        return [{ ...plannedAt(row), trialId: attemptId(firstAttemptId(row), all.length + 1) }];
      });
  });
}
