import { cellWords } from "../core/cell-words.js";
import { percent } from "../core/text-table.js";
import { medianAbsolute, noiseResiduals } from "./cross-validation.js";
import type { DeviceFit } from "./device-fit.js";
import type { AnsweringLaw } from "./law/answering-law.js";
import { cellOf } from "./observed/observation.js";
import type { QuantityFit } from "./quantity-fit.js";
import { quantityName } from "./quantity-name.js";
import { leftOutErrorAt, planningLaw } from "./trusted-law.js";
import { isKnown } from "./unknown-quantity.js";

/**
 * Beyond what a law and its measurements are told with a caution, as ratios. The reasons stand in docs/analysis.md.
 *
 * - noise: where repeated processes differ by 15 %, the median of three of them is known within some ±25 %. That is
 *   more than the best mini-batch has over its neighbours; a quiet machine has 2 to 10 %.
 * - leftOutError: 20 % is what the study's claim of four parameters calls an estimate.
 * - worstCell: twice that. With noise of 10 % the worst of fifty cells is off by 20 to 25 % from a law that is right.
 */
export const CAUTION_LIMITS = { noise: 0.15, leftOutError: 0.2, worstCell: 0.4 } as const;

/** Why a quantity's law, or what it was fitted to, is not to be trusted as it stands. */
export interface LawCaution {
  readonly quantity: string;
  /** How repeated processes differ, where that is beyond the limit. */
  readonly noise: number | undefined;
  /** Of the law that plans are made with, where that is beyond the limit. */
  readonly leftOutError: number | undefined;
  /** The cell that it misses most without having seen it, where that is beyond the limit. */
  readonly worstCell: MissedCell | undefined;
  /** All of it in one line, with what would help. */
  readonly message: string;
}

/** A cell that a law misses. */
export interface MissedCell {
  readonly inputSizePx: number;
  readonly miniBatchSize: number;
  readonly measuredOverPredicted: number;
  /** So many of `of` cells are missed by more than the limit. */
  readonly cells: number;
  readonly of: number;
}

const QUIETER = "a quieter machine (system check) or more trials help, more inferences do not";
const DENSER = "another design helps, with more mini-batch sizes there";

/** What is to be said of the laws of a device before their answers are trusted: at most one caution a quantity. */
export function lawCautions({
  latency,
  warmup,
  memory,
}: Pick<DeviceFit, "latency" | "warmup" | "memory">): LawCaution[] {
  return [
    ...[latency, warmup].filter(isKnown).flatMap((quantity) => cautionOn(quantity, mainLaw(quantity))),
    ...[memory].filter(isKnown).flatMap((quantity) => cautionOn(quantity, quantity.chosen)),
  ];
}

/** What plans are made with at the measured input sizes. */
function mainLaw(quantity: QuantityFit): AnsweringLaw {
  const [first] = quantity.observations;
  return (first && planningLaw(quantity, first.inputSizePx)) ?? quantity.chosen;
}

function cautionOn(quantity: QuantityFit, law: AnsweringLaw): LawCaution[] {
  const noise = beyond(quantity.noiseFloor, CAUTION_LIMITS.noise);
  const leftOutError = beyond(law.leftOutError, CAUTION_LIMITS.leftOutError);
  const worstCell = worstOf(quantity, law);
  const found = [
    ...(noise === undefined ? [] : [`repeated processes differ by ${percent(noise)} %`]),
    ...(leftOutError === undefined ? [] : [`the law (${law.form}) errs ${percent(leftOutError)} % on left-out cells`]),
    ...(worstCell === undefined ? [] : [missed(worstCell)]),
  ];
  if (found.length === 0) return [];
  const help = noise === undefined ? DENSER : QUIETER;
  const message = `${quantityName(quantity.quantity)}: ${found.join(", ")}; ${help}`;
  return [{ quantity: quantity.quantity, noise, leftOutError, worstCell, message }];
}

/**
 * What is to be said of a plan at an input size before its times are trusted: one line, or none. Where a plan uses what
 * was measured, that is the noise there; where only a law answers, the law's error at the size as well.
 */
export function planCautions(fit: Pick<DeviceFit, "latency" | "warmup">, inputSizePx: number): string[] {
  const quantities = [fit.latency, fit.warmup];
  const noise = listed(quantities, (quantity) => noiseAt(quantity, inputSizePx), CAUTION_LIMITS.noise);
  const error = listed(quantities, (quantity) => lawErrorAt(quantity, inputSizePx), CAUTION_LIMITS.leftOutError);
  const found = [
    ...(noise === "" ? [] : [`repeated processes differ by ${noise}`]),
    ...(error === "" ? [] : [`the law errs on left-out cells by ${error}`]),
  ];
  if (found.length === 0) return [];
  return [`at ${inputSizePx} px ${found.join(", ")}: the plan's times are known no better; ${QUIETER}`];
}

/** `15.3 % (latency) and 23.2 % (warm-up)`: what is beyond a limit. */
function listed(
  quantities: readonly QuantityFit[],
  ratioOf: (quantity: QuantityFit) => number | undefined,
  limit: number,
): string {
  return quantities
    .flatMap((quantity) => {
      const ratio = beyond(ratioOf(quantity), limit);
      return ratio === undefined ? [] : [`${percent(ratio)} % (${quantityName(quantity.quantity)})`];
    })
    .join(" and ");
}

function noiseAt({ observations, noiseFloor }: QuantityFit, inputSizePx: number): number | undefined {
  const here = observations.filter((seen) => seen.inputSizePx === inputSizePx);
  return here.length === 0 ? noiseFloor : medianAbsolute(noiseResiduals(here));
}

/** Of the law that answers at a size that was not measured. */
function lawErrorAt(quantity: QuantityFit, inputSizePx: number): number | undefined {
  const isMeasured = quantity.observations.some((seen) => seen.inputSizePx === inputSizePx);
  return isMeasured ? undefined : planningLaw(quantity, inputSizePx)?.leftOutError;
}

/** By logarithms: a cell that takes twice what is predicted is missed as much as one that takes half. */
function worstOf({ observations }: QuantityFit, law: AnsweringLaw): MissedCell | undefined {
  const cells = [...new Map(observations.map((seen) => [cellOf(seen), seen])).values()].flatMap((seen) => {
    const { inputSizePx, miniBatchSize } = seen;
    const measuredOverPredicted = law.leftOutRatio(inputSizePx, miniBatchSize);
    if (measuredOverPredicted === undefined || !(measuredOverPredicted > 0)) return [];
    return [
      { inputSizePx, miniBatchSize, measuredOverPredicted, error: leftOutErrorAt(law, inputSizePx, miniBatchSize) },
    ];
  });
  const missedCells = cells.filter(({ error }) => error > Math.log1p(CAUTION_LIMITS.worstCell));
  const [worst] = missedCells.sort((a, b) => b.error - a.error);
  if (worst === undefined) return undefined;
  const { inputSizePx, miniBatchSize, measuredOverPredicted } = worst;
  return { inputSizePx, miniBatchSize, measuredOverPredicted, cells: missedCells.length, of: cells.length };
}

function missed(worst: MissedCell): string {
  const { measuredOverPredicted, cells, of } = worst;
  const times = measuredOverPredicted.toFixed(2);
  return (
    `the law misses ${cells} of ${of} left-out cells by more than ${100 * CAUTION_LIMITS.worstCell} %, ` +
    `most at ${cellWords(worst)}, where ${times} times as much was measured`
  );
}

function beyond(ratio: number | undefined, limit: number): number | undefined {
  return ratio !== undefined && ratio > limit ? ratio : undefined;
}
