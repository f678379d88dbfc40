import { UserError } from "../core/user-error.js";
import { readPart } from "../dataset/part-file.js";
import { trialsTable } from "../dataset/tables.js";
import { fitDataset } from "../fit/fit-dataset.js";
import type { Figure } from "./render-figure.js";
import { fittedLinesFigure, inferenceTimeFigure, memoryFigure } from "./study-figures.js";

/** The size of the study's figure of inference time. */
const STUDY_SIZE_PX = 224;

/**
 * All figures of a dataset, drawn for its first device configuration.
 *
 * @throws UserError if the folder holds no dataset or no trial that ended well
 */
export function figuresOfDataset(folder: string): Figure[] {
  const [fit] = fitDataset(folder);
  if (fit === undefined) throw new UserError(`dataset ${folder}: its design has no device`);
  const trials = readPart(folder, trialsTable).filter(
    ({ provider, threads }) => provider === fit.device.provider && threads === fit.device.threads,
  );
  const sizes = [...fit.measuredMiniBatches.keys()];
  const shown = sizes.includes(STUDY_SIZE_PX) ? STUDY_SIZE_PX : (sizes.at(-1) ?? STUDY_SIZE_PX);
  return [
    memoryFigure(trials),
    inferenceTimeFigure(trials, shown),
    ...(fit.latency.bySize.size > 0 ? [fittedLinesFigure(trials, fit)] : []),
  ];
}
