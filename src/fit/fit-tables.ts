import { cellWords } from "../core/cell-words.js";
import { percent, type TextTable } from "../core/text-table.js";
import type { DeviceFit } from "./device-fit.js";
import type { FittedFunction } from "./fitted-function.js";
import { lackOfFitTest } from "./lack-of-fit.js";
import type { LargestMiniBatch } from "./largest-mini-batch.js";
import type { QuantityFit } from "./quantity-fit.js";

/** The study's law: latency and warm-up, each linear in the mini-batch size, at each input size. */
export function lawTable({ latency, warmup }: Pick<DeviceFit, "latency" | "warmup">): TextTable {
  return {
    columns: ["size (px)", "fitted function", "R²", "left-out error (%)", "noise floor (%)"],
    values: [...latency.bySize, ...warmup.bySize].map(([size, fitted]) => [
      size,
      fitted.formula,
      fitted.rSquared.toFixed(4),
      percent(fitted.leftOutError),
      percent(fitted.noiseFloor),
    ]),
  };
}

/** Every candidate form of a quantity with its errors on what it has not seen. */
export function candidateTable({ candidates }: QuantityFit): TextTable {
  return {
    columns: ["form", "coefficients", "left-out error (%)", "largest size (%)", "largest mbs (%)", "verdict"],
    values: candidates().map(({ form, coefficients, leftOutError, extrapolation, withinNoise, chosen }) => [
      form,
      coefficients,
      percent(leftOutError),
      percent(extrapolation.largestSize),
      percent(extrapolation.largestMiniBatch),
      [chosen ? "chosen" : "", withinNoise ? "within noise" : ""].filter(Boolean).join(", "),
    ]),
  };
}

const WORST_SHOWN = 3;

/**
 * Whether the chosen function is right, as a line: the test, how far it is off, and where most; none where nothing was
 * repeated.
 */
export function lackOfFitLines({ lackOfFit }: Pick<QuantityFit, "lackOfFit">): string[] {
  const test = lackOfFit();
  if (test === undefined) return [];
  const worst = test.cells.slice(0, WORST_SHOWN).map((cell) => `${signedPercent(cell.error)} % at ${cellWords(cell)}`);
  return [
    `${lackOfFitTest(test)}; beyond the scatter of trials off by ${percent(test.beyondNoise)} % (1 sd), most by ` +
      worst.join(", "),
  ];
}

function signedPercent(ratio: number): string {
  return `${ratio < 0 ? "−" : "+"}${percent(Math.abs(ratio))}`;
}

/** Functions and how far they go. */
export function functionTable(...functions: readonly FittedFunction[]): TextTable {
  return {
    columns: ["form", "fitted function", "R²", "left-out error (%)", "noise floor (%)"],
    values: functions.map(({ form, formula, rSquared, leftOutError, noiseFloor }) => [
      ...[form, formula, rSquared.toFixed(4)],
      ...[percent(leftOutError), percent(noiseFloor)],
    ]),
  };
}

/** The coefficients of a function with their 95 % intervals. */
export function coefficientTable(fitted: FittedFunction): TextTable {
  const intervals = fitted.coefficientIntervals();
  return {
    columns: ["coefficient", "value", "95 % interval"],
    values: Object.entries(fitted.coefficients).map(([name, value]) => [
      name,
      value.toPrecision(4),
      `${intervals[name]?.low.toPrecision(4)} to ${intervals[name]?.high.toPrecision(4)}`,
    ]),
  };
}

/** The largest mini-batch per input size, what that rests on, and what was seen. */
export function largestMiniBatchTable(largest: readonly LargestMiniBatch[]): TextTable {
  return {
    columns: ["size (px)", "largest mini-batch", "rests on", "largest that ran", "smallest that did not"],
    values: largest.map(({ inputSizePx, miniBatchSize, restsOn, largestOk, smallestExceeding }) => [
      inputSizePx,
      restsOn === "at least" ? `at least ${miniBatchSize}` : miniBatchSize,
      RESTS_ON[restsOn],
      largestOk ?? "",
      smallestExceeding ?? "",
    ]),
  };
}

const RESTS_ON = {
  measured: "measured",
  law: "the memory law between the two",
  "at least": "nothing larger is known not to fit",
} as const satisfies Record<LargestMiniBatch["restsOn"], string>;
