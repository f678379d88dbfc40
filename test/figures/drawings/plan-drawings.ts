import assert from "node:assert/strict";
import { test } from "node:test";
import { calibrationFigure } from "../../../src/figures/calibration-figure.js";
import { deadlineFrontierFigure } from "../../../src/figures/deadline-frontier-figure.js";
import { miniBatchByDeadlineFigure } from "../../../src/figures/mini-batch-by-deadline-figure.js";
import { planGanttFigure } from "../../../src/figures/plan-gantt-figure.js";
import { figureSvg } from "../../../src/figures/render-figure.js";
import { deviceType } from "../../../src/plan/question/device-type.js";
import { finishedRow } from "../../execute/execution-row.js";
import { diameterPx, drawnItems, layers, legendEntries, marks, pathPoints, scales, tickLabels } from "./drawing.js";

const gantt = (type: string, miniBatchSize: number, warmupMs: number, finishMs: number) => ({
  type,
  miniBatchSize,
  warmupMs,
  finishMs,
});

test("a plan is drawn as bars in full and light colour, each with its mini-batch size in the middle, and a deadline", async () => {
  const figure = planGanttFigure([gantt("a", 8, 100, 300), gantt("b", 4, 200, 400)], 400);
  assert.deepEqual([figure.name, figure.title], ["plan-gantt", "What each device of the plan does until the deadline"]);
  const items = drawnItems(await figureSvg(figure));
  assert.deepEqual(scales(items), [
    "X-axis titled 'Time (ms)' for a linear scale with values from 0 to 400",
    "Y-axis titled 'Device' for a discrete scale with 2 values: 1, 2",
    "Symbol legend titled 'Device type' for fill color with 2 values: a, b",
    "Title text 'Full colour: the first mini-batch; light: the others'",
  ]);
  assert.deepEqual(tickLabels(items), ["0", "50", "100", "150", "200", "250", "300", "350", "400", "1", "2"]);
  assert.deepEqual(legendEntries(items), [
    ["a", "#0072B2"],
    ["b", "#D55E00"],
  ]);
  assert.deepEqual(layers(items), ["4 rect", "2 text", "1 rule", "1 text"]);
  assert.deepEqual(
    marks(items, "rect").map(({ attributes: { fill, opacity } }) => [fill, opacity]),
    [
      ["#0072B2", "1"],
      ["#0072B2", "0.3"],
      ["#D55E00", "1"],
      ["#D55E00", "0.3"],
    ],
  );
  const [zero = 0, full = 0] = [marks(items, "rect"), marks(items, "rule")].map(([mark]) => mark?.x);
  const timeOf = (x = 0) => Math.round((400 * (x - zero)) / (full - zero));
  const bars = marks(items, "rect").map(({ attributes }) => /^M([-\d.]+),.*?h([-\d.]+)/.exec(attributes.d ?? "") ?? []);
  assert.deepEqual(
    bars.map(([, from, width]) => [timeOf(zero + Number(from)), timeOf(zero + Number(from) + Number(width))]),
    [
      [0, 100],
      [100, 300],
      [0, 200],
      [200, 400],
    ],
  );
  const texts = marks(items, "text");
  assert.deepEqual(
    texts.map(({ text, attributes }) => [text, attributes["text-anchor"]]),
    [
      ["8", "middle"],
      ["4", "middle"],
      ["deadline", "end"],
    ],
  );
  assert.deepEqual(
    texts.slice(0, 2).map(({ x }) => timeOf(x)),
    [200, 300],
    "in the middle of the light bars",
  );
  const [rule] = marks(items, "rule");
  assert.deepEqual([timeOf(rule?.x), rule?.attributes["stroke-dasharray"]], [400, "6,2"]);
  const name = texts.at(-1);
  assert.deepEqual(
    [(rule?.x ?? 0) - (name?.x ?? 0), (rule?.y ?? 0) - (name?.y ?? 0)],
    [4, 5],
    "left of the rule, above the bars",
  );
});

test("a plan of one type and without a deadline has neither a legend of types nor a rule", async () => {
  const items = drawnItems(await figureSvg(planGanttFigure([gantt("a", 8, 100, 100)], undefined)));
  assert.deepEqual(scales(items).slice(2), ["Title text 'Full colour: the first mini-batch; light: the others'"]);
  assert.deepEqual(layers(items), ["1 rect"]);
});

test("calibration is drawn as points over a dashed line at 1 over light bars, one bar for each interval", async () => {
  const figure = calibrationFigure([
    finishedRow("x", 1, 1100, 900, 1300),
    finishedRow("x", 2, 800, 700, 1200),
    finishedRow("y", 1, 1000),
    finishedRow("y", 2, 1000, 900),
  ]);
  assert.deepEqual(
    [figure.name, figure.title],
    ["calibration", "Measured over predicted finish of each device of executed plans"],
  );
  const items = drawnItems(await figureSvg(figure));
  assert.deepEqual(scales(items), [
    "X-axis titled 'Executed plan' for a discrete scale with 2 values: 1, 2",
    "Y-axis titled 'Finish, measured over predicted' for a linear scale with values from 0.7 to 1.3",
  ]);
  assert.deepEqual(layers(items), ["2 rule", "1 rule", "4 symbol"]);
  const [first, second, one] = marks(items, "rule").map(({ attributes }) => attributes);
  assert.deepEqual([first?.["stroke-width"], first?.opacity], ["4", "0.25"]);
  assert.deepEqual([one?.stroke, one?.["stroke-dasharray"]], ["#333333", "4,3"]);
  // 0.4 and 0.5 of the axis' 0.6.
  assert.equal(Math.round((100 * Number(second?.y2)) / Number(first?.y2)), 125);
  const points = marks(items, "symbol");
  assert.deepEqual(
    new Set(points.map(({ attributes: { fill, opacity, stroke } }) => `${fill} ${opacity} ${stroke}`)),
    new Set(["#0072B2 1 undefined"]),
  );
  const [line] = marks(items, "rule").slice(-1);
  assert.deepEqual(
    points.map(({ y }) => Math.sign((line?.y ?? 0) - y)),
    [1, -1, 0, 0],
    "above, below and on the line",
  );
  assert.equal(Math.round(diameterPx(points[0]) * 10) / 10, 4.2, "in a square of 18 pixels");
  const without = drawnItems(await figureSvg(calibrationFigure([finishedRow("x", 1, 1100), finishedRow("x", 2, 900)])));
  assert.deepEqual(layers(without), ["1 rule", "2 symbol"]);
});

/** By hand: one image in 10 ms, four in 20 ms, the first one no slower. */
const device = (name: string, factor = 1) =>
  deviceType({
    name,
    count: 3,
    maxUses: 1000,
    maxMiniBatchSize: 4,
    latencyMs: (size) => ({ 1: 10 * factor, 4: 20 * factor })[size],
    warmupMs: (size) => ({ 1: 10 * factor, 4: 20 * factor })[size],
  });

test("the frontier is drawn as a staircase on logarithmic axes, and goes on beyond its last corner", async () => {
  const figure = deadlineFrontierFigure([device("d")], 12);
  assert.deepEqual(
    [figure.name, figure.title],
    ["deadline-frontier", "Fewest devices that classify 12 images, by deadline"],
  );
  const items = drawnItems(await figureSvg(figure));
  assert.deepEqual(scales(items), [
    "X-axis titled 'Deadline (ms)' for a log scale with values from 20 to 90",
    "Y-axis titled 'Devices' for a log scale with values from 1 to 3",
  ]);
  assert.deepEqual(tickLabels(items), ["20", "50", "1", "2", "3"]);
  assert.deepEqual(layers(items), ["1 line"]);
  const points = pathPoints(marks(items)[0]);
  assert.equal(points.length, 7, "three steps");
  // First along, then down: to the next deadline with as many devices as before.
  assert.deepEqual(
    points.slice(1).map(([x, y], index) => [x > (points[index]?.[0] ?? 0), y > (points[index]?.[1] ?? 0)]),
    [true, false, true, false, true, false]
      .map((along) => [along, !along])
      .slice(0, 4)
      .concat([
        [true, false],
        [false, false],
      ]),
  );
  // With mini-batches of one: twelve images on three devices take 40 ms, on two 60, on one 120.
  assert.deepEqual(
    deadlineFrontierFigure([device("d")], 12, { miniBatchSize: 1 }).data.map((row) => row.deadline_ms),
    [40, 60, 120, 180],
  );
  assert.deepEqual(deadlineFrontierFigure([device("d")], 1e6).data, [], "more than they ever classify");
});

test("what a mini-batch size loses by deadline is drawn as a line each, a panel a type, over the band of the error", async () => {
  const figure = miniBatchByDeadlineFigure([device("slow", 2), device("fast")], {
    rangeUs: [10_000, 40_000],
    error: 0.05,
  });
  assert.deepEqual(
    [figure.name, figure.title],
    [
      "mini-batch-by-deadline",
      "Images that a device loses until a deadline with a mini-batch size that is not the best",
    ],
  );
  const items = drawnItems(await figureSvg(figure));
  const lost = "Y-axis titled 'Images lost against the best (%)' for a linear scale with values from −1 to 50";
  assert.deepEqual(scales(items), [
    "X-axis titled 'Deadline (ms)' for a log scale with values from 19.649295944207 to 40.903246726096",
    lost,
    "X-axis titled 'Deadline (ms)' for a log scale with values from 9.560348637877 to 41.839478365384",
    lost,
    "Symbol legend titled 'Mini-batch' for stroke color with 2 values: 1, 4",
    "Title text 'band: error of the times, 5 %'",
  ]);
  assert.deepEqual(layers(items), ["1 text", "1 rect", "1 line", "1 line", "1 text", "1 rect", "1 line", "1 line"]);
  assert.deepEqual(
    marks(items, "text").map(({ text }) => text),
    ["slow", "fast"],
  );
  const [band] = marks(items, "rect");
  // 5 of the axis' 51 percent on 120 px.
  const [, height = 0] = /v([\d.]+)h/.exec(band?.attributes.d ?? "") ?? [];
  assert.ok(Math.abs(Number(height) - (120 * 5) / 51) < 0.01, `${height} px`);
  const alone = drawnItems(
    await figureSvg(miniBatchByDeadlineFigure([device("slow", 2)], { rangeUs: [10_000, 40_000] })),
  );
  assert.deepEqual(
    layers(alone),
    ["1 line", "1 line"],
    "no heading of one type, no band of an error that is not known",
  );
  const fixed = miniBatchByDeadlineFigure([device("slow", 2)], {
    rule: { miniBatchSize: 1 },
    rangeUs: [10_000, 80_000],
  });
  assert.deepEqual(new Set(fixed.data.map((row) => row.mini_batch_size)), new Set([1]));
  assert.ok(
    fixed.data.every((row) => row.lost_percent === 0),
    "against the best that the question allows",
  );
  const deadlines = figure.data
    .filter((row) => row.type === "fast" && row.mini_batch_size === 1)
    .map((row) => Number(row.deadline_ms));
  assert.deepEqual([deadlines.length, deadlines.at(0), deadlines.at(-1)], [150, 10, 40]);
  const steps = deadlines.slice(1).map((ms, index) => ms / (deadlines[index] ?? 0));
  assert.ok(Math.max(...steps) / Math.min(...steps) < 1.001, "in equal steps of the logarithm");
});
