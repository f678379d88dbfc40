import { latexText } from "./latex-text.js";

/** A table for a paper. */
export interface LatexTable {
  /** The name of its file, without extension. */
  readonly name: string;
  /**
   * A table environment with caption and label, to be \\input where it belongs. Requires the packages booktabs and
   * dcolumn; any input encoding does.
   */
  readonly latex: string;
}

/** A column: texts, or numbers that are set with their decimal points below each other. */
export interface LatexColumn {
  /** With its unit. Columns beside each other with the same heading share it. */
  readonly head: string;
  readonly kind: "text" | "number";
}

/** A number, already rounded, as its digits; undefined where there is none. A text is set as it stands. */
export type LatexCell = { readonly digits: string } | { readonly text: string } | undefined;

/** Digits with a point and a sign, as dcolumn aligns them; a bound may stand before them. */
const ALIGNED = /^(?:\\geq )?(-?\d+)(?:\.(\d+))?$/;

/** A table environment of rows under their columns. */
export function latexTable(
  name: string,
  caption: string,
  columns: readonly LatexColumn[],
  rows: readonly (readonly LatexCell[])[],
): LatexTable {
  const spec = columns.map(({ kind }, index) => {
    if (kind === "text") return "l";
    const parts = rows.flatMap((row) => {
      const cell = row[index];
      const [, whole = "", decimals = ""] = (cell && "digits" in cell && ALIGNED.exec(cell.digits)) || [];
      return whole === "" ? [] : [{ whole: whole.length, decimals: decimals.length }];
    });
    const most = (of: (part: { whole: number; decimals: number }) => number) => Math.max(0, ...parts.map(of));
    return `D{.}{.}{${Math.max(
      1,
      most(({ whole }) => whole),
    )}.${most(({ decimals }) => decimals)}}`;
  });
  return {
    name,
    latex: [
      "% Requires \\usepackage{booktabs,dcolumn}.",
      "\\begin{table}",
      "  \\centering",
      "  \\footnotesize",
      "  \\setlength{\\tabcolsep}{4pt}",
      `  \\caption{${latexText(caption)}}`,
      `  \\label{tab:${name}}`,
      `  \\begin{tabular}{${spec.join("")}}`,
      "    \\toprule",
      `    ${headOf(columns)} \\\\`,
      "    \\midrule",
      ...rows.map((row) => `    ${row.map((cell, index) => cellOf(cell, columns[index]?.kind)).join(" & ")} \\\\`),
      "    \\bottomrule",
      "  \\end{tabular}",
      "\\end{table}",
      "",
    ].join("\n"),
  };
}

/** Headings of numbers stand in the middle; one that several columns share stands once above all of them. */
function headOf(columns: readonly LatexColumn[]): string {
  const heads: { head: string; kind: LatexColumn["kind"]; columns: number }[] = [];
  for (const { head, kind } of columns) {
    const last = heads.at(-1);
    if (last?.head === head) last.columns++;
    else heads.push({ head, kind, columns: 1 });
  }
  return heads
    .map(({ head, kind, columns: count }) =>
      kind === "text" ? latexText(head) : `\\multicolumn{${count}}{c}{${latexText(head.trim())}}`,
    )
    .join(" & ");
}

function cellOf(cell: LatexCell, kind: LatexColumn["kind"] = "text"): string {
  if (cell === undefined) return kind === "text" ? "--" : "\\multicolumn{1}{c}{--}";
  if ("text" in cell) return latexText(cell.text);
  return ALIGNED.test(cell.digits) ? cell.digits : `\\multicolumn{1}{r}{$${cell.digits}$}`;
}

/** A text as a cell. */
export function textCell(text: string): LatexCell {
  return { text };
}

/** A number with four significant digits, or all those before the point. */
export function significantCell(value: number | undefined): LatexCell {
  if (value === undefined) return undefined;
  const text = Math.abs(value) >= 1000 ? value.toFixed(0) : String(Number(value.toPrecision(4)));
  const [mantissa = "", exponent] = text.split("e");
  return { digits: exponent === undefined ? mantissa : `${mantissa} \\times 10^{${Number(exponent)}}` };
}

/** A number with so many decimals. */
export function decimalCell(value: number | undefined, decimals: number): LatexCell {
  return value === undefined ? undefined : { digits: value.toFixed(decimals) };
}

/** A whole number. */
export function wholeCell(value: number | undefined): LatexCell {
  return decimalCell(value, 0);
}
