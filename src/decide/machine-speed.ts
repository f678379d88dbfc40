import { groupBy } from "../core/group-by.js";
import { meanOf } from "../fit/observed/cell-logs.js";
import type { RanProcess } from "./process-outcome.js";

/** A process by its logarithms, as it would have been at the usual speed of the machine. */
export interface CorrectedLogs {
  readonly miniBatchSize: number;
  readonly durationMs: number;
  readonly logLatency: number;
  readonly logFirst: number;
}

/**
 * How much of the pulse's slowness a process shows before any says so, its standard deviation, and the standard
 * deviation of what else differs between processes: together they say how soon processes outweigh the expectation.
 */
const EXPECTED = { slope: 0.7, deviation: 0.4, noise: 0.1 };

/**
 * Takes out of processes what the pulse around them says of the machine: the slope of their logarithms on the pulse's,
 * within mini-batch sizes, drawn towards an expectation while processes are few. Without a pulse they stay as they are.
 */
export function correctedLogs(processes: readonly RanProcess[]): CorrectedLogs[] {
  const pulses = processes.map(({ pulseMs }) => (pulseMs === undefined ? undefined : Math.log(pulseMs)));
  const known = pulses.filter((pulse) => pulse !== undefined);
  const usual = meanOf(known);
  const rows = processes.map(({ miniBatchSize, durationMs, latencyMs, firstMs }, index) => ({
    ...{ miniBatchSize, durationMs, logLatency: Math.log(latencyMs), logFirst: Math.log(firstMs) },
    slowness: (pulses[index] ?? usual) - usual,
  }));
  if (known.length === 0) return rows;
  const ofLatency = slopeOn(rows, ({ logLatency }) => logLatency);
  const ofFirst = slopeOn(rows, ({ logFirst }) => logFirst);
  return rows.map(({ slowness, ...row }) => ({
    ...row,
    logLatency: row.logLatency - ofLatency * slowness,
    logFirst: row.logFirst - ofFirst * slowness,
  }));
}

type Row = CorrectedLogs & { readonly slowness: number };

function slopeOn(rows: readonly Row[], value: (row: Row) => number): number {
  let [squares, products] = [0, 0];
  for (const alike of groupBy(rows, ({ miniBatchSize }) => miniBatchSize).values()) {
    const meanSlowness = meanOf(alike.map(({ slowness }) => slowness));
    const meanValue = meanOf(alike.map(value));
    for (const row of alike) {
      squares += (row.slowness - meanSlowness) ** 2;
      products += (row.slowness - meanSlowness) * (value(row) - meanValue);
    }
  }
  const weight = (EXPECTED.noise / EXPECTED.deviation) ** 2;
  return (products + weight * EXPECTED.slope) / (squares + weight);
}
