import { deviceName } from "../design/design.js";
import type { DeviceFit } from "../fit/fit-dataset.js";
import { largestMiniBatches } from "../fit/largest-mini-batch.js";

/** A table for a paper. */
export interface LatexTable {
  /** The name of its file, without extension. */
  readonly name: string;
  /** A complete tabular of the booktabs package, to be \\input into a table environment. */
  readonly latex: string;
}

/** The tables of a fit: coefficients with intervals, errors of all candidates, the largest mini-batches. */
export function latexTables(fit: DeviceFit): LatexTable[] {
  const { latency, warmup, memory, memoryLimitMib, device } = fit;
  const quantities = [latency, warmup, memory];
  return [
    {
      name: "coefficients",
      latex: tabular(
        "llrrrr",
        ["Quantity", "Size (px)", "Constant", "95\\,\\% interval", "Per image", "95\\,\\% interval"],
        quantities.flatMap(({ quantity, bySize }) =>
          [...bySize].map(([size, fitted]) => {
            const intervals = fitted.coefficientIntervals();
            const cells = (name: string) => [
              significant(fitted.coefficients[name]),
              `${significant(intervals[name]?.low)} to ${significant(intervals[name]?.high)}`,
            ];
            return [escaped(quantity), size, ...cells("constant"), ...cells("mbs")];
          }),
        ),
        `linear in the mini-batch size, device ${deviceName(device)}`,
      ),
    },
    {
      name: "errors",
      latex: tabular(
        "llrrrr",
        ["Quantity", "Form", "Left-out (\\%)", "Largest size (\\%)", "Largest batch (\\%)", "Noise floor (\\%)"],
        quantities.flatMap(({ quantity, noiseFloor, candidates }) =>
          candidates().map(({ form, leftOutError, extrapolation, chosen }) => [
            escaped(quantity),
            chosen ? `\\textbf{${escaped(form)}}` : escaped(form),
            percent(leftOutError),
            percent(extrapolation.largestSize),
            percent(extrapolation.largestMiniBatch),
            percent(noiseFloor),
          ]),
        ),
        "median relative errors on cells left out of the fit; the chosen form is bold",
      ),
    },
    ...(memoryLimitMib === undefined
      ? []
      : [
          {
            name: "largest-mini-batch",
            latex: tabular(
              "rrlrr",
              ["Size (px)", "Largest mini-batch", "Rests on", "Largest that ran", "Smallest that did not"],
              largestMiniBatches(fit, memoryLimitMib).map((row) => [
                row.inputSizePx,
                row.restsOn === "at least" ? `$\\geq$ ${row.miniBatchSize}` : row.miniBatchSize,
                row.restsOn === "law" ? "memory law" : row.restsOn,
                row.largestOk ?? "--",
                row.smallestExceeding ?? "--",
              ]),
              `within ${memoryLimitMib} MiB`,
            ),
          },
        ]),
  ];
}

function tabular(
  columns: string,
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  comment: string,
): string {
  return [
    `% Batchwise: ${comment}. Requires \\usepackage{booktabs}.`,
    `\\begin{tabular}{${columns}}`,
    "\\toprule",
    `${head.join(" & ")} \\\\`,
    "\\midrule",
    ...rows.map((row) => `${row.join(" & ")} \\\\`),
    "\\bottomrule",
    "\\end{tabular}",
    "",
  ].join("\n");
}

function escaped(text: string): string {
  return text.replaceAll(/[_%&#]/g, "\\$&").replaceAll("–", "--");
}

function significant(value: number | undefined): string {
  if (value === undefined) return "--";
  const text = Math.abs(value) >= 1000 ? value.toFixed(0) : String(Number(value.toPrecision(4)));
  return text.replace("-", "$-$");
}

function percent(ratio: number | undefined): string {
  return ratio === undefined ? "--" : (100 * ratio).toFixed(1);
}
