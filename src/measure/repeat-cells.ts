import { sampleStandardDeviation } from "simple-statistics";
import { groupBy } from "../core/group-by.js";
import { seededRandom } from "../core/seeded-random.js";
import { studentQuantile } from "../core/student-t.js";
import { lastAttempts } from "../dataset/read-trials.js";
import type { TrialRow } from "../dataset/tables.js";
import { cellsOf, type PlannedTrial, plannedTrial } from "../design/cells.js";
import type { Design } from "../design/design.js";
import { cellName } from "./added-trials.js";

/** Of fewer processes the scatter is hardly known. */
const LEAST_PROCESSES = 5;

/**
 * The next trials of the cells whose latency is not yet known as well as the design wants, one of each: first those that have
 * had the fewest, so that a sweep that goes on repeats none, in a seeded random order. A cell has enough when the 95 %
 * interval of its mean, of ln latency over processes, was within ± `process_half_width` at five or more, and one more has
 * been measured: stopping right there would stop where the scatter came out small by chance. One that never ended well is not
 * repeated, and none beyond `max_trials`.
 *
 * @param rows all that the dataset holds
 * @returns none where the design has no `max_trials`
 */
export function repeatingTrials(design: Design, rows: readonly TrialRow[]): PlannedTrial[] {
  const { trials, max_trials: most = trials, process_half_width: wanted, seed } = design;
  const measured = groupBy(lastAttempts(rows), cellName);
  const open = cellsOf(design).flatMap((cell) => {
    const ofCell = measured.get(cellName({ ...cell, ...cell.device })) ?? [];
    const latencies = ofCell
      .filter(({ status }) => status === "ok")
      .toSorted((a, b) => a.trial - b.trial)
      .flatMap(({ steadyMedianMs = 0 }) => (steadyMedianMs > 0 ? [Math.log(steadyMedianMs)] : []));
    const trial = ofCell.reduce((last, row) => Math.max(last, row.trial), 0) + 1;
    return latencies.length === 0 || trial > most || isKnown(latencies, wanted) ? [] : [plannedTrial(cell, trial)];
  });
  const round = Math.min(...open.map(({ trial }) => trial));
  return seededRandom(seed, `order of trial ${round}`).shuffle(open.filter(({ trial }) => trial === round));
}

/** Whether the interval was narrow enough before the last process. */
function isKnown(logs: readonly number[], wanted: number): boolean {
  return logs.some((_, count) => count >= LEAST_PROCESSES && halfWidth(logs.slice(0, count)) <= wanted);
}

function halfWidth(logs: readonly number[]): number {
  const reach = (studentQuantile(0.975, logs.length - 1) * sampleStandardDeviation([...logs])) / Math.sqrt(logs.length);
  return Math.expm1(reach);
}
