import { distinct } from "../core/distinct.js";
import { panelHeading } from "./panel-heading.js";
import type { Figure } from "./render-figure.js";
import { PANEL_PX } from "./theme.js";

/** The inference time at one mini-batch size: its median and the ends of its spread. */
export interface InferenceTimePoint {
  readonly miniBatchSize: number;
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

/** Inference time (ms) by mini-batch size at one input size, without and with warm-up (figure 3 of the study). */
export function inferenceTimeFigure({ inputSizePx, withoutWarmUp, withWarmUp }: InferenceTimes): Figure {
  const panels: Panel[] = [
    { panel: "without warm-up", heading: "(a) Without warm-up: steady inferences", points: withoutWarmUp },
    { panel: "with warm-up", heading: "(b) With warm-up: first inference", points: withWarmUp },
  ];
  const data = panels.flatMap(({ panel, points }) =>
    [...points]
      .sort((a, b) => a.miniBatchSize - b.miniBatchSize)
      .map(({ miniBatchSize, medianMs, lowMs, highMs }) => ({
        panel,
        input_size_px: inputSizePx,
        mini_batch_size: miniBatchSize,
        median_ms: medianMs,
        low_ms: lowMs,
        high_ms: highMs,
      })),
  );
  const x = {
    field: "mini_batch_size",
    type: "quantitative",
    title: "Mini-batch size",
    axis: { values: distinct(data.map((row) => row.mini_batch_size)), labelOverlap: "greedy", labelSeparation: 3 },
    scale: { zero: true, nice: false },
  };
  return {
    name: "inference-time",
    title: `Inference time by mini-batch size at ${inputSizePx} px, without and with warm-up; bars show the spread`,
    data,
    spec: {
      hconcat: panels.map(({ panel, heading }, index) => {
        const y = index === 0 ? LABELLED : UNLABELLED;
        const looks = (channel: "color" | "shape") => ({
          [channel]: {
            field: "panel",
            type: "nominal",
            scale: { domain: panels.map((each) => each.panel) },
            legend: null,
          },
        });
        return {
          width: PANEL_PX,
          height: 190,
          transform: [{ filter: `datum.panel == '${panel}'` }],
          layer: [
            panelHeading(heading),
            { mark: "rule", encoding: { x, y: time("low_ms", y), y2: { field: "high_ms" } } },
            { mark: "line", encoding: { x, y: time("median_ms", y), ...looks("color") } },
            { mark: "point", encoding: { x, y: time("median_ms", y), ...looks("color"), ...looks("shape") } },
          ],
        };
      }),
      resolve: { scale: { y: "shared" } },
    },
  };
}

interface Panel {
  readonly panel: string;
  readonly heading: string;
  readonly points: readonly InferenceTimePoint[];
}

// An axis of a fixed extent makes every figure as wide as a page, however long its labels are.
const LABELLED = { minExtent: 38, maxExtent: 38, tickCount: 6 };
/** The axis of the second panel, which shares the scale of the first. */
const UNLABELLED = { ...LABELLED, minExtent: 0, maxExtent: 0, labels: false, title: null };

function time(field: string, axis: typeof LABELLED) {
  return { field, type: "quantitative", title: "Inference time (ms)", axis };
}
