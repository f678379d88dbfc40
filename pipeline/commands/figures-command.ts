import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { UserError } from "../../src/core/user-error.js";
import { FIGURE_NAMES, type FigureName } from "../../src/figures/figure-registry.js";
import { figuresOfDataset } from "../../src/figures/figures-of-dataset.js";
import { latexTables } from "../../src/figures/latex-tables.js";
import { renderFigure } from "../../src/figures/render-figure.js";
import { readTheme, type Theme } from "../../src/figures/theme.js";
import type { DeviceFit } from "../../src/fit/fit-dataset.js";
import { analyseDataset, type DatasetAnalysis } from "../../src/rank/dataset-analysis.js";
import { OUTPUT, withHelp } from "../terminal/command-help.js";
import { showTrees } from "../terminal/progress.js";
import { printResult } from "../terminal/terminal.js";

interface FiguresFlags {
  out?: string;
  only?: string;
  theme?: string;
  json?: boolean;
}

/** `batchwise figures`: the figures and tables of a dataset. */
export function figuresCommand(): Command {
  const command = new Command("figures")
    .description("draw the figures as SVG, PDF and PNG, with the data behind each, and write LaTeX tables")
    .argument("<dir>", "the dataset's folder")
    .optionsGroup("What is drawn, and how:")
    .option("--only <names>", `figures, separated by commas: ${FIGURE_NAMES.join(", ")}`)
    .option("--theme <file>", "a theme: font, text_pt, colours, background, as docs/files.md describes it")
    .optionsGroup(OUTPUT)
    .option("--out <dir>", "the folder to write to; default: figures in the dataset's folder")
    .option("--json", "print one JSON object")
    .action(async (folder: string, { out, only, theme, json }: FiguresFlags) => {
      const drawn = await drawFigures(
        analyseDataset(folder, { onProgress: showTrees() }),
        out ?? join(folder, "figures"),
        {
          ...(only !== undefined && { only: namesIn(only) }),
          ...(theme !== undefined && { theme: readTheme(theme) }),
        },
      );
      printResult(
        json,
        () => drawn,
        () => drawnLines(drawn),
      );
    });
  return withHelp(command, "docs/files.md", [
    "figures data/reference-cpu --only inference-time,memory --out figures",
    "figures data/reference-cpu --theme theme.json",
  ]);
}

/** What was written, and which figures the dataset has too little for. */
export interface DrawnFigures {
  readonly files: readonly string[];
  readonly left: readonly { readonly name: string; readonly reason: string }[];
}

/** Draws the figures of a dataset into a folder; with all of them also the LaTeX tables. */
export async function drawFigures(
  analysis: DatasetAnalysis,
  target: string,
  { only, theme }: { readonly only?: readonly FigureName[]; readonly theme?: Theme } = {},
): Promise<DrawnFigures> {
  const { fit, figures, left } = await figuresOfDataset(analysis, only && { only });
  const files: string[] = [];
  for (const figure of figures) files.push(...(await renderFigure(figure, target, theme)));
  if (only === undefined) files.push(...writeTables(fit, join(target, "tables")));
  return { files, left };
}

function writeTables(fit: DeviceFit, target: string): string[] {
  mkdirSync(target, { recursive: true });
  return latexTables(fit).map(({ name, latex }) => {
    const path = join(target, `${name}.tex`);
    writeFileSync(path, latex);
    return path;
  });
}

function drawnLines({ files, left }: DrawnFigures): string[] {
  return [...files, ...left.map(({ name, reason }) => `not drawn: ${name}: ${reason}`)];
}

function namesIn(text: string): FigureName[] {
  return text.split(",").map((name) => {
    const known = FIGURE_NAMES.find((candidate) => candidate === name.trim());
    if (known === undefined)
      throw new UserError(`--only ${name}: no such figure, allowed are ${FIGURE_NAMES.join(", ")}`);
    return known;
  });
}
