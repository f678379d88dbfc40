import { quantile, sorted } from "../core/statistics.js";
import { UserError } from "../core/user-error.js";
import { type Basis, confidenceOfEach } from "../fit/basis.js";
import { requireWithin, supportedConfidence } from "../fit/confidence.js";
import { type ProcessSpread, slowestOf } from "../fit/law/process-spread.js";
import type { GivenFunctions } from "../plan/question/device-entry.js";
import type { WorkFunctions } from "../plan/question/given-functions.js";
import type { QuantitySpread } from "../plan/question/spread.js";

/**
 * Functions that are given as what so many new processes stay below, as the dataset that they come from has them.
 *
 * @param functions as they are given
 * @throws UserError if the spread is not of all of them, or of too few trials for the confidence
 */
export function boundedBySpread(
  name: string,
  functions: WorkFunctions,
  { warmup_ms, spread }: Pick<GivenFunctions, "warmup_ms" | "spread">,
  { confidence, processes = 1 }: Extract<Basis, { readonly kind: "upper" }>,
): WorkFunctions {
  if (spread === undefined) throw new UserError(`device ${name}: spread is missing, which a confidence needs`);
  const { trials, latency, warmup, load_ms } = spread;
  if (warmup_ms !== undefined && warmup === undefined) {
    throw new UserError(`device ${name}: its spread has no warmup, which a confidence needs beside warmup_ms`);
  }
  requireWithin("confidence", confidence, { confidence: supportedConfidence(trials), trials });
  const bound = (quantity: QuantitySpread, size: number) => {
    const at = spreadAt(quantity, size);
    return at && slowestOf(at, processes, confidence);
  };
  const latencyMs = (size: number) => functions.latencyMs(size) && bound(latency, size);
  return {
    ...functions,
    latencyMs,
    ...(warmup && {
      warmupMs: (size: number) => {
        const [first, later] = [functions.warmupMs?.(size) && bound(warmup, size), latencyMs(size)];
        return first === undefined || later === undefined ? first : Math.max(first, later);
      },
    }),
    ...(load_ms && { loadMs: quantile(sorted(load_ms), confidenceOfEach(confidence, processes)) }),
  };
}

function spreadAt(
  { degrees, tail, sessions, mini_batches }: QuantitySpread,
  miniBatchSize: number,
): ProcessSpread | undefined {
  const cell = mini_batches[String(miniBatchSize)];
  return (
    cell && {
      median: cell.median_ms,
      functionVariance: cell.function_variance,
      processVariance: cell.process_variance,
      degrees,
      tail,
      commonVariance: sessions?.variance ?? 0,
      commonDegrees: sessions?.degrees ?? Number.POSITIVE_INFINITY,
    }
  );
}

/** A spread as a device file has it, at the mini-batch sizes of its latency. */
export function quantitySpread(
  at: (miniBatchSize: number) => ProcessSpread | undefined,
  miniBatchSizes: readonly number[],
): QuantitySpread | undefined {
  const cells = miniBatchSizes.flatMap((size) => {
    const spread = at(size);
    return spread === undefined ? [] : [{ size, spread }];
  });
  const [first] = cells;
  if (first === undefined) return undefined;
  const { degrees, tail, commonVariance, commonDegrees } = first.spread;
  return {
    degrees,
    ...(tail && { tail }),
    ...(commonVariance > 0 && { sessions: { variance: commonVariance, degrees: commonDegrees } }),
    mini_batches: Object.fromEntries(
      cells.map(({ size, spread: { median, functionVariance, processVariance } }) => [
        size,
        { median_ms: median, function_variance: functionVariance, process_variance: processVariance },
      ]),
    ),
  };
}
