import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";
import { fontSubset, withEmbeddedFont } from "../../src/figures/embedded-font.js";
import { FONTS } from "../../src/figures/font.js";
import { figureSvg } from "../../src/figures/render-figure.js";
import { sampleFigures } from "./sample-figures.js";

/** The reader of fonts that pdfkit brings. */
interface Font {
  hasGlyphForCodePoint(codePoint: number): boolean;
  readonly numGlyphs: number;
  layout(text: string): { readonly advanceWidth: number };
}
const require = createRequire(import.meta.url);
const fontkit: { create(bytes: Buffer): Font } = createRequire(require.resolve("pdfkit"))("fontkit");
const has = (font: Font, text: string) =>
  [...text].every((letter) => font.hasGlyphForCodePoint(letter.codePointAt(0) ?? 0));

test("a subset has the letters that are asked for and no others, as wide and as close together as the whole font", () => {
  const text = "Peak AVA To (MiB) ≥ ρ";
  const subset = fontkit.create(fontSubset(FONTS.sans.regular, text));
  assert.ok(has(subset, text));
  assert.ok(!has(subset, "Z"));
  // One more for what is missing, and the parts that letters are made of.
  assert.ok(subset.numGlyphs <= new Set(text).size + 6, `${subset.numGlyphs} glyphs`);
  const whole = fontkit.create(require("node:fs").readFileSync(FONTS.sans.regular));
  assert.equal(subset.layout(text).advanceWidth, whole.layout(text).advanceWidth, "with its kerning");
  assert.throws(() => fontSubset(join(PACKAGE_ROOT, "package.json"), "a"), /HarfBuzz makes no subset/);
});

test("an SVG carries a font for each weight that it uses, with the letters of that weight", () => {
  const svg = `<svg xmlns="x" width="10" height="10" viewBox="0 0 10 10"><text font-weight="600">Ab</text><text><tspan>c&lt;</tspan></text></svg>`;
  const [regular = "", semibold = ""] = withEmbeddedFont(svg, "serif").match(/@font-face\{[^}]*\}/g) ?? [];
  for (const [face, weight, range, letters] of [
    [regular, 400, "U+3c,U+63", "c<"],
    [semibold, 600, "U+41,U+62", "Ab"],
  ] as const) {
    assert.ok(face.startsWith(`@font-face{font-family:'Source Serif 4';font-weight:${weight};`), face.slice(0, 80));
    assert.ok(face.endsWith(`unicode-range:${range}}`), face.slice(-40));
    const [, data = ""] = /base64,([^)]*)\)/.exec(face) ?? [];
    assert.ok(has(fontkit.create(Buffer.from(data, "base64")), letters));
  }
});

test("a figure's SVG keeps its view, scales to what holds it, and is small", async () => {
  for (const figure of sampleFigures()) {
    const svg = await figureSvg(figure);
    assert.match(
      svg,
      /^<svg style="max-width:100%;height:auto" [^>]*width="(\d+)" height="(\d+)" viewBox="0 0 \1 \2"><style>/,
    );
    const [style = ""] = /<style>.*?<\/style>/s.exec(svg) ?? [];
    assert.ok(style.length < 40_000, `${figure.name}: ${style.length} characters of fonts`);
    assert.equal(style.match(/font-weight:600/g)?.length ?? 0, svg.includes('font-weight="600"') ? 1 : 0, figure.name);
  }
});
