import assert from "node:assert/strict";
import { test } from "node:test";
import { correlationFigure } from "../../../src/figures/correlation-figure.js";
import { importanceFigure } from "../../../src/figures/importance-figure.js";
import { figureSvg } from "../../../src/figures/render-figure.js";
import { sampleRanking } from "../sample-ranking.js";
import { drawnItems, layers, legendEntries, marks, scales, tickLabels } from "./drawing.js";

/** The first three features of the sample, with importances by hand and the second one unknown to the second forest. */
function threeFeatures() {
  const sample = sampleRanking();
  const importances = [0.3, 0.1, 0.003];
  const features = sample.ranking.features.slice(0, 3).map((feature, index) => {
    const importance = importances[index] ?? 0;
    const interval = { low: importance / 2, high: importance * 2 };
    return { ...feature, importance, interval, rankInterval: { low: 1, high: index + 2 } };
  });
  return {
    ...sample,
    ranking: { ...sample.ranking, features },
    agreement: { ...sample.agreement, onlyFirst: [features[1]?.group.name ?? ""] },
  };
}

test("importances are drawn as bars under marks from the first feature down, hollow where only one forest has it", async () => {
  const figure = importanceFigure(threeFeatures());
  assert.deepEqual(
    [figure.name, figure.title],
    ["importance-explain", "The 3 features that matter most for warm-up time, of all that were recorded"],
  );
  assert.deepEqual(figure.data[1], {
    rank: 2,
    feature: "group_1/feature_1_kib__before (+1)",
    members: "feature_1_0 feature_1_1",
    importance: 0.1,
    low: 0.05,
    high: 0.2,
    rank_low: 1,
    rank_high: 3,
    agreement: "in the top 15 of this forest only",
  });
  const svg = await figureSvg(figure);
  assert.ok(svg.includes('width="658" height="108"'), "16 pixels a feature, and 60");
  const items = drawnItems(svg);
  const names = [
    "group_0/feature_0_kib__before",
    "group_1/feature_1_kib__before (+1)",
    "group_2/feature_2_kib__before (+2)",
  ];
  const [x = "", ...others] = scales(items);
  assert.match(x, /^X-axis titled 'Permutation importance \(share of the variance of ln W\)' for a symlog scale /);
  assert.match(x, / with values from 0 to 0\.6$/);
  assert.deepEqual(others, [
    `Y-axis for a discrete scale with 3 values: ${names.join(", ")}`,
    "Symbol legend for fill color with 2 values: in the top 15 of both forests, in the top 15 of this forest only",
  ]);
  assert.deepEqual(tickLabels(items), ["0", "0.003", "0.01", "0.03", "0.1", "0.3", ...names]);
  assert.deepEqual(legendEntries(items), [
    ["in the top 15 of both forests", "#0072B2"],
    ["in the top 15 of this forest only", "white"],
  ]);
  const symbols = marks(items, "symbol").map(({ attributes }) => attributes);
  assert.deepEqual(
    symbols.map((symbol) => [symbol.fill, symbol.stroke, symbol["stroke-width"]]),
    ["#0072B2", "white", "#0072B2"].map((fill) => [fill, "#0072B2", "1.4"]),
  );
  assert.deepEqual(layers(items), ["3 rule", "3 symbol"]);
  const ys = marks(items, "symbol").map(({ y }) => y);
  assert.deepEqual(
    [...ys].sort((a, b) => a - b),
    ys,
    "downwards",
  );
  assert.deepEqual(
    marks(items, "rule").map(({ y, attributes }) => [y, attributes["stroke-width"]]),
    ys.map((y) => [y, "1.2"]),
  );
  const grids = items.filter(({ within }) => within.includes("role-axis-grid"));
  assert.ok(
    grids.every(({ attributes }) => attributes.x2 === "0"),
    "no grid along the features",
  );
  const [legend, panel] = [
    items.findLast(({ within }) => within.includes("role-legend-label")),
    items.find(({ text }) => text.startsWith("Permutation")),
  ];
  assert.ok((legend?.y ?? 0) > (panel?.y ?? Infinity), "the legend stands below the axis");
});

test("correlations are drawn as a table of features by rank, from orange over near white to blue", async () => {
  const ranking = threeFeatures();
  // Of four trials, by hand: the second feature falls as the first rises, the third has nothing to do with either.
  const rows = [
    [1, -2, 1],
    [2, -4, -1],
    [3, -6, -1],
    [4, -8, 1],
  ];
  const figure = correlationFigure({ ...ranking, matrix: { ...ranking.matrix, rows } });
  assert.deepEqual(
    [figure.name, figure.title],
    ["correlation", "Correlation of the features that matter most for warm-up time"],
  );
  assert.deepEqual(
    figure.data.map((row) => [row.row, row.column, Math.round(1e9 * Number(row.correlation)) / 1e9 + 0]),
    [1, 2, 3].flatMap((row) =>
      [1, 2, 3].map((column) => [row, column, row === column ? 1 : row + column === 3 ? -1 : 0]),
    ),
  );
  const svg = await figureSvg(figure);
  assert.ok(svg.includes('width="658" height="107"'), "19 pixels a feature, and 50");
  const items = drawnItems(svg);
  assert.deepEqual(scales(items), [
    "Gradient legend titled 'ρ' for fill color with values from −1.0 to 1.0",
    "X-axis titled 'Feature by its rank' for a discrete scale with 3 values: 1, 2, 3",
    "Y-axis for a discrete scale with 3 values: 1  group_0/feature_0_kib__before, " +
      "2  group_1/feature_1_kib__before (+1), 3  group_2/feature_2_kib__before (+2)",
  ]);
  const [blue, orange, white] = ["rgb(8, 81, 156)", "rgb(179, 88, 6)", "rgb(247, 247, 247)"];
  assert.deepEqual(
    marks(items).map(({ attributes }) => attributes.fill),
    [blue, orange, white, orange, blue, white, white, white, blue],
  );
  assert.deepEqual(
    new Set(marks(items).map(({ attributes }) => `${attributes.stroke} ${attributes["stroke-width"]}`)),
    new Set(["white 1"]),
  );
  assert.deepEqual(
    legendEntries(items).map(([label]) => label),
    ["−1.0", "−0.5", "0.0", "0.5", "1.0"],
  );
  assert.equal(items.filter(({ within }) => within.includes("role-axis-grid")).length, 0);
});
