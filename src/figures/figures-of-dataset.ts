import { basename, resolve } from "node:path";
import { distinct } from "../core/distinct.js";
import { UserError } from "../core/user-error.js";
import { readDataPackage } from "../dataset/data-package.js";
import type { TrialRow } from "../dataset/tables.js";
import { deviceName } from "../design/design.js";
import { STUDY_SIZE_PX } from "../design/study-size.js";
import type { DeviceFit } from "../fit/device-fit.js";
import { analysisOf, type DatasetAnalysis } from "../rank/dataset-analysis.js";
import type { DatasetRanking } from "../rank/rank-dataset.js";
import { ended } from "./cell-times.js";
import type { Figure } from "./figure.js";
import { type DatasetSource, FIGURE_NAMES, FIGURES, type FigureName } from "./figure-registry.js";
import { SHOWN_QUANTITIES, type ShownQuantityName } from "./shown-quantity.js";

/** Which figures of a dataset, of what, and who is told how far they are. */
export interface FigureOptions {
  /** Which figures; default: all of them. */
  readonly only?: readonly FigureName[];
  /** The device, and the only one whose trials are ranked; default: the first, and a ranking of all together. */
  readonly device?: string;
  /** The input size of the figures that show one; default: 224, or else the largest that was measured. */
  readonly inputSizePx?: number;
  /** The quantity of the fitted law and the fitted lines; default: latency. */
  readonly quantity?: ShownQuantityName;
  /** Of the rankings; an analysis has its own. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** The figures that a dataset has enough for, and why it lacks the others. */
export interface DatasetFigures {
  /** What they were drawn from. */
  readonly fit: DeviceFit;
  readonly figures: readonly Figure[];
  readonly left: readonly { readonly name: FigureName; readonly reason: string }[];
  /** The rankings that figures were drawn of. */
  readonly rankings: readonly DatasetRanking[];
}

/** A figure that shows all devices together, or none. */
const OF_RANKING: readonly FigureName[] = [
  "importance-explain",
  "importance-predict",
  "correlation",
  "warmup-prediction",
];

/**
 * The figures of one device configuration of a dataset.
 *
 * @param dataset its folder, or an analysis that it shares with others
 * @throws UserError if the folder holds no dataset or no trial that ended well, or has no such device or size
 * @example
 * const { figures } = await figuresOfDataset("data/quick", { only: ["fitted-law"], quantity: "warmup" });
 */
export async function figuresOfDataset(
  dataset: string | DatasetAnalysis,
  options: FigureOptions = {},
): Promise<DatasetFigures> {
  const { only = FIGURE_NAMES, device, inputSizePx, quantity = "latency", onProgress } = options;
  if (!SHOWN_QUANTITIES.includes(quantity)) {
    throw new UserError(`quantity ${quantity}: allowed are ${SHOWN_QUANTITIES.join(", ")}`);
  }
  const analysis = analysisOf(dataset, onProgress && { onProgress });
  const fit = fitOf(analysis, device);
  const trials = analysis.trials().filter((trial) => deviceName(trial) === deviceName(fit.device));
  const rankings = new Map<string, DatasetRanking>();
  const source: DatasetSource = {
    fit,
    trials,
    shownSizePx: shownSizeOf(fit, inputSizePx),
    shownQuantity: quantity,
    ranking: async (question) => {
      const ranking = await analysis.ranking(question, device);
      rankings.set(question, ranking);
      return ranking;
    },
  };
  const figures: Figure[] = [];
  const left: { name: FigureName; reason: string }[] = [];
  for (const name of only) {
    try {
      const figure = await FIGURES.dataset[name](source);
      const ofRanking = OF_RANKING.includes(name) ? [...rankings.values()][0] : undefined;
      if (figure === undefined) left.push({ name, reason: "too few cells" });
      else figures.push({ ...figure, source: sourceOf(analysis.folder, fit, trials, ofRanking) });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      left.push({ name, reason: error.message });
    }
  }
  return { fit, figures, left, rankings: [...rankings.values()] };
}

function fitOf(analysis: DatasetAnalysis, device: string | undefined): DeviceFit {
  const fits = analysis.fits();
  const fit = device === undefined ? fits[0] : fits.find((each) => deviceName(each.device) === device);
  if (fit !== undefined) return fit;
  if (device === undefined) throw new UserError(`dataset ${analysis.folder}: its design has no device`);
  const names = fits.map((each) => deviceName(each.device));
  throw new UserError(`device ${device}: not in ${analysis.folder}, allowed are ${names.join(", ")}`);
}

function shownSizeOf({ measuredMiniBatches }: DeviceFit, asked: number | undefined): number {
  const sizes = distinct(measuredMiniBatches.keys());
  if (asked === undefined) return sizes.includes(STUDY_SIZE_PX) ? STUDY_SIZE_PX : (sizes.at(-1) ?? STUDY_SIZE_PX);
  if (sizes.includes(asked)) return asked;
  throw new UserError(`input size ${asked}: no trial of it ended well, allowed are ${sizes.join(", ")}`);
}

/** What a figure was drawn from, as a sentence. */
function sourceOf(
  folder: string,
  { device }: DeviceFit,
  trials: readonly TrialRow[],
  ranking: DatasetRanking | undefined,
): string {
  const { model } = readDataPackage(folder).provenance;
  const devices = ranking === undefined ? deviceName(device) : ranking.devices.join(", ");
  const ok = ranking === undefined ? ended(trials).length : ranking.trials.length;
  const of = ranking === undefined && ok < trials.length ? ` of ${trials.length}` : "";
  return `Dataset ${basename(resolve(folder))}: ${model.name} on ${devices}, ${ok}${of} trials that ended well.`;
}
