import assert from "node:assert/strict";
import { test } from "node:test";
import type { Figure } from "../../../src/figures/figure.js";
import { fittedLawFigure } from "../../../src/figures/fitted-law-figure.js";
import { textWidthPx } from "../../../src/figures/font.js";
import { importanceFigure } from "../../../src/figures/importance-figure.js";
import { inferenceTimeFigure } from "../../../src/figures/inference-time-figure.js";
import { largestMiniBatchFigure } from "../../../src/figures/largest-mini-batch-figure.js";
import { memoryFigure } from "../../../src/figures/memory-figure.js";
import { figureSvg } from "../../../src/figures/render-figure.js";
import { shownQuantity } from "../../../src/figures/shown-quantity.js";
import { sampleRanking } from "../sample-ranking.js";
import { drawnItems } from "./drawing.js";

/** Values so close that their ticks are less than a pixel apart. */
const CLOSE = Array.from({ length: 401 }, (_, index) => 1000 + index);

const crowded: readonly Figure[] = [
  memoryFigure({
    trials: CLOSE.map((inputSizePx) => ({ inputSizePx, miniBatchSize: 1, peakMemoryMib: 1 })),
    outOfMemory: [],
    limitMib: undefined,
  }),
  inferenceTimeFigure({
    inputSizePx: 64,
    withoutWarmUp: CLOSE.map((miniBatchSize) => ({ miniBatchSize, trials: 1, medianMs: 2, lowMs: 1, highMs: 3 })),
    withWarmUp: [{ miniBatchSize: 1400, trials: 1, medianMs: 2, lowMs: 1, highMs: 3 }],
  }),
  fittedLawFigure({
    inputSizePx: 64,
    quantity: shownQuantity("latency"),
    law: "law",
    line: undefined,
    band: [{ miniBatchSize: 1, fitted: 2, low: 1, high: 3 }],
    trials: CLOSE.map((miniBatchSize) => ({ miniBatchSize, measured: 2, fitted: 2 })),
  }),
  largestMiniBatchFigure(
    CLOSE.map((inputSizePx) => ({
      memoryMib: 100,
      largest: { inputSizePx, miniBatchSize: 2, restsOn: "measured", largestOk: 2, smallestExceeding: 4 },
    })),
  ),
];

for (const figure of crowded) {
  test(`${figure.name}: of labels that have no room those are shown that stand 3 px apart`, async () => {
    const shown = drawnItems(await figureSvg(figure)).filter(
      ({ within, text, attributes }) =>
        within.includes("role-axis-label") &&
        attributes["text-anchor"] === "middle" &&
        text.length > 1 &&
        attributes.opacity !== "0",
    );
    const gaps = shown.slice(1).flatMap(({ x, y, text }, index) => {
      const before = shown[index];
      // The axis of the second panel begins anew, further right.
      if (before === undefined || before.y !== y || text === "1,000") return [];
      return [x - before.x - textWidthPx("sans", text, 11, 400)];
    });
    const nearest = Math.min(...gaps);
    assert.ok(gaps.length >= 4 && nearest > 2.9 && nearest < 3.9, `the nearest stand ${nearest} px apart`);
  });
}

test("the label of a feature is wrapped at 42 % of the width, and never cut", async () => {
  const ranking = sampleRanking();
  const named = (length: number) => {
    const [feature] = ranking.ranking.features;
    assert.ok(feature !== undefined);
    const group = { ...feature.group, name: "0".repeat(length), members: ["one"] };
    return importanceFigure({ ...ranking, ranking: { ...ranking.ranking, features: [{ ...feature, group }] } });
  };
  // A digit is 5.467 px wide, 42 % of 658 px are 276.4: 50 digits a line.
  const svg = await figureSvg(named(150));
  const lines = [...svg.matchAll(/<tspan[^>]*>(0+)<\/tspan>/g)].map(([, digits = ""]) => digits.length);
  assert.deepEqual([lines.at(0), lines.reduce((sum, length) => sum + length, 0)], [50, 150]);
});
