import { groupBy } from "../core/group-by.js";
import { median, sorted } from "../core/statistics.js";
import { UserError } from "../core/user-error.js";
import type { TrialRow } from "../dataset/tables.js";
import { deviceName } from "../design/design.js";
import { type DeviceFit, largestMiniBatches } from "../fit/fit-dataset.js";
import type { FittedFunction } from "../fit/fitted-function.js";
import { cellOf } from "../fit/observation.js";
import { analysisOf, type DatasetAnalysis } from "../rank/dataset-analysis.js";
import type { DatasetRanking, Question } from "../rank/rank-dataset.js";
import { correlationFigure } from "./correlation-figure.js";
import { fittedLawFigure } from "./fitted-law-figure.js";
import { fittedLinesFigure, type LatencyPoint } from "./fitted-lines-figure.js";
import { importanceFigure } from "./importance-figure.js";
import { inferenceTimeFigure } from "./inference-time-figure.js";
import { largestMiniBatchFigure } from "./largest-mini-batch-figure.js";
import { memoryFigure } from "./memory-figure.js";
import type { Figure } from "./render-figure.js";
import { warmupPredictionFigure, warmupPredictions } from "./warmup-prediction-figure.js";

/** The size of the study's figure of inference time. */
const STUDY_SIZE_PX = 224;
/** Points of a fitted line, enough to look smooth on a logarithmic axis. */
const LINE_STEPS = 40;
/** The memories, as shares of the design's limit, whose largest mini-batches are drawn. */
const MEMORY_SHARES = [0.5, 1, 2, 4];
/** Where the design has no limit. */
const DEFAULT_MEMORY_MIB = 1024;

/** What figures are drawn from: one device configuration of a dataset. Dear parts are computed when first asked for. */
interface Source {
  readonly fit: DeviceFit;
  readonly trials: readonly TrialRow[];
  /** The study's input size, or the largest that was measured. */
  readonly shownSizePx: number;
  ranking(question: Question): Promise<DatasetRanking>;
}

/** Every figure by its name; one that the dataset has too little for is undefined. */
const FIGURES = {
  memory: ({ trials }) =>
    memoryFigure(
      ended(trials).flatMap(({ inputSizePx, miniBatchSize, peakMemoryMib }) =>
        peakMemoryMib === undefined ? [] : [{ inputSizePx, miniBatchSize, peakMemoryMib }],
      ),
    ),
  "inference-time": ({ trials, shownSizePx }) => {
    const here = trials.filter(({ inputSizePx }) => inputSizePx === shownSizePx);
    return inferenceTimeFigure({
      inputSizePx: shownSizePx,
      withoutWarmUp: timesOf(here, "steadyMedianMs"),
      withWarmUp: timesOf(here, "firstInferenceMs"),
    });
  },
  "fitted-lines": ({ fit: { latency }, trials }) => {
    const measured = timesOf(trials, "steadyMedianMs").filter(({ inputSizePx }) => latency.bySize.has(inputSizePx));
    if (measured.length === 0) return undefined;
    return fittedLinesFigure(
      measured.map(({ medianMs: latencyMs, ...cell }) => ({ ...cell, latencyMs })),
      [...latency.bySize].flatMap(([inputSizePx, fitted]) => linePoints(inputSizePx, fitted)),
    );
  },
  "fitted-law": ({ fit: { latency }, shownSizePx }) => {
    const fitted = latency.bySize.get(shownSizePx);
    if (fitted === undefined) return undefined;
    return fittedLawFigure({
      inputSizePx: shownSizePx,
      formula: fitted.formula,
      band: linePoints(shownSizePx, fitted).map(({ miniBatchSize, latencyMs }) => ({
        miniBatchSize,
        fittedMs: latencyMs,
        lowMs: fitted.quantile(shownSizePx, miniBatchSize, 0.025),
        highMs: fitted.quantile(shownSizePx, miniBatchSize, 0.975),
      })),
      trials: latency.observations
        .filter(({ inputSizePx }) => inputSizePx === shownSizePx)
        .map(({ miniBatchSize, value }) => ({
          miniBatchSize,
          measuredMs: value,
          fittedMs: fitted.predict(shownSizePx, miniBatchSize),
        })),
    });
  },
  "largest-mini-batch": ({ fit }) => {
    const limit = fit.memoryLimitMib ?? DEFAULT_MEMORY_MIB;
    return largestMiniBatchFigure(
      MEMORY_SHARES.flatMap((share) =>
        largestMiniBatches(fit, share * limit).map(({ inputSizePx, byFunction, low, high }) => ({
          memoryMib: share * limit,
          inputSizePx,
          largest: byFunction,
          low,
          high,
        })),
      ),
    );
  },
  "importance-explain": async ({ ranking }) => importanceFigure(await ranking("explain")),
  "importance-predict": async ({ ranking }) => importanceFigure(await ranking("predict")),
  correlation: async ({ ranking }) => correlationFigure(await ranking("explain")),
  "warmup-prediction": async ({ ranking }) => {
    const predictions = warmupPredictions(await ranking("predict"));
    return predictions.length === 0 ? undefined : warmupPredictionFigure(predictions);
  },
} as const satisfies Record<string, (source: Source) => Figure | undefined | Promise<Figure | undefined>>;

export type FigureName = keyof typeof FIGURES;
/** The names of the figures that can be drawn of a dataset. */
export const FIGURE_NAMES = Object.keys(FIGURES) as FigureName[];

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
  const source: Source = {
    fit,
    trials: analysis.trials().filter((trial) => deviceName(trial) === deviceName(fit.device)),
    shownSizePx: sizes.includes(STUDY_SIZE_PX) ? STUDY_SIZE_PX : (sizes.at(-1) ?? STUDY_SIZE_PX),
    ranking: (question) => analysis.ranking(question),
  };
  const figures: Figure[] = [];
  const left: { name: FigureName; reason: string }[] = [];
  for (const name of only) {
    try {
      const figure = await FIGURES[name](source);
      if (figure === undefined) left.push({ name, reason: "too few cells" });
      else figures.push(figure);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      left.push({ name, reason: error.message });
    }
  }
  return { fit, figures, left };
}

function ended(trials: readonly TrialRow[]): TrialRow[] {
  return trials.filter(({ status }) => status === "ok");
}

/** The median and the range over the trials of each cell. */
function timesOf(trials: readonly TrialRow[], key: "steadyMedianMs" | "firstInferenceMs") {
  const measured = ended(trials).flatMap(({ inputSizePx, miniBatchSize, [key]: ms }) =>
    ms === undefined ? [] : [{ inputSizePx, miniBatchSize, ms }],
  );
  return [...groupBy(measured, cellOf).values()].flatMap((cell) => {
    const values = sorted(cell.map(({ ms }) => ms));
    return cell.slice(0, 1).map(({ inputSizePx, miniBatchSize, ms }) => ({
      inputSizePx,
      miniBatchSize,
      medianMs: median(values),
      lowMs: values.at(0) ?? ms,
      highMs: values.at(-1) ?? ms,
    }));
  });
}

function linePoints(inputSizePx: number, fitted: FittedFunction): LatencyPoint[] {
  const { low, high } = fitted.domain.miniBatchSize;
  return Array.from({ length: LINE_STEPS + 1 }, (_, step) => {
    const miniBatchSize = low * (high / low) ** (step / LINE_STEPS);
    return { inputSizePx, miniBatchSize, latencyMs: fitted.predict(inputSizePx, miniBatchSize) };
  });
}
