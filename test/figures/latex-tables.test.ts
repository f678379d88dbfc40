import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { captionLatex } from "../../src/figures/captions.js";
import { latexTables, planLatexTable } from "../../src/figures/latex-tables.js";
import { latexText } from "../../src/figures/latex-text.js";
import { renderFigure } from "../../src/figures/render-figure.js";
import { writeTables } from "../../src/figures/write-figures.js";
import type { DeviceFit } from "../../src/fit/device-fit.js";
import type { FeasiblePlan } from "../../src/plan/answer/plan-outcome.js";
import { DEVICE } from "../fit/simulated-device.js";
import { typeset, WITHOUT_LATEX } from "./latex.js";
import { sampleFigures } from "./sample-figures.js";
import { sampleRanking } from "./sample-ranking.js";

const folder = mkdtempSync(join(tmpdir(), "batchwise-latex-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** A fit of one quantity and no others, with numbers by hand. */
function fitOf(latency: object): DeviceFit {
  const none = { quantity: "none", bySize: new Map(), noiseFloor: undefined, candidates: () => [] };
  return { device: DEVICE, latency, warmup: none, memory: none, memoryLimitMib: undefined } as unknown as DeviceFit;
}

/** The rows between the rules of a table, cell by cell. */
function rowsIn(latex = ""): string[][] {
  const lines = latex.split("\n").map((line) => line.trim());
  return lines
    .slice(lines.indexOf("\\midrule") + 1, lines.indexOf("\\bottomrule"))
    .map((line) => line.replace(/ \\\\$/, "").split(" & "));
}

function rowsOf(fit: DeviceFit, name: string): string[][] {
  return rowsIn(latexTables(fit).find((table) => table.name === name)?.latex);
}

/** What a column of numbers has where there is none. */
const NONE = "\\multicolumn{1}{c}{--}";

const law = (constant: number, mbs: number) => ({
  coefficients: { constant, mbs },
  coefficientIntervals: () => ({
    constant: { low: constant - 1, high: constant + 2 },
    mbs: { low: -mbs, high: 2 * mbs },
  }),
});
const LATENCY = {
  quantity: "latency_ms",
  bySize: new Map<number, object>([
    [64, law(12.34567, 0.000123456)],
    [128, law(-34567.8, 98765.4)],
    [224, { coefficients: {}, coefficientIntervals: () => ({}) }],
  ]),
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
const PLAN = {
  status: "optimal",
  devices: [1, 2, 3].map((number) => ({
    type: "cpu_2t",
    workload: "images",
    miniBatchSize: number === 3 ? 4 : 8,
    furtherMiniBatches: 9,
    images: 80,
    finishUs: 1_234_567,
  })),
  images: 240,
  finishUs: 1_234_567,
  solver: "closed form",
  proven: true,
} as unknown as FeasiblePlan;

test("coefficients have four significant digits, or all those before the point, aligned at the point", () => {
  const fit = fitOf(LATENCY);
  assert.deepEqual(rowsOf(fit, "coefficients"), [
    ["Latency L (ms)", "64", "12.35", "11.35", "14.35", "0.0001235", "-0.0001235", "0.0002469"],
    ["Latency L (ms)", "128", "-34568", "-34569", "-34566", "98765", "-98765", "197531"],
    ["Latency L (ms)", "224", NONE, NONE, NONE, NONE, NONE, NONE],
  ]);
  // A sign, as many digits before the point and as many after it as any number of the column has.
  assert.ok(latexTables(fit)[0]?.latex.includes("{lD{.}{.}{3.0}D{.}{.}{6.2}"));
});

test("errors are in percent with one decimal, the chosen form has a star, and what LaTeX would read is escaped", () => {
  assert.deepEqual(rowsOf(fitOf(LATENCY), "errors"), [
    ["Latency", "a\\_b \\& 5 \\% \\#1 *", "1.2", "23.4", "150.0", "9.9"],
    ["Latency", "Theil--Sen", "50.0", NONE, NONE, "9.9"],
  ]);
});

test("a ranking's table has its top 15 by their labels, with a star where the second forest does not agree", () => {
  const tables = latexTables(fitOf(LATENCY), [sampleRanking()]);
  assert.deepEqual(
    tables.map(({ name }) => name),
    ["coefficients", "errors", "ranking-explain"],
  );
  const rows = rowsIn(tables[2]?.latex);
  assert.equal(rows.length, 15);
  assert.deepEqual(rows[0], ["1", "Group 0: feature 0, before", "0.9000", "0.6290", "1.1710", "1", "3"]);
  assert.deepEqual(
    rows.flatMap(([rank = "", label = ""]) => (label.endsWith(" *") ? [rank] : [])),
    ["5", "13"],
  );
  assert.match(tables[2]?.latex ?? "", /\\caption\{.* over the variance of ln W.*100 trees/);
});

test("a plan's table has a row for devices that do the same, and a missing plan none", () => {
  const table = planLatexTable(PLAN);
  assert.deepEqual(rowsIn(table?.latex), [
    ["2", "cpu\\_2t", "8", "10", "80", "1234.567"],
    ["1", "cpu\\_2t", "4", "10", "80", "1234.567"],
  ]);
  const named = { ...PLAN, devices: PLAN.devices.map((device) => ({ ...device, workload: "cats" })) };
  assert.deepEqual(rowsIn(planLatexTable(named)?.latex)[0]?.slice(1, 4), ["cpu\\_2t", "cats", "8"]);
  assert.match(table?.latex ?? "", /\\caption\{A plan of 3 devices for 240 images, proven optimal/);
  assert.equal(
    planLatexTable({ status: "infeasible", reason: "none", mostImages: 0, feasibleTimeUs: undefined }),
    undefined,
  );
});

test("every table is an environment with units in its heads, a caption and a label", () => {
  for (const { name, latex } of [...latexTables(fitOf(LATENCY), [sampleRanking()]), planLatexTable(PLAN)].flatMap(
    (table) => table ?? [],
  )) {
    assert.ok(latex.includes(`\\label{tab:${name}}`), name);
    assert.match(latex, /^% Requires .*\n\\begin\{table\}\n.*\\caption\{.+\\end\{table\}\n$/s);
    assert.equal(Buffer.byteLength(latex), latex.length, "with whatever encoding");
  }
});

test("text for LaTeX has no letter that it does not know", () => {
  assert.equal(
    latexText("5 % ± 2 × 10 ≥ −1 ρ_a {b} \\ ~"),
    "5 \\% $\\pm$ 2 $\\times$ 10 $\\geq$ $-$1 $\\rho$\\_a \\{b\\} \\textbackslash{} \\textasciitilde{}",
  );
});

test("LaTeX sets every table and every figure with its caption", { skip: WITHOUT_LATEX }, async () => {
  const figures = sampleFigures();
  for (const figure of figures) await renderFigure(figure, folder);
  const tables = [...latexTables(fitOf(LATENCY), [sampleRanking()]), planLatexTable(PLAN)].flatMap(
    (table) => table ?? [],
  );
  writeTables(tables, folder);
  writeFileSync(join(folder, "captions.tex"), figures.map((figure) => captionLatex(figure)).join("\n"));
  const { status, log } = typeset(
    [
      "\\documentclass[a4paper,twocolumn]{article}",
      "\\usepackage{booktabs,dcolumn,graphicx}",
      "\\begin{document}",
      ...tables.map(({ name }) => `\\input{${name}}\\clearpage`),
      "\\input{captions}",
      "\\end{document}",
    ].join("\n"),
    folder,
  );
  assert.equal(status, 0, log);
  assert.doesNotMatch(log, /^! |undefined|multiply defined/m);
});
