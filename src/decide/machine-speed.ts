import { groupBy } from "../core/group-by.js";
import { meanOf } from "../fit/observed/cell-logs.js";
import type { RanProcess } from "./process-outcome.js";

/** A process by its logarithms, as it would have been at the usual speed of the machine. */
export interface CorrectedLogs {
  readonly miniBatchSize: number;
  readonly durationMs: number;
  readonly logLatency: number;
  readonly logFirst: number;
  /** What they would differ by if the slope on the pulse were one standard deviation larger. */
  readonly latencyShift: number;
  readonly firstShift: number;
}

/**
 * How much of the pulse's slowness a process shows before any says so, its standard deviation, and the standard
 * deviation of what else differs between processes, which counts as so many of them.
 */
const EXPECTED = { slope: 0.7, deviation: 0.4, noise: 0.1, processes: 6 };

/**
 * Takes out of processes what the pulse around them says of the machine: the slope of their logarithms on the pulse's,
 * within mini-batch sizes, drawn towards an expectation while processes are few or differ by more than the machine.
 * Without a pulse they stay as they are.
 */
export function correctedLogs(processes: readonly RanProcess[]): CorrectedLogs[] {
  const pulses = processes.map(({ pulseMs }) => (pulseMs === undefined ? undefined : Math.log(pulseMs)));
  const known = pulses.filter((pulse) => pulse !== undefined);
  const usual = meanOf(known);
  const rows = processes.map(({ miniBatchSize, durationMs, latencyMs, firstMs }, index) => ({
    ...{ miniBatchSize, durationMs, logLatency: Math.log(latencyMs), logFirst: Math.log(firstMs) },
    slowness: (pulses[index] ?? usual) - usual,
  }));
  if (known.length === 0) return rows.map(({ slowness: _, ...row }) => ({ ...row, latencyShift: 0, firstShift: 0 }));
  const ofLatency = slopeOn(rows, ({ logLatency }) => logLatency);
  const ofFirst = slopeOn(rows, ({ logFirst }) => logFirst);
  return rows.map(({ slowness, ...row }) => ({
    ...row,
    logLatency: row.logLatency - ofLatency.slope * slowness,
    logFirst: row.logFirst - ofFirst.slope * slowness,
    latencyShift: -ofLatency.error * slowness,
    firstShift: -ofFirst.error * slowness,
  }));
}

type Row = Pick<CorrectedLogs, "miniBatchSize" | "logLatency" | "logFirst"> & { readonly slowness: number };

/** The slope with its standard error: the mean and deviation of a normal posterior, the noise taken as it seems. */
function slopeOn(rows: readonly Row[], value: (row: Row) => number): { slope: number; error: number } {
  let [squares, products, left, degrees] = [0, 0, 0, 0];
  for (const alike of groupBy(rows, ({ miniBatchSize }) => miniBatchSize).values()) {
    const meanSlowness = meanOf(alike.map(({ slowness }) => slowness));
    const meanValue = meanOf(alike.map(value));
    degrees += alike.length - 1;
    for (const row of alike) {
      const [slowness, own] = [row.slowness - meanSlowness, value(row) - meanValue];
      squares += slowness ** 2;
      products += slowness * own;
      left += (own - EXPECTED.slope * slowness) ** 2;
    }
  }
  const variance = (EXPECTED.processes * EXPECTED.noise ** 2 + left) / (EXPECTED.processes + degrees);
  const weight = variance / EXPECTED.deviation ** 2;
  const slope = (products + weight * EXPECTED.slope) / (squares + weight);
  return { slope, error: Math.sqrt(variance / (squares + weight)) };
}
