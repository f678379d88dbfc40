import { join } from "node:path";
import { Command } from "commander";
import { figuresOfDataset } from "../src/figures/figures-of-dataset.js";
import { renderFigure } from "../src/figures/render-figure.js";
import { printResult } from "./terminal.js";

/** `batchwise figures`: the study's figures of a dataset. */
export function figuresCommand(): Command {
  return new Command("figures")
    .description("draw the figures as SVG, PDF and PNG, with the data behind each")
    .argument("<dir>", "the dataset's folder")
    .option("--out <dir>", "the folder to write to; default: figures in the dataset's folder")
    .option("--json", "print one JSON object")
    .action(async (folder: string, { out, json }: { out?: string; json?: boolean }) => {
      const files = await drawFigures(folder, out ?? join(folder, "figures"));
      printResult(json, { files }, () => files);
    });
}

export async function drawFigures(folder: string, target: string): Promise<string[]> {
  const files: string[] = [];
  for (const figure of figuresOfDataset(folder)) files.push(...(await renderFigure(figure, target)));
  return files;
}
