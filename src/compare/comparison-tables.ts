import type { Interval } from "../core/statistics.js";
import { percent, type TextTable } from "../core/text-table.js";
import type { Comparison } from "./compare-datasets.js";
import type { CellRatio } from "./compare-quantity.js";
import type { ComparedQuantity, JudgedRatio, Verdict } from "./verdict.js";

/** Each quantity in words, short enough for a column. */
export const QUANTITY_WORDS: Readonly<Record<ComparedQuantity, string>> = {
  latency_ms: "latency L",
  warmup_ms: "warm-up W",
  peak_memory_mib: "memory",
};

const VERDICTS: readonly Verdict[] = ["same", "faster", "slower", "less", "more", "undecided"];

/** The overall ratio of each quantity, how far cells differ, and how many have which verdict. */
export function overallRatioTable({ quantities }: Pick<Comparison, "quantities">): TextTable {
  return {
    columns: ["quantity", "B / A", "95 % interval", "verdict", "lowest", "highest", "beyond noise (%)", "cells"],
    values: quantities.map(({ quantity, overall, cells, betweenCells }) => {
      const ratios = cells.map(({ ratio }) => ratio.ratio);
      return [
        QUANTITY_WORDS[quantity],
        overall.ratio.toFixed(3),
        intervalText(overall.interval),
        overall.verdict,
        Math.min(...ratios).toFixed(3),
        Math.max(...ratios).toFixed(3),
        percent(betweenCells),
        verdictCounts(cells),
      ];
    }),
  };
}

/** One row per cell: of each quantity the ratio with its interval and the verdict. */
export function cellRatioTable({ quantities }: Pick<Comparison, "quantities">): TextTable {
  const places = new Map(
    quantities
      .flatMap(({ cells }) => cells)
      .sort((a, b) => a.inputSizePx - b.inputSizePx || a.miniBatchSize - b.miniBatchSize)
      .map(({ inputSizePx, miniBatchSize }) => [`${inputSizePx} ${miniBatchSize}`, [inputSizePx, miniBatchSize]]),
  );
  return {
    columns: [
      "size (px)",
      "mini-batch",
      ...quantities.flatMap(({ quantity }) => [`${QUANTITY_WORDS[quantity]} B / A`, "verdict"]),
    ],
    values: [...places.values()].map(([inputSizePx = 0, miniBatchSize = 0]) => [
      inputSizePx,
      miniBatchSize,
      ...quantities.flatMap(({ cells }) => {
        const cell = cells.find((one) => one.inputSizePx === inputSizePx && one.miniBatchSize === miniBatchSize);
        return cell === undefined ? ["", ""] : [ratioText(cell.ratio), cell.ratio.verdict];
      }),
    ]),
  };
}

/** The best mini-batch of each side at each input size, and what A's loses on B. */
export function bestMiniBatchTable({ best }: Pick<Comparison, "best">): TextTable {
  return {
    columns: ["size (px)", "best in A", "best in B", "A's loses in B (%)", "interval", "a plan made for A"],
    values: best.map(({ inputSizePx, a, b, loss, interval, plan }) => [
      inputSizePx,
      a,
      b,
      loss === undefined ? "does not run" : percent(loss),
      a === b || interval === undefined ? "" : `${percent(interval.low)} to ${percent(interval.high)}`,
      plan,
    ]),
  };
}

/** What is recorded of both sides and differs. */
export function recordedDifferenceTable({ differences }: Pick<Comparison, "differences">): TextTable {
  return { columns: ["recorded", "A", "B"], values: differences.map(({ what, a, b }) => [what, a, b]) };
}

/** Cells that ended well on one side only. */
export function lostCellTable({ lost }: Pick<Comparison, "lost">): TextTable {
  return {
    columns: ["size (px)", "mini-batch", "A", "B"],
    values: lost.map(({ inputSizePx, miniBatchSize, a, b }) => [
      inputSizePx,
      miniBatchSize,
      a.replaceAll("_", " "),
      b.replaceAll("_", " "),
    ]),
  };
}

function intervalText(interval: Interval | undefined): string {
  return interval === undefined ? "unknown" : `${interval.low.toFixed(3)} to ${interval.high.toFixed(3)}`;
}

function ratioText({ ratio, interval }: JudgedRatio): string {
  return interval === undefined ? ratio.toFixed(3) : `${ratio.toFixed(3)} (${intervalText(interval)})`;
}

/** `12 slower, 5 undecided` */
function verdictCounts(cells: readonly CellRatio<JudgedRatio>[]): string {
  return VERDICTS.flatMap((verdict) => {
    const count = cells.filter(({ ratio }) => ratio.verdict === verdict).length;
    return count === 0 ? [] : [`${count} ${verdict}`];
  }).join(", ");
}
