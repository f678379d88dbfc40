import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { once } from "../../../src/core/once.js";
import { memoryFigure } from "../../../src/figures/memory-figure.js";
import { readTheme } from "../../../src/figures/read-theme.js";
import { figureSvg } from "../../../src/figures/render-figure.js";
import { DEFAULT_THEME } from "../../../src/figures/theme.js";
import { diameterPx, drawnItems, type Item, legendEntries, marks, pathPoints } from "./drawing.js";

const folder = mkdtempSync(join(tmpdir(), "batchwise-theme-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Two points of each of ten mini-batch sizes: as many series as there are colours, shapes and dashes. */
const tenSeries = memoryFigure({
  trials: Array.from({ length: 10 }, (_, index) => index + 1).flatMap((miniBatchSize) =>
    [100, 200].map((inputSizePx) => ({ inputSizePx, miniBatchSize, peakMemoryMib: miniBatchSize * inputSizePx })),
  ),
  outOfMemory: [],
  limitMib: undefined,
});
const drawing = once(async () => drawnItems(await figureSvg(tenSeries)));
const of = (role: string, items: readonly Item[]) => items.filter(({ within }) => within.includes(role));
const looks = (items: readonly Item[], ...names: readonly string[]) => [
  ...new Set(items.map(({ attributes }) => names.map((name) => attributes[name] ?? "-").join(" "))),
];

test("text is 11 px in labels and legends and 12 px in titles of axes, in the project's font and in no bold", async () => {
  const drawn = await drawing();
  const font = "'Source Sans 3', sans-serif";
  const names = ["font-family", "font-size", "font-weight"];
  assert.deepEqual(looks(of("role-axis-label", drawn), ...names), [`${font} 11px -`]);
  assert.deepEqual(looks(of("role-axis-title", drawn), ...names), [`${font} 12px 400`]);
  assert.deepEqual(looks(of("role-legend-label", drawn), ...names), [`${font} 11px -`]);
  assert.deepEqual(looks(of("role-legend-title", drawn), ...names), [`${font} 11px 400`]);
});

test("the grid is light, axes and ticks are dark, and the panel has no frame", async () => {
  const drawn = await drawing();
  assert.deepEqual(looks(of("role-axis-grid", drawn), "stroke"), ["#e5e5e5"]);
  assert.deepEqual(looks(of("role-axis-domain", drawn), "stroke"), ["#333333"]);
  assert.deepEqual(looks(of("role-axis-tick", drawn), "stroke"), ["#333333"]);
  assert.ok(!drawn.some(({ attributes }) => attributes.stroke === "#ddd"), "Vega's own frame");
  // Labels at the ends of an axis stand centred below their ticks, not within the panel.
  assert.deepEqual(looks(of("role-axis-label", drawn).slice(0, 2), "text-anchor"), ["middle"]);
});

test("ten series differ in colour, in shape and in dash; the first line is solid", async () => {
  const drawn = await drawing();
  const lines = marks(drawn, "line");
  assert.deepEqual(looks(lines, "stroke-width"), ["1.4"]);
  assert.deepEqual(
    lines.map(({ attributes }) => attributes["stroke-dasharray"]),
    ["1,0", "6,2", "2,2", "6,2,2,2", "8,3", "1,2", "4,1", "3,3", "10,2,2,2", "1,4"],
  );
  // Okabe and Ito's, with a grey for their yellow, which white paper swallows, and Tol's wine and teal.
  const colours = "#0072B2 #D55E00 #009E73 #CC79A7 #E69F00 #56B4E9 #000000 #999999 #882255 #44AA99".split(" ");
  assert.deepEqual(
    lines.map(({ attributes }) => attributes.stroke),
    colours,
  );
  assert.deepEqual(
    legendEntries(drawn),
    colours.map((colour, index) => [String(index + 1), colour]),
  );
  const faint = marks(drawn, "symbol").slice(0, 20);
  assert.deepEqual(
    looks(faint, "fill", "opacity"),
    colours.map((colour) => `${colour} 0.35`),
    "trials",
  );
  const symbols = marks(drawn, "symbol").slice(20);
  assert.deepEqual(
    looks(symbols, "fill", "stroke", "opacity"),
    colours.map((colour) => `${colour} - 1`),
  );
  assert.equal(new Set(symbols.map(({ attributes }) => attributes.d)).size, 10);
  assert.equal(diameterPx(symbols[0]).toFixed(2), Math.sqrt(28).toFixed(2), "in a square of 28 pixels");
  assert.equal(
    diameterPx(of("role-legend-symbol", drawn)[0]).toFixed(2),
    Math.sqrt(50).toFixed(2),
    "in a square of 50 pixels",
  );
  const halfPx = Math.sqrt(28) / 2;
  const [hexagon = [], bar = []] = [symbols[16], symbols[18]].map(pathPoints);
  assert.equal(hexagon.length, 6);
  for (const [x, y] of hexagon) assert.ok(Math.abs(Math.hypot(x, y) / halfPx - 1) < 0.01, "a regular hexagon");
  assert.deepEqual(
    [0, 3].map((corner) => hexagon[corner]?.map((value) => Math.round(value / halfPx) + 0)),
    [
      [0, -1],
      [0, 1],
    ],
    "on its tip",
  );
  assert.deepEqual(
    bar.map((corner) => corner.map((value) => (value / halfPx).toFixed(1))),
    [
      ["-1.0", "-0.4"],
      ["1.0", "-0.4"],
      ["1.0", "0.4"],
      ["-1.0", "0.4"],
    ],
  );
});

test("a theme changes the font, the sizes, the colours and the background, and margins stay", async () => {
  const path = join(folder, "theme.json");
  writeFileSync(
    path,
    JSON.stringify({ font: "serif", text_pt: 9, colours: ["#112233", "#445566"], background: "transparent" }),
  );
  const svg = await figureSvg(tenSeries, readTheme(path));
  const items = drawnItems(svg);
  assert.deepEqual(looks(of("role-axis-label", items), "font-family", "font-size"), ["'Source Serif 4', serif 12px"]);
  assert.deepEqual(looks(of("role-axis-title", items), "font-size"), ["13px"]);
  assert.deepEqual(
    looks(marks(items, "line").slice(0, 4), "stroke"),
    ["#112233", "#445566"],
    "colours come round again",
  );
  const [paper] = await drawing();
  assert.deepEqual([paper?.tag, paper?.attributes.fill], ["rect", "white"]);
  assert.notEqual(items[0]?.attributes.fill, "white");
  assert.ok(svg.startsWith("<svg") && svg.includes('width="321"'));
  assert.equal(DEFAULT_THEME.background, "white");
  writeFileSync(path, JSON.stringify({ background: "#FfeE00" }));
  assert.equal(drawnItems(await figureSvg(tenSeries, readTheme(path)))[0]?.attributes.fill, "#FfeE00");
});

test("a theme with a key or a colour that does not exist is refused", () => {
  const path = join(folder, "wrong.json");
  for (const [theme, reason] of [
    [{ fonts: "serif" }, /fonts/],
    [{ colours: ["#11223"] }, /allowed are colours as #rrggbb/],
    [{ colours: ["x#112233"] }, /allowed are colours as #rrggbb/],
    [{ background: "whiter" }, /allowed are #rrggbb, white, transparent/],
  ] as const) {
    writeFileSync(path, JSON.stringify(theme));
    assert.throws(() => readTheme(path), reason);
  }
});
