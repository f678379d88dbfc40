import { median, quantile, sorted } from "../core/statistics.js";
import { UserError } from "../core/user-error.js";
import { deviceName } from "../design/design.js";
import { type Basis, confidenceOfEach, type Value } from "./basis.js";
import { requireSupported } from "./confidence.js";
import type { DeviceFit } from "./device-fit.js";
import { cellOf } from "./observed/observation.js";
import type { Percentile } from "./percentile.js";
import type { QuantityFit } from "./quantity-fit.js";
import { domainAtSize } from "./size-domain.js";
import { isKnown } from "./unknown-quantity.js";
import { valueAt } from "./value-at-size.js";

/**
 * What stands for a device's steady inferences: the mean of those after the second, which is what adds up; the study's
 * median of those after the first; or a percentile that who measured it recorded, as if each of its inferences took so
 * long.
 */
export const LATENCY_STATISTICS = ["mean", "median", "p90", "p95", "p99"] as const;
/** One of `LATENCY_STATISTICS`. */
export type LatencyStatistic = (typeof LATENCY_STATISTICS)[number];

/** A device's behaviour at one input size: what a plan needs to know of it. */
export interface SizeFunctions {
  /** The mini-batch sizes that a plan may use, smallest first: the same on every basis. */
  readonly miniBatchSizes: readonly number[];
  /** The largest of them; 0 if there is none. */
  readonly maxMiniBatchSize: number;
  /** Where only measured mini-batch sizes are used, or a function stands in for another, and why, one line each. */
  readonly notes: readonly string[];
  /** Missing where it is not known, as of devices that others measured. */
  readonly loadMs?: number;
  /** Undefined where a plan may not use a mini-batch size. */
  latencyMs(miniBatchSize: number): number | undefined;
  /**
   * The first inference, at least as long as a later one, and beside the mean by how much the second is longer;
   * undefined where a plan may not use a mini-batch size, and everywhere where warm-up is not known.
   */
  warmupMs(miniBatchSize: number): number | undefined;
}

/**
 * The functions of a device at one input size: law and deviation, and where there are too few cells for them what was
 * measured, the median of each cell's trials, and between two cells the form that cross-validation chose, bent to pass
 * through both.
 *
 * @param latency what stands for steady inferences; the worst that was observed is neither
 * @throws UserError if the size is too far outside what was measured, or was not measured where the worst is asked for;
 *   if there are too few trials for the confidence that is asked for
 */
export function functionsAtSize(
  fit: DeviceFit,
  inputSizePx: number,
  basis: Basis = { kind: "typical" },
  latency: LatencyStatistic = "median",
): SizeFunctions {
  if (basis.kind === "recorded") {
    return functionsAtSize(fit, inputSizePx, { kind: "typical" }, STATISTIC_OF[basis.percentile]);
  }
  if (basis.kind === "upper") requireSupported("confidence", basis.confidence, fit);
  const { miniBatchSizes, notes } = domainAtSize(fit, inputSizePx);
  const allowed = new Set(miniBatchSizes);
  const functions =
    basis.kind === "worst"
      ? worstAtSize(fit, inputSizePx)
      : {
          latencyMs: valueAt(latencyOf(fit, latency), inputSizePx, basis, () => fit.sessionEffect().latency),
          warmupMs: isKnown(fit.warmup)
            ? valueAt(warmupOf(fit, latency), inputSizePx, basis, () => fit.sessionEffect().warmup)
            : () => undefined,
        };
  const latencyMs: Value = (miniBatchSize) =>
    allowed.has(miniBatchSize) ? functions.latencyMs(miniBatchSize) : undefined;
  const warmupMs: Value = (miniBatchSize) =>
    allowed.has(miniBatchSize) ? functions.warmupMs(miniBatchSize) : undefined;
  const faster =
    basis.kind === "typical"
      ? miniBatchSizes.filter((size) => (warmupMs(size) ?? Infinity) < (latencyMs(size) ?? 0))
      : [];
  return {
    miniBatchSizes,
    maxMiniBatchSize: miniBatchSizes.at(-1) ?? 0,
    notes: [...notes, ...raisedNote(inputSizePx, faster)],
    ...loadOf(fit, basis),
    latencyMs,
    // A first inference is not faster than a later one of the same process: a function that says so is off.
    warmupMs: (miniBatchSize) => {
      const [first, later] = [warmupMs(miniBatchSize), latencyMs(miniBatchSize)];
      return first === undefined || later === undefined ? first : Math.max(first, later);
    },
  };
}

/** @throws UserError if a percentile is asked for that was not recorded of each trial */
function latencyOf(fit: DeviceFit, statistic: LatencyStatistic): QuantityFit {
  if (statistic === "mean") return fit.meanLatency();
  if (statistic === "median") return fit.latency;
  const found = fit.percentileLatency(PERCENTILE_OF[statistic]);
  if (found !== undefined) return found;
  const recorded = LATENCY_STATISTICS.filter(
    (name) => name === "mean" || name === "median" || fit.percentileLatency(PERCENTILE_OF[name]) !== undefined,
  );
  throw new UserError(
    `latency ${statistic}: not recorded of every mini-batch of ${nameOf(fit)}, allowed are ${recorded.join(", ")}`,
  );
}

/** What goes before steady inferences that each take their mean, else the first inference, as in the study. */
function warmupOf(fit: DeviceFit, statistic: LatencyStatistic): QuantityFit {
  return statistic === "mean" ? fit.beginning() : fit.warmup;
}

const PERCENTILE_OF = { p90: 90, p95: 95, p99: 99 } as const satisfies Record<string, Percentile>;
const STATISTIC_OF = { 50: "median", 90: "p90", 95: "p95", 99: "p99" } as const satisfies Record<
  Percentile,
  LatencyStatistic
>;

function nameOf({ imported, device }: DeviceFit): string {
  return imported?.device ?? deviceName(device);
}

function raisedNote(inputSizePx: number, faster: readonly number[]): string[] {
  const [first, last] = [faster.at(0), faster.at(-1)];
  if (first === undefined || last === undefined) return [];
  const sizes =
    first === last ? `mini-batch size ${first}` : `${faster.length} mini-batch sizes from ${first} to ${last}`;
  return [`warm-up at ${inputSizePx} px: below the latency at ${sizes}, where the latency stands in for it`];
}

/** The worst inference at the measured mini-batch size, or at the next larger one. */
function worstAtSize(fit: DeviceFit, inputSizePx: number): { readonly latencyMs: Value; readonly warmupMs: Value } {
  const measured = fit.measuredMiniBatches.get(inputSizePx);
  if (measured === undefined) {
    const sizes = [...fit.measuredMiniBatches.keys()].join(", ");
    throw new UserError(`worst observed at input size ${inputSizePx}: not measured, allowed are ${sizes}`);
  }
  if (fit.worstObserved().size === 0) {
    throw new UserError(`worst observed of ${nameOf(fit)}: no single inference is recorded`);
  }
  const at = (miniBatchSize: number) => {
    const next = measured.find((size) => size >= miniBatchSize) ?? Number.NaN;
    return fit.worstObserved().get(cellOf({ inputSizePx, miniBatchSize: next }));
  };
  return {
    latencyMs: (miniBatchSize) => at(miniBatchSize)?.latencyMs,
    // Where others measured, a first inference may not be among those that are recorded.
    warmupMs: (miniBatchSize) => at(miniBatchSize)?.warmupMs || undefined,
  };
}

function loadOf(fit: DeviceFit, basis: Basis): Pick<SizeFunctions, "loadMs"> {
  return fit.loadMs.length === 0 && fit.imported !== undefined ? {} : { loadMs: loadMs(fit, basis) };
}

function loadMs({ loadMs: loads, device }: DeviceFit, basis: Basis): number {
  if (loads.length === 0) throw new UserError(`fit of ${deviceName(device)}: no trial of it loaded the model`);
  const values = sorted(loads);
  if (basis.kind === "worst") return values.at(-1) ?? Number.NaN;
  if (basis.kind === "quantile") return quantile(values, basis.share);
  return basis.kind === "upper"
    ? quantile(values, confidenceOfEach(basis.confidence, basis.processes))
    : median(values);
}
