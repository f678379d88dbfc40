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
    label: "Group 1: feature 1, before (+1)",
    feature: "group_1/feature_1_kib__before",
    members: "feature_1_0 feature_1_1",
    importance: 0.1,
    low: 0.05,
    high: 0.2,
    rank_low: 1,
    rank_high: 3,
    agreement: "in the top 15 of this forest only",
  });
  const svg = await figureSvg(figure);
  assert.ok(svg.includes('width="658"'));
  const items = drawnItems(svg);
  const names = [
    "1 Group 0: feature 0, before",
    "2 Group 1: feature 1, before (+1)",
    "3 Group 2: feature 2, before (+2)",
  ];
  const [x = "", y = "", note] = scales(items);
  assert.match(
    x,
    /^X-axis titled 'Increase of squared error when shuffled, over the variance of ln W .*' for a symlog scale /,
  );
  assert.match(x, /linear to 0\.002, then logarithmic/);
  assert.equal(y, "Y-axis for a discrete scale with 3 values: 1, 2, 3");
  assert.equal(note, "Title text 'filled: in the top 15 of both forests; hollow: of this one only'");
  const labels = tickLabels(items);
  assert.deepEqual(labels.slice(0, 8), ["0", "0.001", "0.003", "0.01", "0.03", "0.1", "0.3"].concat(labels[7] ?? ""));
  for (const name of names) assert.ok(svg.includes(name), name);
  assert.match(figure.notes.join(" "), /Above 1 a shuffled feature makes them worse than the mean alone/);
  assert.match(
    figure.notes.join(" "),
    /2 says the same as: Feature 1 1\. 3 says the same as: Feature 2 1; Feature 2 2\./,
  );
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
  assert.ok(svg.includes('width="658"'));
  const items = drawnItems(svg);
  assert.deepEqual(scales(items), [
    "Gradient legend titled 'ρ' for fill color with values from −1.0 to 1.0",
    "X-axis titled 'Feature by its rank' for a discrete scale with 3 values: 1, 2, 3",
    "Y-axis for a discrete scale with 3 values: 1, 2, 3",
  ]);
  assert.ok(svg.includes("1 Group 0: feature 0, before"));
  const [blue, orange, white] = ["rgb(0, 114, 178)", "rgb(213, 94, 0)", "rgb(247, 247, 247)"];
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
