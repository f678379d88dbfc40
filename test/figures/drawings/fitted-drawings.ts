import assert from "node:assert/strict";
import { test } from "node:test";
import type { Figure } from "../../../src/figures/figure.js";
import { fittedLawFigure } from "../../../src/figures/fitted-law-figure.js";
import { fittedLinesFigure } from "../../../src/figures/fitted-lines-figure.js";
import { lackOfFitFigure } from "../../../src/figures/lack-of-fit-figure.js";
import { largestMiniBatchFigure } from "../../../src/figures/largest-mini-batch-figure.js";
import { figureSvg } from "../../../src/figures/render-figure.js";
import { shownQuantity } from "../../../src/figures/shown-quantity.js";
import {
  diameterPx,
  drawnItems,
  type Item,
  layers,
  legendEntries,
  marks,
  pathPoints,
  scales,
  tickLabels,
} from "./drawing.js";

const draw = async (figure: Figure) => drawnItems(await figureSvg(figure));
const values = (items: readonly Item[], name: string) => [...new Set(items.map(({ attributes }) => attributes[name]))];
/** How far marks stand apart, as shares of the distance of the first from the last. */
const shares = (positions: readonly number[]) => {
  const [first = 0, last = 0] = [positions.at(0), positions.at(-1)];
  return positions.map((position) => Math.round((100 * (position - first)) / (last - first)) + 0);
};

test("fitted lines are drawn with their points on logarithmic axes between whole ticks, one colour for each size", async () => {
  const point = (inputSizePx: number) => (miniBatchSize: number, value: number) => ({
    inputSizePx,
    miniBatchSize,
    value,
  });
  const [large, small] = [point(128), point(64)];
  const figure = fittedLinesFigure(
    shownQuantity("latency"),
    [large(4, 900), small(8, 80), small(1, 12)],
    [large(8, 1600), large(1, 300), small(1, 10), small(8, 80), small(4, 40)],
  );
  assert.deepEqual(
    [figure.name, figure.title],
    ["fitted-lines", "Latency by mini-batch size, one line for each input size"],
  );
  const items = await draw(figure);
  assert.deepEqual(scales(items), [
    // Six pixels of room at either end, so that no point is cut.
    "X-axis titled 'Mini-batch size' for a log scale with values from 0.929236447352 to 8.609218916019",
    "Y-axis titled 'Latency L (ms)' for a log scale with values from 10 to 2,000",
    "Symbol legend titled 'Input size (px)' for shape, fill color and stroke color with 2 values: 64, 128",
  ]);
  assert.deepEqual(tickLabels(items), ["1", "2", "4", "8", "10", "20", "50", "100", "200", "500", "1,000", "2,000"]);
  assert.deepEqual(layers(items), ["1 line", "1 line", "3 symbol"]);
  const lines = marks(items, "line");
  assert.deepEqual(
    lines.map((line) => [line.attributes.stroke, pathPoints(line).length]),
    [
      ["#0072B2", 3],
      ["#D55E00", 2],
    ],
  );
  const along = pathPoints(lines[0]).map(([x]) => x);
  assert.deepEqual(shares(along), [0, 67, 100], "from 1 over 4 to 8 in powers of two");
  assert.deepEqual(
    marks(items, "symbol").map(({ attributes }) => attributes.fill),
    ["#0072B2", "#0072B2", "#D55E00"],
  );
});

test("the law is drawn as a light band under a line under points, named with its formula, and residuals around 0 beside it", async () => {
  const figure = fittedLawFigure({
    inputSizePx: 160,
    quantity: shownQuantity("latency"),
    law: "power",
    line: {
      formula: "L = 20 + 5 b (ms)",
      points: [1, 4].map((miniBatchSize) => ({ miniBatchSize, value: 20 + 5 * miniBatchSize })),
    },
    band: [1, 2, 4].map((size) => ({ miniBatchSize: size, fitted: 10 * size, low: 8 * size, high: 15 * size })),
    trials: [
      { miniBatchSize: 4, measured: 42, fitted: 40 },
      { miniBatchSize: 1, measured: 9, fitted: 10 },
    ],
  });
  assert.deepEqual(
    [figure.name, figure.title],
    ["fitted-law", "Latency at 160 px by mini-batch size: the fitted law, and how trials are off it"],
  );
  assert.deepEqual(
    figure.data
      .slice(5)
      .map((row) => [row.mini_batch_size, row.measured_ms, Math.round(1e9 * Number(row.residual_percent)) / 1e9]),
    [
      [4, 42, 5],
      [1, 9, -10],
    ],
  );
  const items = await draw(figure);
  assert.deepEqual(scales(items), [
    "X-axis titled 'Mini-batch size' for a linear scale with values from 0 to 4",
    "Y-axis titled 'Latency L (ms)' for a linear scale with values from 0 to 60",
    "X-axis titled 'Mini-batch size' for a linear scale with values from 0 to 4",
    "Y-axis titled 'Measured over fitted − 1 (%)' for a linear scale with values from −12 to 6",
    "Symbol legend for stroke color with 2 values: power, L = 20 + 5 b (ms)",
  ]);
  assert.deepEqual(layers(items), ["1 text", "1 area", "1 line", "1 line", "2 symbol", "1 text", "1 rule", "2 symbol"]);
  assert.deepEqual(
    marks(items, "text").map(({ text, y }) => [text, y]),
    [
      ["(a) 160 px: law with 95 % band", 13],
      ["(b) Residuals", 13],
    ],
  );
  const [area] = marks(items, "area");
  assert.deepEqual([area?.attributes.fill, area?.attributes.opacity], ["#0072B2", "0.2"]);
  assert.deepEqual(values(marks(items, "symbol"), "fill"), ["#009E73"]);
  assert.equal(diameterPx(marks(items, "symbol")[0]).toFixed(2), Math.sqrt(18).toFixed(2), "in a square of 18 pixels");
  // Of 180 px for 60 ms: the band at the largest mini-batch from 60 ms down to 32.
  const heights = pathPoints(area).map(([, y]) => Math.round((60 * (180 - y)) / 180));
  assert.deepEqual(heights, [8, 16, 32, 60, 30, 15]);
  const [zero] = marks(items, "rule");
  const [, , , last] = items.filter(({ within }) => within.includes("role-axis-domain"));
  assert.ok(last !== undefined);
  const widths = items
    .filter(({ within }) => within.includes("role-axis-domain"))
    .map(({ attributes }) => Math.abs(Number(attributes.x2)));
  assert.ok(widths.includes(Math.abs(Number(zero?.attributes.x2))), "as wide as its panel");
  const residuals = marks(items, "symbol").slice(2);
  assert.deepEqual(
    residuals.map(({ y }) => Math.round((18 * ((zero?.y ?? 0) - y)) / 180)),
    [5, -10],
  );
});

test("largest mini-batches are bars, lines and points, open where it is at least that, the most memory first", async () => {
  const point = (memoryMib: number, inputSizePx: number, miniBatchSize: number, isOpen = false) => ({
    memoryMib,
    largest: {
      inputSizePx,
      miniBatchSize,
      restsOn: isOpen ? ("at least" as const) : ("measured" as const),
      largestOk: miniBatchSize,
      smallestExceeding: isOpen ? undefined : 2 * miniBatchSize + 1,
    },
  });
  const figure = largestMiniBatchFigure([
    point(512, 64, 8),
    point(512, 128, 1),
    point(2048, 64, 128, true),
    point(2048, 128, 16),
  ]);
  assert.deepEqual(
    [figure.name, figure.title],
    ["largest-mini-batch", "The largest mini-batch that fits, by input size, for several memories"],
  );
  const items = await draw(figure);
  assert.deepEqual(scales(items), [
    "X-axis titled 'Input size (px)' for a linear scale with values from 60 to 132",
    "Y-axis titled 'Largest mini-batch' for a log scale with values from 0.863267025697 to 148.273936325465",
    "Symbol legend titled 'Memory (MiB)' for shape, fill color and stroke color with 2 values: 2048, 512",
    "Title text 'open: at least; bars: up to the smallest that did not fit'",
  ]);
  assert.deepEqual(tickLabels(items), ["64", "128", "1", "2", "4", "8", "16", "32", "64", "128"]);
  assert.deepEqual(legendEntries(items), [
    ["2048", "#0072B2"],
    ["512", "#D55E00"],
  ]);
  // The most memory first: at 64 px at least 128 and so without a bar, at 128 px 16 with a bar up to 32.
  assert.deepEqual(layers(items), ["1 line", "1 rule", "1 symbol", "1 symbol", "1 line", "2 rule", "2 symbol"]);
  assert.deepEqual(
    marks(items, "rule").map(({ attributes }) => attributes.stroke),
    ["#0072B2", "#D55E00", "#D55E00"],
  );
  const [bounded, atLeast, ...others] = marks(items, "symbol");
  assert.deepEqual(
    [bounded, atLeast, ...others].map((mark) => mark?.attributes.fill),
    ["#0072B2", "white", "#D55E00", "#D55E00"],
  );
  assert.equal(atLeast?.attributes.stroke, "#0072B2");
  assert.equal(pathPoints(marks(items, "line")[0]).length, 1, "no line goes to what is at least");
  assert.equal(pathPoints(marks(items, "line")[1]).length, 2);
  // Marks of the two memories stand 4 px apart.
  assert.ok(Math.abs((others[1]?.x ?? 0) - (bounded?.x ?? 0) - 4) < 0.2);
  // From one to twice is one of the axis' seven powers of two.
  const [bar] = marks(items, "rule");
  const ticks = items
    .filter(({ within }) => within.includes("role-axis-label"))
    .slice(-8)
    .map(({ y }) => y);
  const sevenPx = Math.abs((ticks.at(-1) ?? 0) - (ticks.at(0) ?? 0));
  assert.equal(Math.round((70 * Math.abs(Number(bar?.attributes.y2))) / sevenPx), 10);
});

test("the cells that were tried stand behind the largest mini-batches: dots ran, crosses ran out of memory", async () => {
  const largest = {
    inputSizePx: 64,
    miniBatchSize: 4,
    restsOn: "measured",
    largestOk: 4,
    smallestExceeding: 8,
  } as const;
  const tried = [1, 2, 4, 8].map((miniBatchSize) => ({ inputSizePx: 64, miniBatchSize, ranOut: miniBatchSize === 8 }));
  const figure = largestMiniBatchFigure([{ memoryMib: 1100, largest }], tried);
  const items = await draw(figure);
  assert.deepEqual(layers(items), ["3 symbol", "1 symbol", "1 line", "1 rule", "1 symbol"]);
  const [, , , cross] = marks(items, "symbol");
  assert.deepEqual([cross?.attributes.fill ?? "none", cross?.attributes.stroke], ["none", "#333333"]);
  assert.ok(
    scales(items).some((text) => text.includes("dots: ran; ×: ran out of 1,100 MiB")),
    scales(items).join(),
  );
});

test("misfits are drawn with their intervals around a line at 0, a panel a quantity, sizes beside each other", async () => {
  const misfits = [32, 64].map((inputSizePx) => ({
    ...{ inputSizePx, miniBatchSize: 4, error: 0.1 },
    interval: { low: -0.1, high: 0.3 },
  }));
  const panel = { f: 13.24, degrees: [51, 212], pValue: 3.6e-43, beyondNoise: 0.2, cells: misfits } as const;
  const items = await draw(
    lackOfFitFigure([
      { heading: "Latency L", test: panel },
      { heading: "Warm-up W", test: { ...panel, f: 4.841, pValue: 0.021 } },
    ]),
  );
  const texts = items.map(({ text }) => text);
  assert.ok(texts.includes("(a) Latency L: F(51, 212) = 13.2, p = 4e-43"), texts.join("\n"));
  assert.ok(texts.includes("(b) Warm-up W: F(51, 212) = 4.84, p = 0.02"));
  const first = items.filter(({ within }) => within.includes("concat_0_group"));
  const points = marks(first, "symbol");
  assert.deepEqual(values(points, "fill"), ["#0072B2", "#D55E00"]);
  const [left, right] = points;
  assert.ok((left?.x ?? 0) < (right?.x ?? 0), "the larger size stands to the right");
  assert.equal(left?.y, right?.y);
});
