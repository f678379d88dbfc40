import { distinct } from "../core/distinct.js";
import type { DatasetRanking } from "../rank/rank-dataset.js";
import { axisTitle, POINT_ROOM_PX, ticksAt } from "./axes.js";
import { logTicks } from "./axis-ticks.js";
import type { Figure, Position } from "./figure.js";
import { series } from "./series.js";

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
  const sizes = distinct(shown.map(({ inputSizePx }) => inputSizePx));
  const left = predictions.length - shown.length;
  return {
    name: "warmup-prediction",
    title: "Warm-up time as measured and as predicted from four parameters by a fit that has not seen the cell",
    notes: [
      "Points are trials; on the dashed diagonal the prediction is right. Both axes are logarithmic.",
      ...(left > 0 ? [`${left} of ${predictions.length} predictions are not above 0 and are not drawn.`] : []),
    ],
    shape: { width: "column", plotHeightPx: () => 210 },
    data,
    spec: (layout) => {
      const axis = (field: string, title: string, along: "x" | "y"): Position => ({
        field,
        type: "quantitative",
        title: axisTitle(title, layout, along),
        // Room at the ends keeps the first labels of the two axes apart.
        scale: { type: "log", nice: false, domain: [ends.low, ends.high], padding: POINT_ROOM_PX },
        axis: ticksAt(ticks),
      });
      const { marks } = series(layout, "input_size_px", "Input size (px)", sizes);
      const axes: Record<"x" | "y", Position> = {
        x: axis("predicted_ms", "Predicted W (ms)", "x"),
        y: axis("measured_ms", "Measured W (ms)", "y"),
      };
      return {
        width: layout.plot.widthPx,
        height: layout.plot.heightPx,
        layer: [
          {
            data: { values: [ends.low, ends.high].map((value) => ({ predicted_ms: value, measured_ms: value })) },
            mark: { type: "line", color: layout.ink, strokeDash: [4, 3], strokeWidth: 1 },
            encoding: axes,
          },
          { mark: { type: "point", opacity: 0.8 }, encoding: { ...axes, ...marks } },
        ],
      };
    },
  };
}
