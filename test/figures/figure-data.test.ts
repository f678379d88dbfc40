import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { distinct } from "../../src/core/distinct.js";
import { logTicks, powersOfTwo } from "../../src/figures/axis-ticks.js";
import { calibrationFigure } from "../../src/figures/calibration-figure.js";
import { correlationFigure } from "../../src/figures/correlation-figure.js";
import { deadlineFrontierFigure } from "../../src/figures/deadline-frontier-figure.js";
import type { Figure } from "../../src/figures/figure.js";
import { fittedLinesFigure } from "../../src/figures/fitted-lines-figure.js";
import { importanceFigure } from "../../src/figures/importance-figure.js";
import { largestMiniBatchFigure } from "../../src/figures/largest-mini-batch-figure.js";
import { layoutOf } from "../../src/figures/layout.js";
import { miniBatchByDeadlineFigure } from "../../src/figures/mini-batch-by-deadline-figure.js";
import { planGanttFigure } from "../../src/figures/plan-gantt-figure.js";
import { readTheme } from "../../src/figures/read-theme.js";
import { shownQuantity } from "../../src/figures/shown-quantity.js";
import { themeOf } from "../../src/figures/theme.js";
import { vegaConfig } from "../../src/figures/vega-config.js";
import { warmupPredictionFigure, warmupPredictions } from "../../src/figures/warmup-prediction-figure.js";
import { deviceType } from "../../src/plan/question/device-type.js";
import { finishedRow } from "../execute/execution-row.js";
import { simulatedTrial } from "../fit/simulated-device.js";
import { sampleRanking } from "./sample-ranking.js";

const folder = mkdtempSync(join(tmpdir(), "batchwise-themes-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const specOf = (figure: Figure) => figure.spec(layoutOf(themeOf(), figure.shape));
const layersOf = (figure: Figure) => (specOf(figure) as { readonly layer: readonly object[] }).layer;

test("ticks stand at the values, at powers of two within them, and at 1, 2 and 5 of each decade around them", () => {
  assert.deepEqual(distinct([8, 1, 8, 4, 16, 1]), [1, 4, 8, 16]);
  assert.deepEqual(powersOfTwo([3, 20]), [4, 8, 16]);
  assert.deepEqual(powersOfTwo([4, 16]), [4, 8, 16]);
  assert.deepEqual(powersOfTwo([5, 5]), []);
  assert.deepEqual(logTicks([2, 5]), [2, 5]);
  assert.deepEqual(logTicks([1, 1000]), [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]);
  assert.deepEqual(logTicks([0.001, 1.1]), [0.001, 0.01, 0.1, 1, 10]);
  assert.deepEqual(logTicks([0, 5]), []);
  assert.deepEqual(logTicks([0.03]), [0.02, 0.05]);
});

test("calibration: measured over predicted, plan by plan, with the interval where there is one", () => {
  const figure = calibrationFigure([
    finishedRow("x", 1, 1100, 900, 1300),
    finishedRow("a", 1, 950),
    finishedRow("x", 2, 1200, 800, 1400),
    finishedRow("a", 2),
  ]);
  assert.deepEqual(figure.data, [
    { plan: 1, device: 1, ratio: 1.1, low: 0.9, high: 1.3 },
    { plan: 1, device: 2, ratio: 1.2, low: 0.8, high: 1.4 },
    { plan: 2, device: 1, ratio: 0.95 },
  ]);
  assert.equal(layersOf(figure).length, 3);
  assert.equal(
    layersOf(calibrationFigure([finishedRow("a", 1, 950)])).length,
    2,
    "no bars where no plan has an interval",
  );
  const labelsOf = (plans: number) => {
    const many = calibrationFigure(Array.from({ length: plans }, (_, plan) => finishedRow(`plan ${plan}`, 1, 950)));
    return JSON.stringify(specOf(many)).match(/"values":\[([\d,]*)\]/)?.[1];
  };
  assert.deepEqual(
    [labelsOf(3), labelsOf(30), labelsOf(108)],
    ["1,2,3", "5,10,15,20,25,30", "10,20,30,40,50,60,70,80,90,100"],
  );
});

test("a plan's bars: the first mini-batch, then the others, of the first forty devices", () => {
  const device = (type: string, warmupMs: number, finishMs: number) => ({ type, miniBatchSize: 8, warmupMs, finishMs });
  const figure = planGanttFigure([device("a", 30, 100), device("b", 40, 40)], 120);
  assert.deepEqual(figure.data, [
    { device: 1, type: "a", mini_batch_size: 8, part: "first", start_ms: 0, end_ms: 30 },
    { device: 1, type: "a", mini_batch_size: 8, part: "later", start_ms: 30, end_ms: 100 },
    { device: 2, type: "b", mini_batch_size: 8, part: "first", start_ms: 0, end_ms: 40 },
  ]);
  assert.equal(layersOf(figure).length, 4, "bars, labels, and the deadline with its name");
  assert.ok(JSON.stringify(specOf(figure)).includes('"title":"Device type"'));
  const many = (count: number) => planGanttFigure(new Array(count).fill(device("a", 1, 2)), undefined);
  assert.ok(!JSON.stringify(specOf(many(2))).includes('"title":"Device type"'), "one type needs no colours");
  assert.deepEqual(
    [16, 17].map((count) => layersOf(many(count)).length),
    [2, 1],
  );
  assert.deepEqual(
    [40, 41].map((count) => new Set(many(count).data.map((row) => row.device)).size),
    [40, 40],
  );
});

test("a logarithmic axis has no place for what is 0 or less", () => {
  const point = (miniBatchSize: number, value: number) => ({ inputSizePx: 64, miniBatchSize, value });
  const { data } = fittedLinesFigure(
    shownQuantity("latency"),
    [point(2, 5), point(1, 3)],
    [point(2, 0), point(1, -1), point(4, 0.5)],
  );
  assert.deepEqual(
    data.map((row) => [row.kind, row.mini_batch_size, row.latency_ms]),
    [
      ["measured", 1, 3],
      ["measured", 2, 5],
      ["fitted", 4, 0.5],
    ],
  );
  const largest = (miniBatchSize: number, smallestExceeding: number | undefined) => ({
    memoryMib: 100,
    largest: {
      inputSizePx: 64,
      miniBatchSize,
      restsOn: smallestExceeding === undefined ? ("at least" as const) : ("measured" as const),
      largestOk: miniBatchSize,
      smallestExceeding,
    },
  });
  assert.deepEqual(
    largestMiniBatchFigure([largest(0, 1), largest(1, 4), largest(8, undefined)]).data.map((row) => [
      row.mini_batch_size,
      row.high,
    ]),
    [
      [1, 3],
      [8, 8],
    ],
  );
  const prediction = (predictedMs: number) => ({ inputSizePx: 64, miniBatchSize: 1, measuredMs: 5, predictedMs });
  assert.deepEqual(
    warmupPredictionFigure([prediction(-1), prediction(0), prediction(4)]).data.map((row) => row.predicted_ms),
    [4],
  );
});

test("each warm-up prediction belongs to the trial of its row", () => {
  const ranking = {
    ...sampleRanking(),
    trials: [simulatedTrial(64, 1, Infinity), simulatedTrial(128, 4, Infinity)],
    fourParameters: {
      predictions: [
        { row: 1, measuredMs: 20, predictedMs: 21 },
        { row: 0, measuredMs: 10, predictedMs: 9 },
        { row: 7, measuredMs: 1, predictedMs: 1 },
      ],
    } as never,
  };
  assert.deepEqual(warmupPredictions(ranking), [
    { inputSizePx: 128, miniBatchSize: 4, measuredMs: 20, predictedMs: 21 },
    { inputSizePx: 64, miniBatchSize: 1, measuredMs: 10, predictedMs: 9 },
  ]);
  assert.deepEqual(warmupPredictions(sampleRanking()), []);
});

test("importances and correlations are of the first fifteen features, in the order of their ranks", () => {
  const ranking = sampleRanking();
  const importance = importanceFigure(ranking);
  assert.equal(importance.name, "importance-explain");
  assert.match(importance.title, /^The 15 features .* of all that were recorded$/);
  assert.match(
    importanceFigure({ ...ranking, question: "predict" }).title,
    /of those known before the first inference$/,
  );
  assert.deepEqual(
    importance.data.map((row) => row.rank),
    Array.from({ length: 15 }, (_, index) => index + 1),
  );
  const alone = importance.data.filter((row) => String(row.agreement).endsWith("only")).map((row) => row.rank);
  assert.deepEqual(alone, [5, 13], "those that the second forest does not have");
  const { data } = correlationFigure(ranking);
  assert.equal(data.length, 15 * 15);
  const [x, y] = [3, 7].map((feature) => ranking.matrix.rows.map((row) => row[feature] ?? 0));
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const product = (a: readonly number[] = [], b: readonly number[] = []) =>
    mean(a.map((value, index) => (value - mean(a)) * ((b[index] ?? 0) - mean(b))));
  const pearson = product(x, y) / Math.sqrt(product(x, x) * product(y, y));
  const found = data.find((row) => row.row === 4 && row.column === 8)?.correlation;
  assert.ok(Math.abs(Number(found) - pearson) < 1e-12, `${found} is not ${pearson}`);
});

test("figures by deadline: corners of the staircase, and the best mini-batch at each deadline", () => {
  // One image in 10 ms, four in 20 ms, the first one no slower: by hand.
  const type = deviceType({
    name: "d",
    count: 3,
    maxUses: 1000,
    maxMiniBatchSize: 4,
    latencyMs: (size) => ({ 1: 10, 4: 20 })[size],
    warmupMs: (size) => ({ 1: 10, 4: 20 })[size],
  });
  const frontier = deadlineFrontierFigure([type], 12);
  // Twelve images are three mini-batches of four: on three devices after 20 ms, on two after 40, on one after 60.
  assert.deepEqual(frontier.data, [
    { deadline_ms: 20, devices: 3 },
    { deadline_ms: 40, devices: 2 },
    { deadline_ms: 60, devices: 1 },
    { deadline_ms: 90, devices: 1 },
  ]);
  const best = miniBatchByDeadlineFigure([type], { rangeUs: [5000, 45_000] });
  // With mini-batches of one an image each 10 ms, with those of four four each 20 ms.
  const at = (deadlineMs: number) =>
    best.data
      .filter((row) => Number(row.deadline_ms) <= deadlineMs)
      .slice(-2)
      .map((row) => [row.mini_batch_size, row.images, row.best_images, row.lost_percent]);
  assert.deepEqual(at(9.9), []);
  assert.deepEqual(at(15), [
    [1, 1, 1, 0],
    [4, 0, 1, 100],
  ]);
  assert.deepEqual(at(25), [
    [1, 2, 4, 50],
    [4, 4, 4, 0],
  ]);
  assert.deepEqual(at(45), [
    [1, 4, 8, 50],
    [4, 8, 8, 0],
  ]);
  assert.ok(best.data.every((row) => row.type === "d" && Number(row.deadline_ms) >= 10));
  const range = miniBatchByDeadlineFigure([type]).data.map((row) => Number(row.deadline_ms));
  assert.deepEqual([range.length, Math.min(...range), Math.max(...range)], [2 * 150, 10, 2000]);
});

test("a theme's bounds are those that it says, and its points become pixels", () => {
  const path = join(folder, "theme.json");
  const read = (theme: unknown) => {
    writeFileSync(path, JSON.stringify(theme));
    return readTheme(path);
  };
  assert.deepEqual([read({ text_pt: 4 }).text_pt, read({ text_pt: 24 }).text_pt], [4, 24]);
  assert.throws(() => read({ text_pt: 3.9 }), /text_pt: allowed is at least 4/);
  assert.throws(() => read({ text_pt: 24.1 }), /text_pt: allowed is at most 24/);
  assert.throws(() => read({ colours: [] }), /colours: requires at least one colour/);
  assert.throws(() => read({ colours: ["red"] }), /allowed are colours as #rrggbb/);
  assert.throws(() => read({ background: "red" }), /background: allowed are #rrggbb, white, transparent/);
  assert.equal(read({ background: "transparent" }).background, "transparent");
  const theme = themeOf({ text_pt: 9, colours: ["#112233", "#445566"] });
  const config = vegaConfig(theme, layoutOf(theme, { width: "column" }));
  assert.deepEqual([config.axis.labelFontSize, config.axis.titleFontSize, config.mark.color], [12, 13, "#112233"]);
});
