import { htmlTable } from "../core/text-table.js";
import type { DatasetAnalysis } from "../rank/dataset-analysis.js";
import type { FigureName } from "./figure-registry.js";
import { type FigureOptions, figuresOfDataset } from "./figures-of-dataset.js";
import { figureSvg } from "./render-figure.js";

/**
 * Figures of a dataset as HTML for a notebook's cell; in place of one that the dataset has too little for, why.
 *
 * @param dataset its folder, or an analysis that it shares with others
 * @throws UserError if the folder holds no dataset or no trial that ended well
 * @example
 * display.html(await figureHtml("data/quick", "memory", "inference-time"));
 */
export async function figureHtml(dataset: string | DatasetAnalysis, ...only: readonly FigureName[]): Promise<string> {
  const options: FigureOptions = only.length === 0 ? {} : { only };
  const { figures, left } = await figuresOfDataset(dataset, options);
  const drawn = await Promise.all(figures.map((figure) => figureSvg(figure)));
  const missing = {
    columns: ["figure", "why it is not drawn"],
    values: left.map(({ name, reason }) => [name, reason]),
  };
  return [...drawn, ...(left.length === 0 ? [] : [htmlTable(missing)])].join("\n");
}
