import { distinct } from "../core/distinct.js";
import { axisTitle, POINT_ROOM_PX, ticksAt } from "./axes.js";
import type { Figure, Position } from "./figure.js";
import type { Layout } from "./layout.js";
import { figureNote, panelHeading } from "./panel-heading.js";
import { SHAPES } from "./theme.js";

/** The inference time at one mini-batch size: its median and its range over so many trials. */
export interface InferenceTimePoint {
  readonly miniBatchSize: number;
  readonly trials: number;
  readonly medianMs: number;
  readonly lowMs: number;
  readonly highMs: number;
}

/** What the two panels show. */
export interface InferenceTimes {
  readonly inputSizePx: number;
  /** Steady inferences. */
  readonly withoutWarmUp: readonly InferenceTimePoint[];
  /** First inferences. */
  readonly withWarmUp: readonly InferenceTimePoint[];
}

/**
 * Inference time (ms) by mini-batch size at one input size, without warm-up above with it, each with an axis of its own
 * (figure 3 of the study): on a shared one the bars of the first would vanish.
 */
export function inferenceTimeFigure({ inputSizePx, withoutWarmUp, withWarmUp }: InferenceTimes): Figure {
  const both: Panel[] = [
    { panel: "without warm-up", heading: "(a) Without warm-up: steady inferences", points: withoutWarmUp },
    { panel: "with warm-up", heading: "(b) With warm-up: first inference", points: withWarmUp },
  ];
  // Where others measured, the first inference is often not known.
  const panels = both.filter(({ points }) => points.length > 0);
  const data = panels.flatMap(({ panel, points }) =>
    [...points]
      .sort((a, b) => a.miniBatchSize - b.miniBatchSize)
      .map(({ miniBatchSize, trials, medianMs, lowMs, highMs }) => ({
        panel,
        input_size_px: inputSizePx,
        mini_batch_size: miniBatchSize,
        trials,
        median_ms: medianMs,
        low_ms: lowMs,
        high_ms: highMs,
      })),
  );
  const sizes = distinct(data.map((row) => row.mini_batch_size));
  const trials = countRange(data.map((row) => row.trials));
  const x = (layout: Layout): Position => ({
    field: "mini_batch_size",
    type: "quantitative",
    title: axisTitle("Mini-batch size", layout, "x"),
    axis: ticksAt(sizes),
    // From 0 on, with room for the last point.
    scale: { domain: [0, Math.max(1, ...sizes) * (1 + POINT_ROOM_PX / layout.plot.widthPx)], nice: false },
  });
  return {
    name: "inference-time",
    title: `Inference time by mini-batch size at ${inputSizePx} px, ${panels.map(({ panel }) => panel.replace(" warm-up", "")).join(" and ")} warm-up`,
    notes: [
      `Points are medians over ${trials} of each mini-batch size, bars run from the lowest to the highest of them.`,
      "A trial is a fresh process: of its steady inferences the median counts.",
      ...(panels.length > 1 ? ["The panels have axes of their own."] : []),
    ],
    shape: { width: "column", panels: panels.length, stacked: true, plotHeightPx: () => 130 },
    data,
    spec: (layout) => ({
      title: figureNote(`${inputSizePx} px; points: medians of ${trials}; bars: lowest to highest`, layout),
      spacing: 12,
      vconcat: panels.map(({ panel, heading }, index) => {
        const color = { value: layout.colour(index) };
        return {
          width: layout.plot.widthPx,
          height: layout.plot.heightPx,
          transform: [{ filter: `datum.panel == '${panel}'` }],
          layer: [
            panelHeading(heading, layout),
            {
              mark: { type: "rule", strokeWidth: 1.2 },
              encoding: { x: x(layout), y: time("low_ms", layout), y2: { field: "high_ms" }, color },
            },
            { mark: "line", encoding: { x: x(layout), y: time("median_ms", layout), color } },
            {
              mark: { type: "point", shape: SHAPES[index] ?? "circle" },
              encoding: { x: x(layout), y: time("median_ms", layout), color },
            },
          ],
        };
      }),
    }),
  };
}

interface Panel {
  readonly panel: string;
  readonly heading: string;
  readonly points: readonly InferenceTimePoint[];
}

/** Axes of a fixed extent, as wide as their widest label needs, make panels begin at the same place. */
function time(field: string, layout: Layout): Position {
  return {
    field,
    type: "quantitative",
    title: axisTitle("Inference time (ms)", layout, "y"),
    axis: { tickCount: 5, minExtent: layout.widthOf("0,000") + 6 },
  };
}

/**
 * So many trials of each.
 *
 * @example countRange([5, 4, 5]) // "4 to 5 trials"
 */
export function countRange(counts: readonly number[]): string {
  const [least = 0, ...more] = distinct(counts);
  const most = more.at(-1);
  return most === undefined ? `${least} trial${least === 1 ? "" : "s"}` : `${least} to ${most} trials`;
}
