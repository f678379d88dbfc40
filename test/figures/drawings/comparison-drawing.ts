import assert from "node:assert/strict";
import { test } from "node:test";
import { comparisonFigure } from "../../../src/figures/comparison-figure.js";
import { figureSvg } from "../../../src/figures/render-figure.js";
import { sampleRatios } from "../sample-figures.js";
import { drawnItems, legendEntries, marks, scales, tickLabels } from "./drawing.js";

test("a comparison is drawn as a row a cell, with interval, colour and shape of its verdict, over the band of the margin", async () => {
  const items = drawnItems(await figureSvg(comparisonFigure({ quantities: sampleRatios(), margin: 0.25 })));
  const [axis = ""] = scales(items);
  // From the lowest interval, 0.8 / 1.05, to the highest, 1.25 × 1.1, and 4 % of that on either side: 0.744123 to
  // 1.407857.
  const [, from, to] =
    /^X-axis titled 'B over A' for a log scale with values from ([\d.]+) to ([\d.]+)$/.exec(axis) ?? [];
  assert.deepEqual([Number(from).toFixed(4), Number(to).toFixed(4)], ["0.7441", "1.4079"]);
  const ratios = tickLabels(items).filter((label) => /^[\d.]+$/.test(label));
  assert.deepEqual(ratios, ["0.8", "1", "1.2", "0.8", "1", "1.2"]);
  const rows = ["224 px × 1", "224 px × 8", "224 px × 64", "all cells"];
  assert.deepEqual(
    tickLabels(items).filter((label) => rows.includes(label)),
    rows,
    "once, for both panels",
  );
  assert.deepEqual(legendEntries(items), [
    ["faster", "#0072B2"],
    ["slower", "#D55E00"],
    ["same", "#009E73"],
    ["undecided", "#999999"],
  ]);
  const panel = items.filter(({ within }) => within.includes("concat_0_group"));
  const points = marks(panel, "symbol");
  assert.deepEqual(
    points.map(({ attributes }) => attributes.fill),
    ["#D55E00", "#009E73", "#999999", "#D55E00"],
  );
  assert.equal(new Set(points.map(({ attributes }) => attributes.d)).size, 3, "a shape for each verdict");
  const [one, , , all] = points;
  assert.ok((one?.y ?? 0) < (all?.y ?? 0), "all cells stand below the cells");
  const [grid] = panel.filter(({ within }) => within.includes("role-axis-domain"));
  const panelPx = Math.abs(Number(grid?.attributes.x2));
  // The band of ±25 % is from 1/1.25 to 1.25: on a logarithmic axis twice ln 1.25 of ln (1.407857 / 0.744123).
  const [band] = marks(panel, "rect");
  const [, left = 0, width = 0] = /^M([\d.]+),0h([\d.]+)v/.exec(band?.attributes.d ?? "") ?? [];
  const share = Number(width) / panelPx;
  assert.ok(Math.abs(share - (2 * Math.log(1.25)) / Math.log(1.407857 / 0.744123)) < 0.001, `${share} of the panel`);
  const end = (band?.x ?? 0) + Number(left) + Number(width);
  assert.ok(Math.abs((one?.x ?? 0) - end) < 0.2, "the first point is at its upper end");
});
