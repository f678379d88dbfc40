import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolder } from "../core/make-folder.js";
import { writeCaptions } from "./captions.js";
import type { Figure } from "./figure.js";
import type { LatexTable } from "./latex-table.js";
import { renderFigure } from "./render-figure.js";
import type { Theme } from "./theme.js";

/**
 * Writes figures with all their files into a folder, and beside them their captions.
 *
 * @param theme what differs from `DEFAULT_THEME`
 * @returns the paths of the files
 */
export async function writeFigures(
  figures: readonly Figure[],
  folder: string,
  theme: Partial<Theme> = {},
): Promise<string[]> {
  const files: string[] = [];
  for (const figure of figures) files.push(...(await renderFigure(figure, folder, theme)));
  return figures.length === 0 ? files : [...files, ...writeCaptions(figures, folder, theme)];
}

/** Writes LaTeX tables into a folder, a file each. Returns the paths of the files. */
export function writeTables(tables: readonly LatexTable[], folder: string): string[] {
  makeFolder(folder);
  return tables.map(({ name, latex }) => {
    const path = join(folder, `${name}.tex`);
    writeFileSync(path, latex);
    return path;
  });
}
