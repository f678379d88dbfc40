import { UserError } from "../core/user-error.js";
import { deviceName } from "../design/design.js";
import type { DeviceFit } from "../fit/fit-dataset.js";
import { analysisOf, type DatasetAnalysis } from "../rank/dataset-analysis.js";
import { type DatasetSource, FIGURE_NAMES, FIGURES, type FigureName } from "./figure-registry.js";
import type { Figure } from "./render-figure.js";

/** The size of the study's figure of inference time. */
const STUDY_SIZE_PX = 224;

/** Which figures of a dataset, and who is told how far they are. */
export interface FigureOptions {
  /** Which figures; default: all of them. */
  readonly only?: readonly FigureName[];
  /** Of the rankings; an analysis has its own. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** The figures that a dataset has enough for, and why it lacks the others. */
export interface DatasetFigures {
  /** What they were drawn from. */
  readonly fit: DeviceFit;
  readonly figures: readonly Figure[];
  readonly left: readonly { readonly name: FigureName; readonly reason: string }[];
}

/**
 * The figures of a dataset's first device configuration.
 *
 * @param dataset its folder, or an analysis that it shares with others
 * @throws UserError if the folder holds no dataset or no trial that ended well
 */
export async function figuresOfDataset(
  dataset: string | DatasetAnalysis,
  { only = FIGURE_NAMES, onProgress }: FigureOptions = {},
): Promise<DatasetFigures> {
  const analysis = analysisOf(dataset, onProgress && { onProgress });
  const [fit] = analysis.fits();
  if (fit === undefined) throw new UserError(`dataset ${analysis.folder}: its design has no device`);
  const sizes = [...fit.measuredMiniBatches.keys()];
  const source: DatasetSource = {
    fit,
    trials: analysis.trials().filter((trial) => deviceName(trial) === deviceName(fit.device)),
    shownSizePx: sizes.includes(STUDY_SIZE_PX) ? STUDY_SIZE_PX : (sizes.at(-1) ?? STUDY_SIZE_PX),
    ranking: (question) => analysis.ranking(question),
  };
  const figures: Figure[] = [];
  const left: { name: FigureName; reason: string }[] = [];
  for (const name of only) {
    try {
      const figure = await FIGURES.dataset[name](source);
      if (figure === undefined) left.push({ name, reason: "too few cells" });
      else figures.push(figure);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      left.push({ name, reason: error.message });
    }
  }
  return { fit, figures, left };
}
