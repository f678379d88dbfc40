import { distinct } from "../core/distinct.js";
import { percent } from "../core/text-table.js";
import { UserError } from "../core/user-error.js";
import { type HiddenSteps, stepsHiddenAmong } from "../design/told-apart.js";
import { cellsAtSize } from "./cells-at-size.js";
import type { DeviceFit } from "./device-fit.js";
import { requireInReach } from "./fitted-function.js";
import { largestMiniBatch } from "./largest-mini-batch.js";
import type { AnsweringLaw } from "./law/answering-law.js";
import type { QuantityFit } from "./quantity-fit.js";
import { quantityName } from "./quantity-name.js";
import { isPredicted, leftOutErrorAt, planningLaw, tolerance } from "./trusted-law.js";
import { isKnown } from "./unknown-quantity.js";

/** Which mini-batch sizes a plan may use at an input size, whatever it counts with. */
export interface SizeDomain {
  /** Smallest first; none where nothing ended well. */
  readonly miniBatchSizes: readonly number[];
  /** What a user should know of it, one line each. */
  readonly notes: readonly string[];
}

const UNCHECKED = "no law predicts cells that it has not seen";

/**
 * The mini-batch sizes that a plan may use. At a measured input size: every one that ended well below the first that
 * ran out of memory; and where the measured ones would show steps, those between two of them that the laws of latency
 * and warm-up, fitted without either, both predict. At another size: those of the next larger measured one that are
 * known to fit.
 *
 * @throws UserError if the size was not measured and is too far outside, or the laws err too much to say anything of it
 */
export function domainAtSize(fit: DeviceFit, inputSizePx: number): SizeDomain {
  if (fit.measuredMiniBatches.has(inputSizePx)) return measuredDomain(fit, inputSizePx);
  const laws = timesOf(fit).map((quantity) => requireLaw(quantity, inputSizePx));
  const next = measuredDomain(fit, nextSize(fit, inputSizePx));
  const { miniBatchSize: most } = largestMiniBatch(fit, inputSizePx);
  const isAllowed = (size: number) =>
    size <= most && laws.every((law) => (law.extrapolate(inputSizePx, size) ?? 0) > 0);
  return {
    miniBatchSizes: next.miniBatchSizes.filter(isAllowed),
    notes: [...next.notes, ...noteOnTwoSizes(fit, inputSizePx)],
  };
}

/** Any power of the size goes through two sizes, and left-out cells of theirs do not tell which is right between. */
function noteOnTwoSizes({ measuredMiniBatches }: DeviceFit, inputSizePx: number): string[] {
  if (measuredMiniBatches.size > 2) return [];
  const sizes = [...measuredMiniBatches.keys()].join(" and ");
  return [
    `${inputSizePx} px was not measured, and ${sizes} px do not show how time goes with the size: a third input size tells`,
  ];
}

function measuredDomain(fit: DeviceFit, inputSizePx: number): SizeDomain {
  const { miniBatchSize: most } = largestMiniBatch(fit, inputSizePx);
  const quantities = timesOf(fit);
  const isMeasured = (size: number) => quantities.every((quantity) => cellsAtSize(quantity, inputSizePx).has(size));
  const cells = [...cellsAtSize(fit.latency, inputSizePx).keys()].filter((size) => size <= most && isMeasured(size));
  const gaps = cells.flatMap((low, index) => {
    const high = cells[index + 1] ?? low;
    return high - low > 1 ? [{ low, high }] : [];
  });
  const [hidden] = gaps.length === 0 ? [] : hiddenStepsOf(fit);
  if (hidden !== undefined) return { miniBatchSizes: cells, notes: [noteOnSteps(hidden, inputSizePx)] };
  const bridged = gaps.filter((gap) => quantities.every((quantity) => isBridged(quantity, inputSizePx, gap)));
  const open = gaps.filter((gap) => !bridged.includes(gap));
  return {
    miniBatchSizes: [...cells, ...bridged.flatMap(({ low, high }) => range(low + 1, high - 1))].sort((a, b) => a - b),
    notes: open.length === 0 ? [] : [noteOn(quantities, inputSizePx, open)],
  };
}

/** Latency and warm-up, the latter where it is known: of one that others measured it may not be. */
function timesOf({ latency, warmup }: DeviceFit): QuantityFit[] {
  return [latency, ...(isKnown(warmup) ? [warmup] : [])];
}

/** Steps that a device may have and its measured mini-batches would not show, the worst first. */
function hiddenStepsOf({ measuredMiniBatches }: DeviceFit): HiddenSteps[] {
  return stepsHiddenAmong([...measuredMiniBatches.values()]).sort((a, b) => b.largestError - a.largestError);
}

function noteOnSteps({ name, largestError }: HiddenSteps, inputSizePx: number): string {
  return (
    `at ${inputSizePx} px only measured mini-batch sizes are used: they would not show a device that ${name}, between them ` +
    `off by up to ${percent(largestError)} %; a staggered design tells`
  );
}

interface Gap {
  readonly low: number;
  readonly high: number;
}

/** Of a function half-way between two cells, and how wide its interval may be in tolerances to either side. */
const KNOWN = { probability: 0.9, tolerances: 2 };

/**
 * Whether a law predicts both ends of a gap without having seen them, is above 0 between them, and known half-way: an
 * edge may be anywhere between two cells.
 */
function isBridged(quantity: QuantityFit, inputSizePx: number, { low, high }: Gap): boolean {
  const law = planningLaw(quantity, inputSizePx);
  const between = quantity
    .law()
    ?.at(inputSizePx, Math.round(Math.sqrt(low * high)))
    ?.interval(KNOWN.probability);
  return (
    [low, high].every((size) => isPredicted(quantity, inputSizePx, size)) &&
    (between === undefined || Math.log(between.high / between.low) / 2 <= KNOWN.tolerances * tolerance(quantity)) &&
    range(low, high).every((size) => (law?.extrapolate(inputSizePx, size) ?? 0) > 0)
  );
}

/** Why gaps are left open: by the quantity whose law errs most at their ends. */
function noteOn(quantities: readonly QuantityFit[], inputSizePx: number, gaps: readonly Gap[]): string {
  const ends = [...new Set(gaps.flatMap(({ low, high }) => [low, high]))];
  const errors = quantities.flatMap((quantity) => {
    const law = planningLaw(quantity, inputSizePx);
    const errs =
      law === undefined ? [] : ends.map((size) => leftOutErrorAt(law, inputSizePx, size)).filter(Number.isFinite);
    return law === undefined || errs.length === 0 ? [] : [{ quantity, law, worst: Math.max(...errs) }];
  });
  const used = `only measured mini-batch sizes are used ${rangesOf(gaps)}`;
  const [most] = errors.sort((a, b) => b.worst - a.worst);
  if (most === undefined) return `at ${inputSizePx} px ${UNCHECKED}: ${used}`;
  const { quantity, law, worst } = most;
  return (
    `${quantityName(quantity.quantity)} at ${inputSizePx} px: the law (${law.form}) errs ${percent(law.leftOutError)} % on left-out ` +
    `cells, up to ${percent(Math.expm1(worst))} % here, ${repeats(quantity)}: ${used}`
  );
}

/**
 * The law at a size that was not measured; refuses one where a single size was measured, or where the law does not
 * predict its measured neighbours: the median over their cells, each left out.
 */
function requireLaw(quantity: QuantityFit, inputSizePx: number): AnsweringLaw {
  const sizes = distinct(quantity.observations.map((seen) => seen.inputSizePx));
  const refuse = (reason: string) => {
    const name = quantityName(quantity.quantity);
    return new UserError(
      `${name} at input size ${inputSizePx}: not measured, and ${reason}; allowed are ${sizes.join(", ")}`,
    );
  };
  // Of one size laws follow the mini-batch alone: with the size they may grow or stay as they are.
  if (sizes.length < 2) throw refuse("one input size says nothing of others");
  const law = planningLaw(quantity, inputSizePx) ?? quantity.at(inputSizePx);
  requireInReach(quantity.chosen, inputSizePx, quantity.chosen.domain.miniBatchSize.low);
  const neighbours = [sizes.filter((size) => size < inputSizePx).at(-1), sizes.find((size) => size > inputSizePx)];
  const known = neighbours.filter((size) => size !== undefined);
  const errors = known
    .flatMap((size) => [...cellsAtSize(quantity, size).keys()].map((batch) => leftOutErrorAt(law, size, batch)))
    .sort((a, b) => a - b);
  const error = errors[Math.floor(errors.length / 2)] ?? Infinity;
  if (error <= tolerance(quantity)) return law;
  throw refuse(
    Number.isFinite(error)
      ? `the law (${law.form}) errs ${percent(Math.expm1(error))} % on left-out cells of ${known.join(" and ")} px, ` +
          repeats(quantity)
      : UNCHECKED,
  );
}

function repeats({ noiseFloor }: QuantityFit): string {
  return noiseFloor === undefined ? "no trial was repeated" : `trials repeat within ${percent(noiseFloor)} %`;
}

/** `between 1 and 8, 32 and 256`: gaps that meet are one. */
function rangesOf(gaps: readonly Gap[]): string {
  const merged: Gap[] = [];
  for (const gap of gaps) {
    const last = merged.at(-1);
    if (last?.high === gap.low) merged[merged.length - 1] = { low: last.low, high: gap.high };
    else merged.push(gap);
  }
  return `between ${merged.map(({ low, high }) => `${low} and ${high}`).join(", ")}`;
}

/** The measured size whose mini-batches need no less memory: the next larger one, else the largest. */
function nextSize({ measuredMiniBatches }: DeviceFit, inputSizePx: number): number {
  const sizes = [...measuredMiniBatches.keys()];
  return sizes.find((size) => size >= inputSizePx) ?? sizes.at(-1) ?? inputSizePx;
}

function range(low: number, high: number): number[] {
  return Array.from({ length: Math.max(0, high - low + 1) }, (_, index) => low + index);
}
