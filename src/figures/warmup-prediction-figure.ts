import { distinct } from "../core/distinct.js";
import type { DatasetRanking } from "../rank/rank-dataset.js";
import { logTicks } from "./axis-ticks.js";
import type { Figure } from "./render-figure.js";
import { series } from "./series.js";
import { COLUMN } from "./theme.js";

/** The warm-up time of one trial and what the four-parameter model says without having seen its cell. */
export interface WarmupPrediction {
  readonly inputSizePx: number;
  readonly miniBatchSize: number;
  readonly measuredMs: number;
  readonly predictedMs: number;
}

/** What the four-parameter model of a ranking says of each trial; none where the ranking has no such model. */
export function warmupPredictions({ fourParameters, trials }: DatasetRanking): WarmupPrediction[] {
  return (fourParameters?.predictions ?? []).flatMap(({ row, measuredMs, predictedMs }) => {
    const trial = trials[row];
    if (trial === undefined) return [];
    return [{ inputSizePx: trial.inputSizePx, miniBatchSize: trial.miniBatchSize, measuredMs, predictedMs }];
  });
}

/** Measured warm-up time (ms) by the one that four parameters predict (ms), on logarithmic axes with the diagonal. */
export function warmupPredictionFigure(predictions: readonly WarmupPrediction[]): Figure {
  const shown = predictions.filter(({ predictedMs }) => predictedMs > 0);
  const data = shown.map(({ inputSizePx, miniBatchSize, measuredMs, predictedMs }) => ({
    input_size_px: inputSizePx,
    mini_batch_size: miniBatchSize,
    predicted_ms: predictedMs,
    measured_ms: measuredMs,
  }));
  const ticks = logTicks(shown.flatMap(({ measuredMs, predictedMs }) => [measuredMs, predictedMs]));
  const ends = { low: ticks.at(0) ?? 1, high: ticks.at(-1) ?? 10 };
  const axis = (field: string, title: string) => ({
    field,
    type: "quantitative",
    title,
    scale: { type: "log", nice: false, domain: [ends.low, ends.high] },
    axis: { values: ticks, format: ",~r", labelOverlap: "greedy" },
  });
  const { marks } = series("input_size_px", "Input size (px)", distinct(shown.map(({ inputSizePx }) => inputSizePx)));
  return {
    name: "warmup-prediction",
    title: "Warm-up time as measured and as predicted from four parameters by a fit that has not seen the cell",
    data,
    spec: {
      ...COLUMN,
      layer: [
        {
          data: { values: [ends.low, ends.high].map((value) => ({ predicted_ms: value, measured_ms: value })) },
          mark: { type: "line", color: "#666666", strokeDash: [4, 3], strokeWidth: 1 },
          encoding: { x: axis("predicted_ms", "Predicted W (ms)"), y: axis("measured_ms", "Measured W (ms)") },
        },
        {
          mark: { type: "point", opacity: 0.8 },
          encoding: {
            x: axis("predicted_ms", "Predicted W (ms)"),
            y: axis("measured_ms", "Measured W (ms)"),
            ...marks,
          },
        },
      ],
    },
  };
}
