// What a reader's browser makes of the SVGs: it has none of the project's fonts.
import assert from "node:assert/strict";
import { test } from "node:test";
import { figureSvg } from "../../src/figures/render-figure.js";
import type { Theme } from "../../src/figures/theme.js";
import { inBrowser, WITHOUT_BROWSER } from "./browser.js";
import { sampleFigures } from "./sample-figures.js";

const NEEDED = { skip: WITHOUT_BROWSER };
/** Letters of a browser and of the font's tables differ by rounding, and Vega's boxes of text are whole pixels. */
const TOLERANCE_PX = 1;
/** The box of a line of text has so much room above and below its letters. */
const LEADING_PX = 5;

/** Every text of the figures that is not wholly within its figure, or that stands on another one. */
const CUT = `
  const cut = [];
  const lap = (a, b) =>
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > ${LEADING_PX};
  let texts = 0;
  for (const svg of document.querySelectorAll("svg")) {
    const view = svg.getBoundingClientRect();
    const before = [];
    for (const text of svg.querySelectorAll("text")) {
      if (getComputedStyle(text).opacity === "0" || text.textContent === "") continue;
      texts++;
      const box = text.getBoundingClientRect();
      const over = Math.max(view.left - box.left, view.top - box.top, box.right - view.right, box.bottom - view.bottom);
      for (const other of before) {
        if (lap(box, other.getBoundingClientRect())) cut.push(svg.id + ": " + text.textContent + " on " + other.textContent);
      }
      before.push(text);
      if (over > ${TOLERANCE_PX}) cut.push(svg.id + ": " + text.textContent + " by " + over.toFixed(1) + " px");
    }
  }
  return { cut, texts };
`;

for (const theme of [
  { text_pt: 6 },
  {},
  { text_pt: 12 },
  { text_pt: 12, width_mm: 85, font: "serif" },
  { text_pt: 12, width_mm: 174, height_mm: 60 },
  { text_pt: 6, width_mm: 85 },
] satisfies Partial<Theme>[]) {
  test(`no text is cut or stands on another: ${JSON.stringify(theme)}`, NEEDED, async () => {
    const figures = sampleFigures();
    const svgs = await Promise.all(figures.map((figure) => figureSvg(figure, theme)));
    const page = svgs.map((svg, index) => svg.replace("<svg ", `<svg id="${figures[index]?.name}" `)).join("<br>");
    const { cut, texts } = inBrowser(page, CUT) as { cut: string[]; texts: number };
    assert.deepEqual(cut, []);
    assert.ok(texts > 200, `${texts} texts`);
  });
}

test(
  "a browser without the font shows the letters that the SVG carries, as wide as they were laid out",
  NEEDED,
  async () => {
    const [figure] = sampleFigures();
    assert.ok(figure !== undefined);
    const svg = await figureSvg(figure);
    const script = `
    const widthOf = (text) => text.getBoundingClientRect().width;
    const title = [...document.querySelectorAll("text")].find((text) => text.textContent === "Input size (px)");
    return { width: widthOf(title), loaded: [...document.fonts].map((face) => face.family + " " + face.status) };
  `;
    const own = inBrowser(svg, script) as { width: number; loaded: string[] };
    assert.deepEqual(own.loaded, ["Source Sans 3 loaded"]);
    const without = inBrowser(svg.replace(/@font-face\{[^}]*\}/g, ""), script) as { width: number };
    const { textWidthPx } = await import("../../src/figures/font.js");
    const expected = textWidthPx("sans", "Input size (px)", 12, 400);
    assert.ok(Math.abs(own.width - expected) < 0.5, `${own.width} px, laid out ${expected}`);
    assert.ok(Math.abs(without.width - expected) > 2, `the browser's own font has ${without.width} px`);
  },
);

test("an SVG is no wider than what holds it, and keeps its proportions", NEEDED, async () => {
  const [figure] = sampleFigures();
  assert.ok(figure !== undefined);
  const svg = await figureSvg(figure, { width_mm: 174 });
  const sizes = inBrowser(
    `<div style="width:329px">${svg}</div><div style="width:2000px">${svg}</div>`,
    `return [...document.querySelectorAll("svg")].map((svg) => {
      const { width, height } = svg.getBoundingClientRect();
      return [width, height];
    });`,
  ) as [number, number][];
  const [narrow, wide] = sizes;
  assert.equal(narrow?.[0], 329);
  assert.equal(wide?.[0], 658);
  assert.ok(Math.abs((wide?.[1] ?? 0) / (narrow?.[1] ?? 1) - 2) < 0.01, JSON.stringify(sizes));
});

test("two figures on a page each show all of their letters", NEEDED, async () => {
  const [first, second] = sampleFigures();
  assert.ok(first !== undefined && second !== undefined);
  const alone =
    "return [...document.querySelectorAll('svg')].map((svg) => [...svg.querySelectorAll('text')].map((text) => Math.round(10 * text.getBoundingClientRect().width)));";
  const svgs = [await figureSvg(first), await figureSvg(second)];
  const together = inBrowser(svgs.join(""), alone) as number[][];
  for (const [index, svg] of svgs.entries()) {
    const [widths = []] = inBrowser(svg, alone) as number[][];
    assert.deepEqual(together[index], widths);
  }
});
