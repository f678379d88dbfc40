import { counted } from "../../core/counted.js";
import { UserError } from "../../core/user-error.js";
import type { SummaryRow } from "../../dataset/tables.js";
import type { ImportedRow } from "../imported-row.js";

/** What of a row stands for its steady inferences. */
export type Latency = Pick<SummaryRow, "latencyMs" | "latencyFrom">;

/** Rows with the latency of each, and what is to be said of how it was chosen, one line each. */
export interface Summarised {
  readonly latencies: readonly Latency[];
  readonly notes: readonly string[];
}

/** Beyond such a ratio to what it should be, a throughput is in another unit. */
const OTHER_UNIT = 3;

/**
 * Chooses what stands for steady inferences: the mean as it was given; where a mean is above the highest percentile
 * that stands beside it, so that it holds the first, slow inferences, mini-batch over throughput in all rows, so that
 * one law may go through them; where there is neither, the median.
 *
 * @throws UserError of a row from which nothing can be taken, or of units that do not fit each other
 */
export function summarise(rows: readonly ImportedRow[]): Summarised {
  requireFittingUnits(rows);
  const slow = rows.filter(holdsWarmup);
  const byThroughput = slow.length > 0 && rows.every(({ imagesPerS }) => imagesPerS !== undefined);
  const latencies = rows.map((row): Latency => {
    const { meanMs, p50Ms, imagesPerS, miniBatchSize, place } = row;
    const ofThroughput = imagesPerS === undefined ? undefined : (1000 * miniBatchSize) / imagesPerS;
    if (ofThroughput !== undefined && (byThroughput || meanMs === undefined || holdsWarmup(row))) {
      return { latencyMs: ofThroughput, latencyFrom: "throughput" };
    }
    if (meanMs !== undefined && !holdsWarmup(row)) return { latencyMs: meanMs, latencyFrom: "mean" };
    if (p50Ms !== undefined) return { latencyMs: p50Ms, latencyFrom: "median" };
    throw new UserError(
      `${place}: its mean ${meanMs} ms is above its highest percentile, so that it holds the warm-up, and there is no throughput or median`,
    );
  });
  const [first] = slow;
  return {
    latencies,
    notes:
      first === undefined
        ? []
        : [
            `the mean is above the highest percentile in ${counted(slow.length, "row")} of ${rows.length}, the first at ${first.place}: it holds the first, slow inferences, and ${
              byThroughput
                ? "mini-batch over throughput stands for latency in all rows"
                : "throughput or median stands for latency there"
            }`,
          ],
  };
}

/** Whether a row's mean is above the highest percentile beside it, as steady inferences hardly make it. */
export function holdsWarmup({ meanMs, p90Ms, p95Ms, p99Ms }: ImportedRow): boolean {
  const highest = p99Ms ?? p95Ms ?? p90Ms;
  return meanMs !== undefined && highest !== undefined && meanMs > highest;
}

/** @throws UserError of the row whose latency and throughput are furthest apart, if these say quite different things */
function requireFittingUnits(rows: readonly ImportedRow[]): void {
  const [furthest] = rows
    .flatMap((row) => {
      const { p50Ms, p90Ms, p95Ms, p99Ms, meanMs, imagesPerS, miniBatchSize } = row;
      const ms = p50Ms ?? (holdsWarmup(row) ? (p90Ms ?? p95Ms ?? p99Ms) : meanMs);
      if (ms === undefined || imagesPerS === undefined) return [];
      return [{ row, ms, imagesPerS, apart: Math.abs(Math.log((ms * imagesPerS) / (1000 * miniBatchSize))) }];
    })
    .sort((a, b) => b.apart - a.apart);
  if (furthest === undefined || furthest.apart <= Math.log(OTHER_UNIT)) return;
  const { row, ms, imagesPerS } = furthest;
  throw new UserError(
    `${row.place}: ${row.miniBatchSize} images in ${Number(ms.toPrecision(4))} ms are ${Number(((1000 * row.miniBatchSize) / ms).toPrecision(4))} images/s, and ${Number(imagesPerS.toPrecision(4))} images/s are given; allowed are units that agree (--time-unit, --throughput-unit)`,
  );
}
