import { groupBy } from "../core/group-by.js";
import { median, sorted } from "../core/statistics.js";
import type { TrialRow } from "../dataset/tables.js";
import type { DeviceFit } from "../fit/fit-dataset.js";
import type { Figure } from "./render-figure.js";
import { COLOURS, COLUMN_PX, DASHES, PAGE_PX, SHAPES } from "./theme.js";

/** A figure as wide as a column, axes and legend included. */
const COLUMN = { width: COLUMN_PX, height: 230, autosize: { type: "fit", contains: "padding" } };

/** Powers of two are how mini-batch sizes are chosen, so they are where the ticks are. */
function powersOfTwo(values: readonly number[]): number[] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const ticks = [];
  for (let tick = 2 ** Math.floor(Math.log2(low)); tick <= high; tick *= 2) if (tick >= low) ticks.push(tick);
  return ticks;
}

function distinct(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}

function medianBy(trials: readonly TrialRow[], key: "peakMemoryMib" | "steadyMedianMs" | "firstInferenceMs") {
  const measured = trials.filter((trial) => trial.status === "ok" && trial[key] !== undefined);
  const cells = groupBy(measured, ({ inputSizePx, miniBatchSize }) => `${inputSizePx} ${miniBatchSize}`);
  return [...cells.values()]
    .flatMap(([trial, ...rest]) => {
      if (trial === undefined) return [];
      const values = sorted([trial, ...rest].map((row) => row[key] ?? Number.NaN));
      const { inputSizePx, miniBatchSize } = trial;
      return [{ inputSizePx, miniBatchSize, median: median(values), low: values[0] ?? 0, high: values.at(-1) ?? 0 }];
    })
    .sort((a, b) => a.inputSizePx - b.inputSizePx || a.miniBatchSize - b.miniBatchSize);
}

/** Peak memory by input size, one line per mini-batch size: medians over trials (figure 2 of the study). */
export function memoryFigure(trials: readonly TrialRow[]): Figure {
  const points = medianBy(trials, "peakMemoryMib");
  const data = points.map(({ inputSizePx, miniBatchSize, median: peak }) => ({
    input_size_px: inputSizePx,
    mini_batch_size: miniBatchSize,
    peak_memory_mib: peak,
  }));
  const sizes = distinct(points.map(({ inputSizePx }) => inputSizePx));
  return {
    name: "memory",
    data,
    spec: {
      ...COLUMN,
      transform: copyForDashes("mini_batch_size"),
      mark: { type: "line", point: true },
      encoding: {
        x: {
          field: "input_size_px",
          type: "quantitative",
          title: "Input size (px)",
          axis: { values: sizes, labelOverlap: true },
          scale: { nice: false, zero: false },
        },
        y: { field: "peak_memory_mib", type: "quantitative", title: "Peak memory (MiB)" },
        ...series("mini_batch_size", "Mini-batch"),
      },
    },
  };
}

/** Inference time by mini-batch size at one input size, without and with warm-up (figure 3 of the study). */
export function inferenceTimeFigure(trials: readonly TrialRow[], inputSizePx: number): Figure {
  const here = trials.filter((trial) => trial.inputSizePx === inputSizePx);
  const panels = [
    { panel: "Without warm-up: steady inferences", points: medianBy(here, "steadyMedianMs") },
    { panel: "With warm-up: first inference", points: medianBy(here, "firstInferenceMs") },
  ];
  const data = panels.flatMap(({ panel, points }) =>
    points.map(({ miniBatchSize, median: middle, low, high }) => ({
      panel,
      mini_batch_size: miniBatchSize,
      median_ms: middle,
      low_ms: low,
      high_ms: high,
    })),
  );
  const x = {
    field: "mini_batch_size",
    type: "quantitative",
    title: "Mini-batch size",
    axis: { values: distinct(data.map((row) => row.mini_batch_size)), labelOverlap: true },
    scale: { zero: true },
  };
  return {
    name: "inference-time",
    data,
    spec: {
      facet: { column: { field: "panel", type: "nominal", title: null, sort: panels.map(({ panel }) => panel) } },
      spec: {
        width: PAGE_PX / 2 - 75,
        height: 190,
        layer: [
          { mark: { type: "line", color: "#0072B2" }, encoding: { x, y: time("median_ms") } },
          { mark: { type: "rule", strokeWidth: 1 }, encoding: { x, y: time("low_ms"), y2: { field: "high_ms" } } },
          { mark: { type: "point", color: "#0072B2" }, encoding: { x, y: time("median_ms") } },
        ],
      },
      resolve: { scale: { y: "shared" } },
    },
  };
}

function time(field: string) {
  return { field, type: "quantitative", title: "Inference time (ms)" };
}

/** The study's law for each input size over the measured medians, on logarithmic axes. */
export function fittedLinesFigure(trials: readonly TrialRow[], fit: DeviceFit): Figure {
  const points = medianBy(trials, "steadyMedianMs").filter(({ inputSizePx }) => fit.latency.bySize.has(inputSizePx));
  const data = [
    ...points.map(({ inputSizePx, miniBatchSize, median: measured }) => ({
      kind: "measured",
      input_size_px: inputSizePx,
      mini_batch_size: miniBatchSize,
      latency_ms: measured,
    })),
    ...[...fit.latency.bySize].flatMap(([inputSizePx, fitted]) =>
      lineOf(fitted.domain.miniBatchSize).map((miniBatchSize) => ({
        kind: "fitted",
        input_size_px: inputSizePx,
        mini_batch_size: miniBatchSize,
        latency_ms: fitted.predict(inputSizePx, miniBatchSize),
      })),
    ),
  ].filter(({ latency_ms }) => latency_ms > 0); // a line that crosses zero can't be drawn on a logarithmic axis
  const ticks = powersOfTwo(points.map(({ miniBatchSize }) => miniBatchSize));
  const encoding = {
    x: {
      field: "mini_batch_size",
      type: "quantitative",
      scale: { type: "log", base: 2, nice: false },
      axis: { values: ticks },
      title: "Mini-batch size",
    },
    y: {
      field: "latency_ms",
      type: "quantitative",
      scale: { type: "log" },
      axis: { tickCount: 4 },
      title: "Latency L (ms)",
    },
  };
  const { color, shape, strokeDash } = series("input_size_px", "Input size (px)");
  return {
    name: "fitted-lines",
    data,
    spec: {
      ...COLUMN,
      transform: copyForDashes("input_size_px"),
      layer: [
        {
          transform: [{ filter: "datum.kind == 'fitted'" }],
          mark: "line",
          encoding: { ...encoding, color, strokeDash },
        },
        { transform: [{ filter: "datum.kind == 'measured'" }], mark: "point", encoding: { ...encoding, color, shape } },
      ],
    },
  };
}

/** Mini-batch sizes that draw a smooth line on a logarithmic axis. */
function lineOf({ low, high }: { low: number; high: number }): number[] {
  return Array.from({ length: 41 }, (_, step) => low * (high / low) ** (step / 40));
}

const DASH_FIELD = "dashed_by";

/** Makes the copy of a field that a series' dashes are drawn by. */
function copyForDashes(field: string) {
  return [{ calculate: `datum.${field}`, as: DASH_FIELD }];
}

/** Colour, shape and dash all say the same, so that a figure reads in grey and with any colour vision. */
function series(field: string, title: string) {
  // Nominal, because Vega-Lite has no ordered shapes; the order of the legend comes from the sort.
  const shared = { field, type: "nominal", title, sort: "ascending" };
  return {
    color: { ...shared, scale: { range: COLOURS } },
    shape: { ...shared, scale: { range: SHAPES } },
    // Over a copy of the field: a legend of dashes would be drawn around the legend's symbols.
    strokeDash: { ...shared, field: DASH_FIELD, scale: { range: DASHES }, legend: null },
  };
}
