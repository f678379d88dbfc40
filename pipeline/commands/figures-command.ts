import { join } from "node:path";
import { Command } from "commander";
import { requireWritable } from "../../src/core/make-folder.js";
import { UserError } from "../../src/core/user-error.js";
import { FIGURE_NAMES, type FigureName } from "../../src/figures/figure-registry.js";
import { type FigureOptions, figuresOfDataset } from "../../src/figures/figures-of-dataset.js";
import { latexTables } from "../../src/figures/latex-tables.js";
import { readTheme } from "../../src/figures/read-theme.js";
import { SHOWN_QUANTITIES } from "../../src/figures/shown-quantity.js";
import type { Theme } from "../../src/figures/theme.js";
import { writeFigures, writeTables } from "../../src/figures/write-figures.js";
import { analyseDataset, type DatasetAnalysis } from "../../src/rank/dataset-analysis.js";
import { parseInteger, parseName } from "../arguments.js";
import { OUTPUT, withHelp } from "../terminal/command-help.js";
import { showTrees } from "../terminal/progress.js";
import { printResult } from "../terminal/terminal.js";

interface FiguresFlags {
  readonly out?: string;
  readonly only?: string;
  readonly device?: string;
  readonly size?: string;
  readonly quantity?: string;
  readonly theme?: string;
  readonly json?: boolean;
}

/** `batchwise figures`: the figures and tables of a dataset. */
export function figuresCommand(): Command {
  const command = new Command("figures")
    .description("draw the figures as SVG, PDF and PNG with data and captions, and write LaTeX tables")
    .argument("<dir>", "the dataset's folder")
    .optionsGroup("What is drawn, and how:")
    .option("--only <names>", `figures, separated by commas: ${FIGURE_NAMES.join(", ")}`)
    .option(
      "--device <name>",
      "the device, e.g. cpu-2t, and the only one that is ranked; default: the first, all ranked",
    )
    .option("--size <px>", "the input size of inference-time and fitted-law; default: 224, else the largest")
    .option("--quantity <name>", `what fitted-law and fitted-lines show: ${SHOWN_QUANTITIES.join(", ")}`, "latency")
    .option("--theme <file>", "a theme: sizes in mm, font, text, colours, as docs/files.md describes it")
    .optionsGroup(OUTPUT)
    .option("--out <dir>", "the folder to write to; default: figures in the dataset's folder")
    .option("--json", "print one JSON object")
    .action(async (folder: string, flags: FiguresFlags) => {
      const { out, json } = flags;
      const drawn = await drawFigures(
        analyseDataset(folder, { onProgress: showTrees() }),
        out ?? join(folder, "figures"),
        drawOptions(flags),
      );
      printResult(
        json,
        () => drawn,
        () => drawnLines(drawn),
      );
    });
  return withHelp(command, "docs/figures.md", [
    "figures data/reference-cpu --only inference-time,memory --out figures",
    "figures data/reference-cpu --only fitted-law --size 160 --quantity warmup --theme theme.json",
  ]);
}

function drawOptions({ only, device, size, quantity = "latency", theme }: FiguresFlags): DrawOptions {
  return {
    ...(only !== undefined && { only: namesIn(only) }),
    ...(device !== undefined && { device }),
    ...(size !== undefined && { inputSizePx: parseInteger("--size", size) }),
    quantity: parseName("--quantity", SHOWN_QUANTITIES, quantity),
    ...(theme !== undefined && { theme: readTheme(theme) }),
  };
}

/** What is drawn of a dataset, and how. */
interface DrawOptions extends FigureOptions {
  readonly theme?: Theme;
}

/** What was written, and which figures the dataset has too little for. */
export interface DrawnFigures {
  readonly files: readonly string[];
  readonly left: readonly { readonly name: string; readonly reason: string }[];
}

/** Draws the figures of a dataset into a folder, with their captions; with all of them also the LaTeX tables. */
export async function drawFigures(
  analysis: DatasetAnalysis,
  target: string,
  { theme, ...options }: DrawOptions = {},
): Promise<DrawnFigures> {
  requireWritable(target);
  const { fit, figures, left, rankings } = await figuresOfDataset(analysis, options);
  const files = await writeFigures(figures, target, theme);
  if (options.only === undefined) files.push(...writeTables(latexTables(fit, rankings), join(target, "tables")));
  return { files, left };
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
