import { distinct } from "../core/distinct.js";
import { logTicks, powersOfTwo } from "./axis-ticks.js";
import type { Figure } from "./render-figure.js";
import { series } from "./series.js";
import { COLUMN } from "./theme.js";

/** A measured or a predicted latency of a cell. */
export interface LatencyPoint {
  readonly inputSizePx: number;
  readonly miniBatchSize: number;
  readonly latencyMs: number;
}

/**
 * Latency (ms) by mini-batch size for each input size on logarithmic axes: measured points, and lines through the
 * predicted points. A logarithmic axis has no place for a latency of zero or less, so such points are left out.
 */
export function fittedLinesFigure(measured: readonly LatencyPoint[], predicted: readonly LatencyPoint[]): Figure {
  const data = [...rows("measured", measured), ...rows("fitted", predicted)].filter((row) => row.latency_ms > 0);
  const miniBatchSizes = data.map((row) => row.mini_batch_size);
  const latencyTicks = logTicks(data.map((row) => row.latency_ms));
  const axes = {
    x: {
      field: "mini_batch_size",
      type: "quantitative",
      title: "Mini-batch size",
      scale: { type: "log", nice: false },
      axis: { values: powersOfTwo(miniBatchSizes), format: "~r" },
    },
    y: {
      field: "latency_ms",
      type: "quantitative",
      title: "Latency L (ms)",
      scale: { type: "log", nice: false, domain: [latencyTicks.at(0) ?? 1, latencyTicks.at(-1) ?? 10] },
      axis: { values: latencyTicks, format: ",~r" },
    },
  };
  const sizes = distinct(data.map((row) => row.input_size_px));
  const { marks, lines } = series("input_size_px", "Input size (px)", sizes);
  return {
    name: "fitted-lines",
    title: "Latency by mini-batch size, one line for each input size: fitted (lines) and measured (marks)",
    data,
    spec: {
      ...COLUMN,
      layer: [
        ...lines(axes, [kindIs("fitted")]),
        { transform: [kindIs("measured")], mark: "point", encoding: { ...axes, ...marks } },
      ],
    },
  };
}

function rows(kind: "measured" | "fitted", points: readonly LatencyPoint[]) {
  return points
    .map(({ inputSizePx, miniBatchSize, latencyMs }) => ({
      kind,
      input_size_px: inputSizePx,
      mini_batch_size: miniBatchSize,
      latency_ms: latencyMs,
    }))
    .sort((a, b) => a.input_size_px - b.input_size_px || a.mini_batch_size - b.mini_batch_size);
}

function kindIs(kind: string) {
  return { filter: `datum.kind == '${kind}'` };
}
