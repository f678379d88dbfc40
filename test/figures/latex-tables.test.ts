import assert from "node:assert/strict";
import { test } from "node:test";
import { latexTables } from "../../src/figures/latex-tables.js";
import type { DeviceFit } from "../../src/fit/fit-dataset.js";
import { DEVICE } from "../fit/simulated-device.js";

/** A fit of one quantity and no others, with numbers by hand. */
function fitOf(latency: object): DeviceFit {
  const none = { quantity: "none", bySize: new Map(), noiseFloor: undefined, candidates: () => [] };
  return { device: DEVICE, latency, warmup: none, memory: none, memoryLimitMib: undefined } as unknown as DeviceFit;
}

/** The rows between the rules of a table, cell by cell. */
function rowsOf(fit: DeviceFit, name: string): string[][] {
  const lines =
    latexTables(fit)
      .find((table) => table.name === name)
      ?.latex.split("\n") ?? [];
  return lines
    .slice(lines.indexOf("\\midrule") + 1, lines.indexOf("\\bottomrule"))
    .map((line) => line.replace(/ \\\\$/, "").split(" & "));
}

test("coefficients have four significant digits, or all those before the point, and a true minus", () => {
  const law = (constant: number, mbs: number) => ({
    coefficients: { constant, mbs },
    coefficientIntervals: () => ({
      constant: { low: constant - 1, high: constant + 2 },
      mbs: { low: -mbs, high: 2 * mbs },
    }),
  });
  const latency = {
    quantity: "latency_ms",
    bySize: new Map<number, object>([
      [64, law(12.34567, 0.000123456)],
      [128, law(-34567.8, 98765.4)],
      [224, { coefficients: {}, coefficientIntervals: () => ({}) }],
    ]),
    noiseFloor: undefined,
    candidates: () => [],
  };
  assert.deepEqual(rowsOf(fitOf(latency), "coefficients"), [
    ["latency\\_ms", "64", "12.35", "11.35 to 14.35", "0.0001235", "$-$0.0001235 to 0.0002469"],
    ["latency\\_ms", "128", "$-$34568", "$-$34569 to $-$34566", "98765", "$-$98765 to 197531"],
    ["latency\\_ms", "224", "--", "-- to --", "--", "-- to --"],
  ]);
});

test("errors are in percent with one decimal, the chosen form is bold, and what LaTeX would read is escaped", () => {
  const latency = {
    quantity: "latency_ms",
    bySize: new Map(),
    noiseFloor: 0.0987,
    candidates: () => [
      {
        form: "a_b & 5 % #1",
        leftOutError: 0.0123,
        extrapolation: { largestSize: 0.234, largestMiniBatch: 1.5 },
        chosen: true,
      },
      { form: "Theil–Sen", leftOutError: 0.5, extrapolation: {}, chosen: false },
    ],
  };
  const fit = fitOf(latency);
  assert.deepEqual(rowsOf(fit, "errors"), [
    ["latency\\_ms", "\\textbf{a\\_b \\& 5 \\% \\#1}", "1.2", "23.4", "150.0", "9.9"],
    ["latency\\_ms", "Theil--Sen", "50.0", "--", "--", "9.9"],
  ]);
  assert.deepEqual(latexTables(fit)[1]?.latex.split("\n").slice(0, 4), [
    "% Batchwise: median relative errors on cells left out of the fit; the chosen form is bold. Requires \\usepackage{booktabs}.",
    "\\begin{tabular}{llrrrr}",
    "\\toprule",
    "Quantity & Form & Left-out (\\%) & Largest size (\\%) & Largest batch (\\%) & Noise floor (\\%) \\\\",
  ]);
});
