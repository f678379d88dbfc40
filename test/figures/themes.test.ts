import assert from "node:assert/strict";
import { test } from "node:test";
import type { TopLevelSpec } from "vega-lite";
import type { Figure } from "../../src/figures/figure.js";
import { memoryFigure } from "../../src/figures/memory-figure.js";
import { figureSpec, figureSvg } from "../../src/figures/render-figure.js";
import { SHAPES, themeOf } from "../../src/figures/theme.js";
import { drawnItems, legendEntries, marks } from "./drawings/drawing.js";
import { sampleFigures } from "./sample-figures.js";

const sizeOf = (svg: string) => /width="([\d.]+)" height="([\d.]+)"/.exec(svg)?.slice(1).map(Number) ?? [];
const PX_PER_MM = 96 / 25.4;

for (const figure of sampleFigures()) {
  test(`${figure.name}: is as wide as the theme says, and as high where it has no rows`, async () => {
    for (const [width_mm, height_mm] of [
      [60, 100],
      [85, 90],
      [120, 70],
      [174, 110],
    ] as const) {
      const [width = 0, height = 0] = sizeOf(await figureSvg(figure, { width_mm, height_mm }));
      assert.equal(width, Math.round(width_mm * PX_PER_MM));
      const panels = (figure.shape.panels ?? 1) > 1;
      if (figure.shape.ofRows !== true && !panels) {
        assert.ok(Math.abs(height - height_mm * PX_PER_MM) <= 1, `${height} px for ${height_mm} mm`);
      }
    }
  });

  test(`${figure.name}: every mark has a colour of the theme or that of the axes`, async () => {
    const colours = ["#101010", "#202020", "#303030", "#404040"];
    const theme = { colours, background: "#fefefe" };
    const items = marks(drawnItems(await figureSvg(figure, theme)));
    const isOfCorrelation = figure.name === "correlation";
    const others = items.flatMap(({ attributes: { fill, stroke } }) =>
      [fill, stroke].filter(
        (colour) =>
          colour !== undefined &&
          ![...colours, "none", "transparent", "#333333", "#fefefe"].includes(colour) &&
          !(isOfCorrelation && /^rgb\((\d+), \1, \1\)$/.test(colour)),
      ),
    );
    assert.deepEqual([...new Set(others)], []);
    assert.ok(items.length > 0);
  });
}

test("a part of a theme is enough, and a wrong one is named in a line", async () => {
  assert.deepEqual(themeOf({ text_pt: 7 }), { ...themeOf(), text_pt: 7 });
  for (const [theme, message] of [
    [{ width_mm: 49 }, "theme: width_mm: allowed is at least 50"],
    [{ height_mm: 401 }, "theme: height_mm: allowed is at most 400"],
    [{ font: "comic" as "sans" }, "theme: font: allowed are sans, serif"],
  ] as const) {
    assert.throws(() => themeOf(theme), { name: "UserError", message });
    const [figure] = sampleFigures();
    assert.ok(figure !== undefined);
    await assert.rejects(figureSvg(figure, theme), { name: "UserError", message });
  }
});

test("on dark paper axes, grid and texts are light", async () => {
  const [figure] = sampleFigures();
  assert.ok(figure !== undefined);
  const items = drawnItems(await figureSvg(figure, { background: "#101820" }));
  const fills = items.filter(({ tag }) => tag === "text").map(({ attributes }) => attributes.fill);
  assert.deepEqual(new Set(fills), new Set(["#e5e5e5"]));
});

test("panels stand side by side on a page and above each other in a column", async () => {
  const law = sampleFigures().find(({ name }) => name === "fitted-law");
  assert.ok(law !== undefined);
  const heights = await Promise.all([85, 174].map(async (width_mm) => sizeOf(await figureSvg(law, { width_mm }))[1]));
  assert.ok((heights[0] ?? 0) > 1.5 * (heights[1] ?? 0), heights.join());
});

test("series beyond ten have a shape of their own for each colour, and all of them a label", async () => {
  const many = memoryFigure({
    trials: Array.from({ length: 33 }, (_, index) => 32 + 8 * index).flatMap((inputSizePx) =>
      Array.from({ length: 12 }, (_, batch) => ({ inputSizePx, miniBatchSize: batch + 1, peakMemoryMib: inputSizePx })),
    ),
    outOfMemory: [],
    limitMib: undefined,
  });
  assert.match(many.title, /by mini-batch size, one line for each input size/);
  const entries = legendEntries(drawnItems(await figureSvg(many)));
  assert.equal(entries.length, 33);
  const items = drawnItems(await figureSvg(many)).filter(({ within }) => within.includes("role-legend-symbol"));
  assert.equal(new Set(items.map(({ attributes }) => `${attributes.fill} ${attributes.d}`)).size, 33);
  assert.equal(SHAPES.length, 10);
});

test("a figure's specification is one of Vega-Lite for its compiler, and for TypeScript's", async () => {
  const [figure] = sampleFigures();
  assert.ok(figure !== undefined);
  const spec: TopLevelSpec = await figureSpec(figure, { width_mm: 120 });
  assert.equal(spec.$schema, "https://vega.github.io/schema/vega-lite/v6.json");
  assert.deepEqual(spec.data, { values: [...figure.data] });
  // @ts-expect-error: Vega-Lite has no such mark
  const wrong: Figure["spec"] = () => ({ mark: "nothing", encoding: {} });
  assert.equal(typeof wrong, "function");
});

test("a mini-batch that ran nowhere has its crosses and no line", async () => {
  const cell = (inputSizePx: number, miniBatchSize: number) => ({ inputSizePx, miniBatchSize });
  const figure = memoryFigure({
    trials: [32, 64].map((size) => ({ ...cell(size, 1), peakMemoryMib: size })),
    outOfMemory: [32, 64].map((size) => cell(size, 8)),
    limitMib: 100,
  });
  // Vega warns of a layer without data, and a warning fails.
  assert.equal(legendEntries(drawnItems(await figureSvg(figure))).length, 2);
});
