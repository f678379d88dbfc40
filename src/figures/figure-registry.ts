import { basename, resolve } from "node:path";
import type { Comparison } from "../compare/compare-datasets.js";
import { groupBy } from "../core/group-by.js";
import { largestOf } from "../core/largest-of.js";
import { median, sorted } from "../core/statistics.js";
import { UserError } from "../core/user-error.js";
import type { ExecutionRow, TrialRow } from "../dataset/tables.js";
import { deviceName } from "../design/design.js";
import { MEMORY_MARGIN } from "../design/memory-margin.js";
import type { DeviceFit } from "../fit/device-fit.js";
import { largestMiniBatches } from "../fit/largest-mini-batch.js";
import { cellOf, type Observation } from "../fit/observed/observation.js";
import type { DatasetRanking, Question } from "../rank/rank-dataset.js";
import { calibrationFigure } from "./calibration-figure.js";
import { cellTimes, ended } from "./cell-times.js";
import { comparisonFigure } from "./comparison-figure.js";
import { correlationFigure } from "./correlation-figure.js";
import type { Figure } from "./figure.js";
import { fittedLawFigure } from "./fitted-law-figure.js";
import { type CellValue, fittedLinesFigure } from "./fitted-lines-figure.js";
import { hostsFigure } from "./hosts-figure.js";
import { importanceFigure } from "./importance-figure.js";
import { inferenceTimeFigure } from "./inference-time-figure.js";
import { lackOfFitFigure } from "./lack-of-fit-figure.js";
import { largestMiniBatchFigure } from "./largest-mini-batch-figure.js";
import { linePoints } from "./line-points.js";
import { memoryFigure } from "./memory-figure.js";
import { PLAN_FIGURES } from "./plan-figures.js";
import { shownLaw } from "./shown-law.js";
import { type ShownQuantityName, shownQuantity } from "./shown-quantity.js";
import { warmupPredictionFigure, warmupPredictions } from "./warmup-prediction-figure.js";

/**
 * The memories, as shares of the design's limit or else of what all that was measured needs, whose largest mini-batches
 * are drawn.
 */
const MEMORY_SHARES = [0.25, 0.5, 1];

/** One device configuration of a dataset. Dear parts are computed when first asked for. */
export interface DatasetSource {
  readonly fit: DeviceFit;
  readonly trials: readonly TrialRow[];
  /** The one that was asked for, or else the study's, or the largest that was measured. */
  readonly shownSizePx: number;
  /** Of the fitted law and the fitted lines. */
  readonly shownQuantity: ShownQuantityName;
  ranking(question: Question): Promise<DatasetRanking>;
}

type Draw<Source> = (source: Source) => Figure | undefined | Promise<Figure | undefined>;

/** Every figure, by what it is drawn from and by its name; one that its source has too little for is undefined. */
export const FIGURES = {
  dataset: {
    memory: ({ fit, trials }) => {
      const onDevice = trials.some(({ devicePeakMemoryMib }) => devicePeakMemoryMib !== undefined);
      const measured = ended(trials).flatMap(({ inputSizePx, miniBatchSize, peakMemoryMib, devicePeakMemoryMib }) => {
        const peakMib = onDevice ? devicePeakMemoryMib : peakMemoryMib;
        return peakMib === undefined ? [] : [{ inputSizePx, miniBatchSize, peakMemoryMib: peakMib }];
      });
      return measured.length === 0
        ? undefined
        : memoryFigure({ trials: measured, outOfMemory: outOfMemory(trials), limitMib: fit.memoryLimitMib });
    },
    "inference-time": ({ trials, shownSizePx }) => {
      const here = trials.filter(({ inputSizePx }) => inputSizePx === shownSizePx);
      return inferenceTimeFigure({
        inputSizePx: shownSizePx,
        withoutWarmUp: cellTimes(here, "steadyMedianMs"),
        withWarmUp: cellTimes(here, "firstInferenceMs"),
      });
    },
    "fitted-lines": ({ fit, shownQuantity: name }) => {
      const { bySize, observations } = fit[name];
      const measured = cellMedians(observations).filter(({ inputSizePx }) => bySize.has(inputSizePx));
      if (measured.length === 0) return undefined;
      return fittedLinesFigure(
        shownQuantity(name),
        measured,
        [...bySize].flatMap(([inputSizePx, line]) => linePoints(inputSizePx, line)),
      );
    },
    "fitted-law": ({ fit, shownQuantity: name, shownSizePx }) => {
      const line = fit[name].bySize.get(shownSizePx);
      return line && fittedLawFigure(shownLaw(fit[name], line, shownSizePx, shownQuantity(name)));
    },
    "lack-of-fit": ({ fit: { latency, warmup } }) => {
      const panels = [
        { heading: "Latency L", test: latency.lackOfFit() },
        { heading: "Warm-up W", test: warmup.lackOfFit() },
      ].flatMap(({ heading, test }) => (test === undefined ? [] : [{ heading, test }]));
      return panels.length === 0 ? undefined : lackOfFitFigure(panels);
    },
    "largest-mini-batch": ({ fit, trials }) => {
      const peaksMib = fit.memory.observations.map(({ value }) => value);
      const limit = fit.memoryLimitMib ?? Math.ceil(MEMORY_MARGIN * largestOf(peaksMib));
      const ran = ended(trials).map((trial) => ({ ...cellOnly(trial), ranOut: false }));
      const ranOut = outOfMemory(trials).map((cell) => ({ ...cell, ranOut: true }));
      const figure = largestMiniBatchFigure(
        MEMORY_SHARES.flatMap((share) =>
          largestMiniBatches(fit, share * limit).map((largest) => ({ memoryMib: Math.round(share * limit), largest })),
        ),
        // Of a cell of which any trial ran out it is not known that it runs.
        [...groupBy([...ranOut, ...ran], cellOf).values()].flatMap((cell) => cell.slice(0, 1)),
      );
      return figure.data.length === 0 ? undefined : figure;
    },
    hosts: ({ fit }) => {
      const figure = hostsFigure(fit.hosts);
      if (figure === undefined) throw new UserError("no cells that several hosts measured");
      return figure;
    },
    "importance-explain": async ({ ranking }) => importanceFigure(await ranking("explain")),
    "importance-predict": async ({ ranking }) => importanceFigure(await ranking("predict")),
    correlation: async ({ ranking }) => correlationFigure(await ranking("explain")),
    "warmup-prediction": async ({ ranking }) => {
      const predictions = warmupPredictions(await ranking("predict"));
      return predictions.length === 0 ? undefined : warmupPredictionFigure(predictions);
    },
  } satisfies Record<string, Draw<DatasetSource>>,
  plan: PLAN_FIGURES,
  comparison: {
    comparison: (comparison) => ({ ...comparisonFigure(comparison), source: comparedSides(comparison) }),
  } satisfies Record<string, Draw<Comparison>>,
  executions: { calibration: calibrationFigure } satisfies Record<string, Draw<readonly ExecutionRow[]>>,
};

/** The names of the figures that can be drawn of a dataset. */
export const FIGURE_NAMES = Object.keys(FIGURES.dataset) as FigureName[];
/** The name of a figure of a dataset. */
export type FigureName = keyof typeof FIGURES.dataset;

/** What is compared, as a sentence. */
function comparedSides({ a, b }: Comparison): string {
  const [ofA, ofB] = [a, b].map(
    ({ folder, device, trials }) =>
      `${basename(resolve(folder))} on ${deviceName(device)} (${ended(trials).length} trials that ended well)`,
  );
  return `A is ${ofA}, B is ${ofB}.`;
}

function cellOnly({ inputSizePx, miniBatchSize }: Pick<TrialRow, "inputSizePx" | "miniBatchSize">) {
  return { inputSizePx, miniBatchSize };
}

/** The cells of which a trial ran out of memory, once for each such trial. */
function outOfMemory(trials: readonly TrialRow[]) {
  return trials.filter(({ status }) => status === "out_of_memory").map(cellOnly);
}

/** The median of each cell, of how many trials, and their range. */
function cellMedians(observations: readonly Observation[]): CellValue[] {
  return [...groupBy(observations, cellOf).values()].flatMap((cell) => {
    const [first] = cell;
    if (first === undefined) return [];
    const values = sorted(cell.map(({ value }) => value));
    const [low = Number.NaN, high = Number.NaN] = [values.at(0), values.at(-1)];
    return [{ ...cellOnly(first), value: median(values), of: { trials: values.length, low, high } }];
  });
}
