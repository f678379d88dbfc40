// Writes docs/figures.md and its pictures; a test holds the page against the figures.
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../src/core/package-root.js";
import { renderFigure } from "../src/figures/render-figure.js";
import { figuresPage, pageFigures } from "./figures-page.js";

const docs = join(PACKAGE_ROOT, "docs");
const folder = mkdtempSync(join(tmpdir(), "batchwise-figures-page-"));
const figures = await pageFigures();
for (const figure of figures) {
  await renderFigure(figure, folder);
  copyFileSync(join(folder, `${figure.name}.png`), join(docs, "figures", `${figure.name}.png`));
}
writeFileSync(join(docs, "figures.md"), figuresPage(figures));
rmSync(folder, { recursive: true });
