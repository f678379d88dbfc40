import { sampleStandardDeviation } from "simple-statistics";
import { groupBy } from "../core/group-by.js";
import { onceForEach } from "../core/once-for-each.js";
import { seededRandom } from "../core/seeded-random.js";
import { studentQuantile } from "../core/student-t.js";
import { lastAttempts } from "../dataset/read-trials.js";
import type { TrialRow } from "../dataset/tables.js";
import { cellName, cellsOf, type PlannedTrial, plannedTrial, recordedCell } from "../design/cells.js";
import type { Design, DeviceConfiguration } from "../design/design.js";

/** Of fewer processes the scatter is hardly known. */
const LEAST_PROCESSES = 5;

/**
 * The next trials of the cells whose latency is not yet known as well as the design wants, one of each: first those
 * that have had the fewest, so that a sweep that goes on repeats none, in a seeded random order. A cell has enough when
 * the 95 % interval of its mean, of ln latency over processes, was within ± `process_half_width` at five or more, and
 * one more has been measured: stopping right there would stop where the scatter came out small by chance. One that
 * never ended well is not repeated, and none beyond `max_trials`.
 *
 * @param rows all that the dataset holds
 * @param sharedVariance of the error, in logarithms, that the means of all cells of a device have in common. Default: 0
 * @returns none where the design has no `max_trials`
 */
export function repeatingTrials(
  design: Design,
  rows: readonly TrialRow[],
  sharedVariance: (device: DeviceConfiguration) => number = () => 0,
): PlannedTrial[] {
  const { trials, max_trials: most = trials, seed } = design;
  const open = openCells(design, rows, sharedVariance).filter(({ next }) => next.trial <= most);
  const round = Math.min(...open.map(({ next }) => next.trial));
  return seededRandom(seed, `order of trial ${round}`).shuffle(
    open.flatMap(({ next }) => (next.trial === round ? [next] : [])),
  );
}

/**
 * The cells of a design that ended well and are not yet known as well as it wants.
 *
 * @param sharedVariance as of `repeatingTrials`
 */
export function openCells(
  design: Design,
  rows: readonly TrialRow[],
  sharedVariance: (device: DeviceConfiguration) => number = () => 0,
): MeasuredCell[] {
  return measuredCells(design, rows).filter(
    ({ logs, next }) => !isKnown(logs, design.process_half_width, sharedVariance(next.cell.device)),
  );
}

/** One more trial of each cell of a design that ended well once, in a seeded random order. */
export function oneMoreOfEach(design: Design, rows: readonly TrialRow[]): PlannedTrial[] {
  return seededRandom(design.seed, `order after ${rows.length} trials`).shuffle(
    measuredCells(design, rows).map(({ next }) => next),
  );
}

/** A cell of a design that ended well, with its next trial, and ln of its latencies in the order of its trials. */
export interface MeasuredCell {
  readonly next: PlannedTrial;
  readonly logs: readonly number[];
}

/** The cells of a design that ended well, with their next trial. */
export function measuredCells(design: Design, rows: readonly TrialRow[]): MeasuredCell[] {
  const measured = groupBy(lastAttempts(rows), cellName);
  return cellsOf(design).flatMap((cell) => {
    const ofCell = measured.get(cellName(recordedCell(cell))) ?? [];
    const logs = ofCell
      .filter(({ status }) => status === "ok")
      .toSorted((a, b) => a.trial - b.trial)
      .flatMap(({ steadyMedianMs = 0 }) => (steadyMedianMs > 0 ? [Math.log(steadyMedianMs)] : []));
    const last = ofCell.reduce((most, row) => Math.max(most, row.trial), 0);
    return logs.length === 0 ? [] : [{ next: plannedTrial(cell, last + 1), logs }];
  });
}

/** So many standard deviations to both sides hold 95 % of a normal distribution. */
export const NORMAL_95 = 1.96;
const student95 = onceForEach((degrees: number) => studentQuantile(0.975, degrees));

/** Whether the interval was narrow enough before the last process. */
function isKnown(logs: readonly number[], wanted: number, sharedVariance: number): boolean {
  const ofShared = NORMAL_95 * Math.sqrt(sharedVariance);
  return logs.some(
    (_, count) => count >= LEAST_PROCESSES && Math.expm1(Math.hypot(reachOf(logs.slice(0, count)), ofShared)) <= wanted,
  );
}

function reachOf(logs: readonly number[]): number {
  return (student95(logs.length - 1) * sampleStandardDeviation([...logs])) / Math.sqrt(logs.length);
}
