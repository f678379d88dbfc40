import { groupBy } from "../core/group-by.js";
import { lastAttempts } from "../dataset/read-trials.js";
import type { TrialRow } from "../dataset/tables.js";
import { MOST_PROBES, nextProbe } from "../design/bisection.js";
import { cellName, type PlannedTrial, recordedCell } from "../design/cells.js";
import { deviceName } from "../design/design.js";
import { leavesMargin, runsWithin } from "../design/memory-margin.js";
import { plannedAt } from "./added-trials.js";

/**
 * The next trials that halve the brackets between the largest mini-batch that ran and the smallest that ran out of
 * memory: one for each input size and device whose bracket is open. They follow from the rows alone, so that a sweep
 * that goes on repeats none. A bracket whose middle was measured and neither ran nor ran out is left as it is. A model
 * of a fixed mini-batch size has no bracket.
 *
 * @param planned the design's trials, all of which have been measured
 * @param rows all that the dataset holds
 * @param memoryLimitMib the design's; a trial that came close to it says that larger ones will not run
 */
export function bisectingTrials(
  planned: readonly PlannedTrial[],
  rows: readonly TrialRow[],
  memoryLimitMib: number | undefined,
): PlannedTrial[] {
  const designed = new Set(planned.map(({ cell }) => cellName(recordedCell(cell))));
  const lines = groupBy(lastAttempts(rows), (row) => `${deviceName(row)} ${row.inputSizePx}`);
  return [...lines.values()].flatMap((line) => {
    const probes = line.filter((row) => !designed.has(cellName(row)));
    const probe = probes.length < MOST_PROBES ? openMiddle(line, memoryLimitMib) : undefined;
    const [first] = line;
    if (first === undefined || probe === undefined) return [];
    return [plannedAt({ ...first, miniBatchSize: probe, trial: 1 })];
  });
}

/**
 * @returns undefined where nothing ran or nothing ran out, where what ran is within 3 % of the memory, or where the
 *   middle between them was measured
 */
function openMiddle(line: readonly TrialRow[], memoryLimitMib = Number.POSITIVE_INFINITY): number | undefined {
  const ended = groupBy(
    line.filter(({ status }) => status === "ok"),
    ({ miniBatchSize }) => miniBatchSize,
  );
  const peaksAt = (size: number) =>
    (ended.get(size) ?? []).map((row) => row.devicePeakMemoryMib ?? row.peakMemoryMib ?? 0);
  const isClose = (size: number) => !runsWithin(peaksAt(size), memoryLimitMib, true);
  const outOfMemory = line.flatMap(({ status, miniBatchSize }) => (status === "out_of_memory" ? [miniBatchSize] : []));
  if (outOfMemory.length === 0) return undefined;
  const ranOut = Math.min(...outOfMemory, ...[...ended.keys()].filter(isClose));
  const ran = Math.max(...[...ended.keys()].filter((size) => size < ranOut));
  if (!Number.isFinite(ran) || !peaksAt(ran).every((peakMib) => leavesMargin(peakMib, memoryLimitMib)))
    return undefined;
  const middle = nextProbe(ran, ranOut);
  return line.some((row) => row.miniBatchSize === middle) ? undefined : middle;
}
