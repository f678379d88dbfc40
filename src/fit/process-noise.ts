import { groupBy } from "../core/group-by.js";
import { median, sorted } from "../core/statistics.js";
import type { TrialRow } from "../dataset/tables.js";
import { deviceName } from "../design/design.js";
import { noiseFloor } from "./cross-validation.js";
import { cellOf } from "./observed/observation.js";

/** How far trials' data go: how the latencies of a cell's fresh processes differ, and how many trials have cautions. */
export interface ProcessNoise {
  /** Cells with at least two trials that ended well. */
  readonly cells: number;
  /** The median of their noise, as a ratio; undefined without cells. */
  readonly medianRatio: number | undefined;
  /** The cell whose processes differ most. */
  readonly worst: NoisyCell | undefined;
  /** Trials that ended well, and how many of them have a caution. */
  readonly trials: number;
  readonly trialsWithCautions: number;
}

/** A cell, and how far a process of it is off the median of the others: the median over its processes, as a ratio. */
export interface NoisyCell {
  readonly device: string;
  readonly inputSizePx: number;
  readonly miniBatchSize: number;
  readonly ratio: number;
}

/**
 * How far the data of trials go, whatever is fitted to them: the noise floor of the latency of each cell by itself.
 *
 * @example
 * processNoise(readTrials("data/reference-cpu")).medianRatio; // 0.1 would be 10 % between repeated processes
 */
export function processNoise(trials: readonly TrialRow[]): ProcessNoise {
  const ok = trials.filter(({ status }) => status === "ok");
  const cells = [...groupBy(ok, (trial) => `${deviceName(trial)} ${cellOf(trial)}`).values()].flatMap(noisyCell);
  const ordered = [...cells].sort((a, b) => b.ratio - a.ratio);
  return {
    cells: cells.length,
    medianRatio: cells.length === 0 ? undefined : median(sorted(cells.map(({ ratio }) => ratio))),
    worst: ordered[0],
    trials: ok.length,
    trialsWithCautions: ok.filter(({ cautions }) => cautions !== undefined).length,
  };
}

function noisyCell(trials: readonly TrialRow[]): NoisyCell[] {
  const [first] = trials;
  const ratio = noiseFloor(
    trials.flatMap(({ inputSizePx, miniBatchSize, steadyMedianMs }) =>
      steadyMedianMs === undefined ? [] : [{ inputSizePx, miniBatchSize, value: steadyMedianMs }],
    ),
  );
  if (first === undefined || ratio === undefined) return [];
  const { inputSizePx, miniBatchSize } = first;
  return [{ device: deviceName(first), inputSizePx, miniBatchSize, ratio }];
}
