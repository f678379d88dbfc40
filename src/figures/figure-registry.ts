import type { Comparison } from "../compare/compare-datasets.js";
import { groupBy } from "../core/group-by.js";
import { largestOf } from "../core/largest-of.js";
import type { ExecutionRow, TrialRow } from "../dataset/tables.js";
import { MEMORY_MARGIN } from "../design/memory-margin.js";
import type { DeviceFit } from "../fit/fit-dataset.js";
import { largestMiniBatches } from "../fit/largest-mini-batch.js";
import type { FeasiblePlan, PlanOutcome } from "../plan/answer/plan-outcome.js";
import type { PlanProblem } from "../plan/question/plan-problem.js";
import type { DatasetRanking, Question } from "../rank/rank-dataset.js";
import { calibrationFigure } from "./calibration-figure.js";
import { cellTimes, ended } from "./cell-times.js";
import { comparisonFigure } from "./comparison-figure.js";
import { correlationFigure } from "./correlation-figure.js";
import { deadlineFrontierFigure } from "./deadline-frontier-figure.js";
import { fittedLawFigure } from "./fitted-law-figure.js";
import { fittedLinesFigure } from "./fitted-lines-figure.js";
import { importanceFigure } from "./importance-figure.js";
import { inferenceTimeFigure } from "./inference-time-figure.js";
import { lackOfFitFigure } from "./lack-of-fit-figure.js";
import { largestMiniBatchFigure } from "./largest-mini-batch-figure.js";
import { linePoints } from "./line-points.js";
import { memoryFigure } from "./memory-figure.js";
import { miniBatchByDeadlineFigure } from "./mini-batch-by-deadline-figure.js";
import { type GanttDevice, planGanttFigure } from "./plan-gantt-figure.js";
import type { Figure } from "./render-figure.js";
import { shownLaw } from "./shown-law.js";
import { warmupPredictionFigure, warmupPredictions } from "./warmup-prediction-figure.js";

/**
 * The memories, as shares of the design's limit or else of what all that was measured needs, whose largest mini-batches
 * are drawn.
 */
const MEMORY_SHARES = [0.25, 0.5, 1];

/** The range of the curve of mini-batch sizes around a plan's own deadline. */
const CURVE = { from: 1 / 8, to: 8 };

/** One device configuration of a dataset. Dear parts are computed when first asked for. */
export interface DatasetSource {
  readonly fit: DeviceFit;
  readonly trials: readonly TrialRow[];
  /** The study's input size, or the largest that was measured. */
  readonly shownSizePx: number;
  ranking(question: Question): Promise<DatasetRanking>;
}

/** A plan and what was asked. */
export interface PlanSource {
  readonly problem: PlanProblem;
  readonly outcome: PlanOutcome;
}

type Draw<Source> = (source: Source) => Figure | undefined | Promise<Figure | undefined>;

/** Every figure, by what it is drawn from and by its name; one that its source has too little for is undefined. */
export const FIGURES = {
  dataset: {
    memory: ({ trials }) =>
      memoryFigure(
        ended(triedAtSeveralSizes(trials)).flatMap(({ inputSizePx, miniBatchSize, peakMemoryMib }) =>
          peakMemoryMib === undefined ? [] : [{ inputSizePx, miniBatchSize, peakMemoryMib }],
        ),
      ),
    "inference-time": ({ trials, shownSizePx }) => {
      const here = trials.filter(({ inputSizePx }) => inputSizePx === shownSizePx);
      return inferenceTimeFigure({
        inputSizePx: shownSizePx,
        withoutWarmUp: cellTimes(here, "steadyMedianMs"),
        withWarmUp: cellTimes(here, "firstInferenceMs"),
      });
    },
    "fitted-lines": ({ fit: { latency }, trials }) => {
      const measured = cellTimes(trials, "steadyMedianMs").filter(({ inputSizePx }) => latency.bySize.has(inputSizePx));
      if (measured.length === 0) return undefined;
      return fittedLinesFigure(
        measured.map(({ medianMs: latencyMs, ...cell }) => ({ ...cell, latencyMs })),
        [...latency.bySize].flatMap(([inputSizePx, fitted]) => linePoints(inputSizePx, fitted)),
      );
    },
    "fitted-law": ({ fit: { latency }, shownSizePx }) => {
      const line = latency.bySize.get(shownSizePx);
      return line && fittedLawFigure(shownLaw(latency, line, shownSizePx));
    },
    "lack-of-fit": ({ fit: { latency, warmup } }) => {
      const panels = [
        { heading: "Latency L", test: latency.lackOfFit() },
        { heading: "Warm-up W", test: warmup.lackOfFit() },
      ].flatMap(({ heading, test }) => (test === undefined ? [] : [{ heading, test }]));
      return panels.length === 0 ? undefined : lackOfFitFigure(panels);
    },
    "largest-mini-batch": ({ fit }) => {
      const peaksMib = fit.memory.observations.map(({ value }) => value);
      const limit = fit.memoryLimitMib ?? Math.ceil(MEMORY_MARGIN * largestOf(peaksMib));
      const figure = largestMiniBatchFigure(
        MEMORY_SHARES.flatMap((share) =>
          largestMiniBatches(fit, share * limit).map((largest) => ({ memoryMib: Math.round(share * limit), largest })),
        ),
      );
      return figure.data.length === 0 ? undefined : figure;
    },
    "importance-explain": async ({ ranking }) => importanceFigure(await ranking("explain")),
    "importance-predict": async ({ ranking }) => importanceFigure(await ranking("predict")),
    correlation: async ({ ranking }) => correlationFigure(await ranking("explain")),
    "warmup-prediction": async ({ ranking }) => {
      const predictions = warmupPredictions(await ranking("predict"));
      return predictions.length === 0 ? undefined : warmupPredictionFigure(predictions);
    },
  } satisfies Record<string, Draw<DatasetSource>>,
  plan: {
    "plan-gantt": ({ problem, outcome }) => {
      if (outcome.status === "infeasible") return undefined;
      const { timeUs } = problem;
      return enough(planGanttFigure(ganttDevices(problem, outcome), timeUs === "none" ? undefined : timeUs / 1000));
    },
    "deadline-frontier": ({ problem }) => {
      const { types, workloads, timeUs } = problem;
      const [workload, second] = workloads;
      if (timeUs === "none" || second !== undefined || !workload?.images) return undefined;
      return enough(deadlineFrontierFigure(types, workload.images, problem));
    },
    "mini-batch-by-deadline": ({ problem }) => {
      const { types, workloads, timeUs } = problem;
      if (timeUs === "none" || workloads.length > 1) return undefined;
      return enough(miniBatchByDeadlineFigure(types, problem, [timeUs * CURVE.from, timeUs * CURVE.to]));
    },
  } satisfies Record<string, Draw<PlanSource>>,
  comparison: { comparison: comparisonFigure } satisfies Record<string, Draw<Comparison>>,
  executions: { calibration: calibrationFigure } satisfies Record<string, Draw<readonly ExecutionRow[]>>,
};

/** The names of the figures that can be drawn of a dataset. */
export const FIGURE_NAMES = Object.keys(FIGURES.dataset) as FigureName[];
/** The name of a figure of a dataset. */
export type FigureName = keyof typeof FIGURES.dataset;

/** Without mini-batch sizes tried at one input size alone, such as a sweep adds, where others were tried at several. */
function triedAtSeveralSizes(trials: readonly TrialRow[]): readonly TrialRow[] {
  const sizes = groupBy(trials, ({ miniBatchSize }) => miniBatchSize);
  const several = new Set(
    [...sizes].flatMap(([miniBatchSize, rows]) =>
      rows.some(({ inputSizePx }) => inputSizePx !== rows[0]?.inputSizePx) ? [miniBatchSize] : [],
    ),
  );
  return several.size === 0 ? trials : trials.filter(({ miniBatchSize }) => several.has(miniBatchSize));
}

/** A single row draws nothing that a line of text would not say. */
function enough(figure: Figure): Figure | undefined {
  return figure.data.length > 1 ? figure : undefined;
}

function ganttDevices({ types, workloads }: PlanProblem, { devices }: FeasiblePlan): GanttDevice[] {
  return devices.map(({ type, workload, miniBatchSize, finishUs }) => {
    const tables = types.find(({ name }) => name === type)?.choices ?? [];
    const choices = tables[workloads.findIndex(({ name }) => name === workload)] ?? [];
    const warmupUs = choices.find((choice) => choice.miniBatchSize === miniBatchSize)?.warmupUs ?? 0;
    return { type, miniBatchSize, warmupMs: warmupUs / 1000, finishMs: finishUs / 1000 };
  });
}
