import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, test } from "node:test";
import sharp from "sharp";
import { once } from "../../src/core/once.js";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";
import { logTicks } from "../../src/figures/axis-ticks.js";
import type { Figure } from "../../src/figures/figure.js";
import { readTheme } from "../../src/figures/read-theme.js";
import { figureSvg, renderFigure } from "../../src/figures/render-figure.js";
import { sampleFigures } from "./sample-figures.js";

const EXTENSIONS = ["svg", "pdf", "png", "vl.json", "csv"];
const EXPECTED = join(PACKAGE_ROOT, "test", "figures", "expected");
/** 85 mm and 174 mm at 300 dots an inch, cut to whole pixels of the page. */
const COLUMN_WIDTH_PX = 1004;
const PAGE_WIDTH_PX = 2055;
const OF_A_PAGE = ["fitted-law", "importance-explain", "correlation", "comparison", "lack-of-fit", "hosts"];

const folder = mkdtempSync(join(tmpdir(), "batchwise-figures-"));
after(() => rmSync(folder, { recursive: true, force: true }));

for (const figure of sampleFigures()) {
  const drawn = once(() => renderFigure(figure, join(folder, "once")));

  test(`${figure.name}: renders to five files, and twice to the same bytes`, async () => {
    const files = await drawn();
    const twice = await renderFigure(figure, join(folder, "twice"));
    assert.deepEqual(
      files.map((path) => basename(path)),
      EXTENSIONS.map((extension) => `${figure.name}.${extension}`),
    );
    for (const [index, path] of files.entries()) {
      assert.ok(readFileSync(path).equals(readFileSync(twice[index] ?? "")), `${path} differs from its second drawing`);
    }
  });

  // Write the expected files anew with UPDATE_FIGURES=1, and look at them before you commit them.
  test(`${figure.name}: the SVG is as expected, numbers rounded to one decimal`, async () => {
    const [svgFile = ""] = await drawn();
    const expected = join(EXPECTED, `${figure.name}.svg`);
    const svg = `${rounded(readFileSync(svgFile, "utf8"))}\n`;
    if (process.env.UPDATE_FIGURES === "1") writeFileSync(expected, svg);
    assert.equal(svg, readFileSync(expected, "utf8"));
  });

  test(`${figure.name}: the PDF embeds its font and no other`, async () => {
    const [, pdfFile = ""] = await drawn();
    const text = readFileSync(pdfFile, "latin1");
    assert.match(text, /\/FontFile2 /);
    const fonts = [...text.matchAll(/\/BaseFont \/(\S+)/g)].map(([, name = ""]) => name);
    assert.ok(fonts.length > 0);
    for (const font of fonts) assert.match(font, /^[A-Z]{6}\+SourceSans3-/);
  });

  test(`${figure.name}: the PNG has 300 dots an inch and the width of its columns`, async () => {
    const [, , pngFile = ""] = await drawn();
    const { density, width } = await sharp(pngFile).metadata();
    assert.equal(density, 300);
    const expected = OF_A_PAGE.includes(figure.name) ? PAGE_WIDTH_PX : COLUMN_WIDTH_PX;
    assert.ok(Math.abs((width ?? 0) - expected) <= 3, `${figure.name} is ${width} px wide`);
  });
}

test("a theme changes font, size and colours, and a wrong one is named", async () => {
  const [figure] = sampleFigures();
  assert.ok(figure !== undefined);
  const path = join(folder, "theme.json");
  writeFileSync(path, JSON.stringify({ font: "serif", text_pt: 9, colours: ["#112233"] }));
  const [svg = "", pdf = ""] = await renderFigure(figure, join(folder, "themed"), readTheme(path));
  const text = readFileSync(svg, "utf8");
  assert.match(text, /font-family="'Source Serif 4', serif" font-size="12px"/);
  assert.match(text, /stroke="#112233"/);
  assert.match(readFileSync(pdf, "latin1"), /\/BaseFont \/[A-Z]{6}\+SourceSerif4-/);
  writeFileSync(path, JSON.stringify({ font: "comic" }));
  assert.throws(() => readTheme(path), /theme .*: font: allowed are sans, serif/);
});

test("a figure of which Vega warns is refused", async () => {
  const [figure] = sampleFigures();
  assert.ok(figure !== undefined);
  const wrong: Figure = {
    ...figure,
    spec: () => ({ mark: "point", encoding: { theta2: { field: "peak_memory_mib" }, nowhere: { value: 1 } } }) as never,
  };
  await assert.rejects(figureSvg(wrong), /Vega warns/);
  const once: Figure = { ...figure, spec: () => ({ mark: "point", encoding: { nowhere: { value: 1 } } }) as never };
  await assert.rejects(figureSvg(once), /^Error: figure: Vega warns: [^;]+$/);
});

test("PNG text is drawn with the project's fonts and no others, and a PDF has the size of its SVG", async () => {
  const [figure] = sampleFigures();
  assert.ok(figure !== undefined);
  const [svg = "", pdf = ""] = await renderFigure(figure, join(folder, "fonts"));
  const configuration = process.env.FONTCONFIG_FILE ?? "";
  const folders = [...readFileSync(configuration, "utf8").matchAll(/<dir>([^<]+)<\/dir>/g)].map(
    ([, path = ""]) => path,
  );
  assert.deepEqual(
    folders.flatMap((path) => readdirSync(path).filter((name) => name.endsWith(".ttf"))).sort(),
    ["400Regular", "600SemiBold"]
      .flatMap((weight) => [`SourceSans3_${weight}.ttf`, `SourceSerif4_${weight}.ttf`])
      .sort(),
  );
  await renderFigure(figure, join(folder, "fonts"));
  assert.equal(process.env.FONTCONFIG_FILE, configuration, "set once: the library reads it once");
  const [, width, height] = /width="([\d.]+)" height="([\d.]+)"/.exec(readFileSync(svg, "utf8")) ?? [];
  const [, ...box] = /\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/.exec(readFileSync(pdf, "latin1")) ?? [];
  // 96 pixels and 72 points an inch.
  assert.deepEqual(box.map(Number), [0.75 * Number(width), 0.75 * Number(height)]);
});

test("logarithmic axes have ticks from below the smallest value to above the largest", () => {
  assert.deepEqual(logTicks([3, 70]), [2, 5, 10, 20, 50, 100]);
  assert.deepEqual(logTicks([0.9, 20_000]), [0.1, 1, 10, 100, 1000, 10_000, 100_000]);
  assert.deepEqual(logTicks([]), []);
});

function rounded(svg: string): string {
  const readable = svg.replaceAll(/base64,[^)]*/g, "base64,…");
  return readable.replaceAll(/-?\d+\.\d+/g, (number) => String(Math.round(Number(number) * 10) / 10 + 0));
}
