import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeFileDurably } from "../core/json-file.js";
import { captionOf } from "./caption.js";
import type { Figure } from "./figure.js";
import { latexText } from "./latex-text.js";
import { layoutOf } from "./layout.js";
import { type Theme, themeOf } from "./theme.js";

/** A figure's caption as a section of Markdown, with its picture. */
export function captionMarkdown(figure: Figure): string {
  return `## ${figure.name}\n\n![${figure.title}](${figure.name}.png)\n\n${captionOf(figure)}\n`;
}

/** A figure as an environment of LaTeX, of its width, with caption and label; requires graphicx. */
export function captionLatex(figure: Figure, theme: Partial<Theme> = {}): string {
  const { widthPx } = layoutOf(themeOf(theme), figure.shape);
  const widthMm = Math.round((widthPx * 25.4) / 96);
  const isWide = widthMm > ONE_COLUMN_MM ? "*" : "";
  return [
    `% figure ${figure.name}`,
    `\\begin{figure${isWide}}`,
    "  \\centering",
    `  \\includegraphics[width=${widthMm}mm]{${figure.name}}`,
    `  \\caption{${latexText(captionOf(figure))}}`,
    `  \\label{fig:${figure.name}}`,
    `\\end{figure${isWide}}`,
    "",
  ].join("\n");
}

/** A figure that is wider than a column stands across both of them. */
const ONE_COLUMN_MM = 100;

/**
 * Writes the captions of figures to captions.md and captions.tex beside them. Captions that are there of other figures
 * stay as long as their pictures do.
 *
 * @returns the paths of the files
 */
export function writeCaptions(figures: readonly Figure[], folder: string, theme: Partial<Theme> = {}): string[] {
  const files = [
    { name: "captions.md", begins: /^## (\S+)$/m, of: captionMarkdown },
    { name: "captions.tex", begins: /^% figure (\S+)$/m, of: (figure: Figure) => captionLatex(figure, theme) },
  ];
  return files.map(({ name, begins, of }) => {
    const path = join(folder, name);
    const sections = new Map(existsSync(path) ? sectionsOf(readFileSync(path, "utf8"), begins) : []);
    for (const figure of figures) sections.set(figure.name, of(figure));
    const kept = [...sections].filter(([figure]) => existsSync(join(folder, `${figure}.svg`)));
    writeFileDurably(path, kept.map(([, text]) => text).join("\n"));
    return path;
  });
}

/** The sections of a text by their names, each with its first line. */
function sectionsOf(text: string, begins: RegExp): [name: string, text: string][] {
  const starts = [...text.matchAll(new RegExp(begins.source, "gm"))];
  return starts.map((start, index) => [
    start[1] ?? "",
    `${text.slice(start.index, starts[index + 1]?.index).trimEnd()}\n`,
  ]);
}
