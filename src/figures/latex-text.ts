/** What LaTeX would read as a command, and letters that its fonts do not have as such. */
const LATEX: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "{": "\\{",
  "}": "\\}",
  _: "\\_",
  "%": "\\%",
  "&": "\\&",
  "#": "\\#",
  $: "\\$",
  "^": "\\textasciicircum{}",
  "~": "\\textasciitilde{}",
  "<": "$<$",
  ">": "$>$",
  "–": "--",
  "−": "$-$",
  "×": "$\\times$",
  "±": "$\\pm$",
  "≥": "$\\geq$",
  "≤": "$\\leq$",
  ρ: "$\\rho$",
  µ: "$\\mu$",
  "²": "$^2$",
  "°": "$^\\circ$",
  "·": "$\\cdot$",
  "…": "\\dots{}",
  "’": "'",
};

/** A text for LaTeX, with whatever encoding it reads its files. */
export function latexText(text: string): string {
  return text.replaceAll(/[\\{}_%&#$^~<>]|[^\p{ASCII}]/gu, (letter) => LATEX[letter] ?? "?");
}
