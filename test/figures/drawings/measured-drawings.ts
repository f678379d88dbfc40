import assert from "node:assert/strict";
import { test } from "node:test";
import type { Figure } from "../../../src/figures/figure.js";
import { inferenceTimeFigure } from "../../../src/figures/inference-time-figure.js";
import { memoryFigure } from "../../../src/figures/memory-figure.js";
import { figureSvg } from "../../../src/figures/render-figure.js";
import { warmupPredictionFigure } from "../../../src/figures/warmup-prediction-figure.js";
import { drawnItems, type Item, layers, legendEntries, marks, pathPoints, scales, tickLabels } from "./drawing.js";

const draw = async (figure: Figure) => drawnItems(await figureSvg(figure));
const values = (items: readonly Item[], name: string) => [...new Set(items.map(({ attributes }) => attributes[name]))];
/** How far marks stand apart, as shares of the distance of the first from the last. */
const shares = (positions: readonly number[]) => {
  const [first = 0, last = 0] = [positions.at(0), positions.at(-1)];
  return positions.map((position) => Math.round((100 * (position - first)) / (last - first)) + 0);
};

test("memory is drawn as a line and points for each mini-batch size, from the smallest, over sizes that needn't begin at 0", async () => {
  const point = (inputSizePx: number, miniBatchSize: number, peakMemoryMib: number) => ({
    inputSizePx,
    miniBatchSize,
    peakMemoryMib,
  });
  const figure = memoryFigure({
    trials: [
      ...[point(200, 4, 900), point(100, 4, 100), point(150, 4, 420)],
      ...[point(200, 1, 300), point(100, 1, 95), point(100, 1, 30), point(100, 1, 40)],
    ],
    outOfMemory: [],
    limitMib: undefined,
  });
  assert.deepEqual(
    [figure.name, figure.title],
    ["memory", "Peak memory by input size, one line for each mini-batch size"],
  );
  assert.deepEqual(
    figure.data
      .filter(({ kind }) => kind === "median")
      .map((row) => [row.mini_batch_size, row.input_size_px, row.peak_memory_mib]),
    [
      [1, 100, 40],
      [1, 200, 300],
      [4, 100, 100],
      [4, 150, 420],
      [4, 200, 900],
    ],
  );
  const items = await draw(figure);
  assert.deepEqual(scales(items), [
    "X-axis titled 'Input size (px)' for a linear scale with values from 97 to 203",
    "Y-axis titled 'Peak memory (MiB)' for a linear scale with values from 0 to 927",
    "Symbol legend titled 'Mini-batch' for shape, fill color and stroke color with 2 values: 1, 4",
    "Title text 'Lines: medians; faint points: trials'",
  ]);
  assert.deepEqual(tickLabels(items), ["100", "150", "200", "0", "200", "400", "600", "800"]);
  assert.deepEqual(legendEntries(items), [
    ["1", "#0072B2"],
    ["4", "#D55E00"],
  ]);
  assert.deepEqual(layers(items), ["7 symbol", "1 line", "1 line", "5 symbol"]);
  assert.deepEqual(
    marks(items, "line").map((line) => pathPoints(line).length),
    [2, 3],
  );
  const four = marks(items, "symbol")
    .slice(7)
    .filter(({ attributes }) => attributes.fill === "#D55E00");
  assert.deepEqual(shares(four.map(({ x }) => x)), [0, 50, 100]);
  assert.deepEqual(shares(four.map(({ y }) => y)), [0, 40, 100]);
});

test("memory's limit is a dashed line, and cells that ran out of it are crosses above it in a row for each line", async () => {
  const point = (inputSizePx: number, miniBatchSize: number) => ({ inputSizePx, miniBatchSize });
  const figure = memoryFigure({
    trials: [100, 200, 300].flatMap((size) =>
      [1, 4, 8].map((batch) => ({ ...point(size, batch), peakMemoryMib: batch })),
    ),
    outOfMemory: [point(300, 8), point(400, 8), point(400, 4), point(400, 4)],
    limitMib: 1000,
  });
  const crosses = figure.data.filter(({ kind }) => kind === "out of memory");
  assert.deepEqual(
    crosses.map((row) => [row.mini_batch_size, row.input_size_px, Math.round(Number(row.drawn_at_mib))]),
    [
      [4, 400, 1055],
      [8, 300, 1110],
      [8, 400, 1110],
    ],
  );
  const items = await draw(figure);
  assert.deepEqual(layers(items), ["9 symbol", "1 line", "1 line", "1 line", "9 symbol", "3 symbol", "1 rule"]);
  const [limit] = marks(items, "rule");
  assert.deepEqual([limit?.attributes["stroke-dasharray"], limit?.attributes.stroke], ["6,3", "#333333"]);
  const above = marks(items, "symbol").slice(-3);
  assert.ok(
    above.every(({ y }) => y < (limit?.y ?? 0)),
    "above the limit",
  );
  assert.deepEqual(
    above.map(({ attributes }) => attributes.stroke),
    ["#D55E00", "#009E73", "#009E73"],
    "in the colours of their lines",
  );
  assert.equal(
    tickLabels(items)
      .filter((label) => label !== "")
      .at(-1),
    "1,000",
    "none beside the crosses",
  );
  const text = scales(items).at(-1) ?? "";
  assert.match(text, /dashes: limit of 1,000 MiB; ×: ran/);
});

test("inference times are drawn in two panels above each other, each with its scale, bars, line, points, colour and shape", async () => {
  const point = (miniBatchSize: number, medianMs: number) => ({
    miniBatchSize,
    trials: 5,
    medianMs,
    lowMs: medianMs - 10,
    highMs: medianMs + 20,
  });
  const figure = inferenceTimeFigure({
    inputSizePx: 96,
    withoutWarmUp: [point(8, 100), point(2, 40), point(4, 60)],
    withWarmUp: [point(8, 430), point(2, 90)],
  });
  assert.deepEqual(
    [figure.name, figure.title],
    ["inference-time", "Inference time by mini-batch size at 96 px, without and with warm-up"],
  );
  assert.deepEqual(
    figure.data.map((row) => [row.panel, row.mini_batch_size]),
    [...[2, 4, 8].map((size) => ["without warm-up", size]), ...[2, 8].map((size) => ["with warm-up", size])],
  );
  const items = await draw(figure);
  assert.deepEqual(scales(items), [
    "X-axis titled 'Mini-batch size' for a linear scale with values from 0 to 8",
    "Y-axis titled 'Inference time (ms)' for a linear scale with values from 0 to 120",
    "X-axis titled 'Mini-batch size' for a linear scale with values from 0 to 8",
    "Y-axis titled 'Inference time (ms)' for a linear scale with values from 0 to 450",
    "Title text '96 px; points: medians of 5 trials; bars: lowest to highest'",
  ]);
  assert.deepEqual(tickLabels(items), [
    "2",
    "4",
    "8",
    "0",
    "20",
    "40",
    "60",
    "80",
    "100",
    "120",
    "2",
    "4",
    "8",
    "0",
    "100",
    "200",
    "300",
    "400",
  ]);
  assert.deepEqual(layers(items), ["1 text", "3 rule", "1 line", "3 symbol", "1 text", "2 rule", "1 line", "2 symbol"]);
  const [first, second] = ["concat_0_group", "concat_1_group"].map((panel) =>
    items.filter(({ within }) => within.includes(panel)),
  );
  assert.deepEqual(values(marks(first ?? [], "line"), "stroke"), ["#0072B2"]);
  assert.deepEqual(values(marks(second ?? [], "line"), "stroke"), ["#D55E00"]);
  assert.deepEqual(values(marks(first ?? [], "symbol"), "fill"), ["#0072B2"]);
  assert.deepEqual(values(marks(second ?? [], "symbol"), "fill"), ["#D55E00"]);
  assert.notDeepEqual(values(marks(first ?? [], "symbol"), "d"), values(marks(second ?? [], "symbol"), "d"));
  const headings = marks(items, "text");
  assert.deepEqual(
    headings.map(({ text, attributes }) => [text, attributes["font-weight"], attributes["text-anchor"]]),
    [
      ["(a) Without warm-up: steady inferences", "600", "middle"],
      ["(b) With warm-up: first inference", "600", "middle"],
    ],
  );
  // The bars of 30 ms are a quarter of the first panel's 120 ms and a fifteenth of the second's 450.
  const rules = marks(items, "rule").map(({ attributes }) => Math.abs(Number(attributes.y2)));
  assert.deepEqual(new Set(rules.map((px) => px.toFixed(2))), new Set([130 / 4, 130 / 15].map((px) => px.toFixed(2))));
  assert.deepEqual(values(marks(items, "rule"), "stroke"), ["#0072B2", "#D55E00"]);
  const [a, b] = headings;
  const left = marks(first ?? [], "symbol");
  // Mini-batch sizes of 2 and 8 stand a quarter and all the way along the panel.
  assert.deepEqual(shares(left.map(({ x }) => x)), [0, 33, 100]);
  assert.equal(a?.x, b?.x, "panels begin at the same place");
  assert.ok((b?.y ?? 0) - (a?.y ?? 0) > 130, "above each other");
});

test("warm-up predictions are drawn as points over the dashed diagonal, both axes alike", async () => {
  const point = (inputSizePx: number, predictedMs: number, measuredMs: number) => ({
    inputSizePx,
    miniBatchSize: 1,
    predictedMs,
    measuredMs,
  });
  const figure = warmupPredictionFigure([point(128, 300, 250), point(64, 1500, 1200), point(64, 60, 90)]);
  assert.deepEqual(
    [figure.name, figure.title],
    [
      "warmup-prediction",
      "Warm-up time as measured and as predicted from four parameters by a fit that has not seen the cell",
    ],
  );
  const items = await draw(figure);
  assert.deepEqual(scales(items), [
    // From 50 to 2,000 with six pixels of room at either end.
    "X-axis titled 'Predicted W (ms)' for a log scale with values from 43.896178228313 to 2,278.102651212152",
    "Y-axis titled 'Measured W (ms)' for a log scale with values from 44.711859496271 to 2,236.543081111175",
    "Symbol legend titled 'Input size (px)' for shape and fill color with 2 values: 64, 128",
  ]);
  const ticks = ["50", "100", "200", "500", "1,000", "2,000"];
  assert.deepEqual(tickLabels(items), [...ticks, ...ticks]);
  assert.deepEqual(layers(items), ["1 line", "3 symbol"]);
  const [diagonal] = marks(items, "line");
  assert.deepEqual(
    ["stroke", "stroke-dasharray", "stroke-width"].map((name) => diagonal?.attributes[name]),
    ["#333333", "4,3", "1"],
  );
  const [[x0, y0] = [0, 0], [x1, y1] = [0, 0]] = pathPoints(diagonal);
  const origin = { x: diagonal?.x ?? 0, y: diagonal?.y ?? 0 };
  const sides = marks(items, "symbol").map(({ x, y }) =>
    Math.sign(y0 + ((x - origin.x - x0) * (y1 - y0)) / (x1 - x0) - (y - origin.y)),
  );
  assert.deepEqual(sides, [-1, -1, 1], "measured less than predicted lies below it");
  assert.deepEqual(values(marks(items, "symbol"), "opacity"), ["0.8"]);
  assert.deepEqual(
    marks(items, "symbol").map(({ attributes }) => attributes.fill),
    ["#D55E00", "#0072B2", "#0072B2"],
  );
});
