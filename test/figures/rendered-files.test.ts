import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { inflateSync } from "node:zlib";
import sharp from "sharp";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";
import { textWidthPx } from "../../src/figures/font.js";
import { inferenceTimeFigure } from "../../src/figures/inference-time-figure.js";
import { memoryFigure } from "../../src/figures/memory-figure.js";
import { renderFigure } from "../../src/figures/render-figure.js";

const folder = mkdtempSync(join(tmpdir(), "batchwise-files-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const point = (inputSizePx: number, miniBatchSize: number) => ({ inputSizePx, miniBatchSize, peakMemoryMib: 100 });
const figure = memoryFigure({
  trials: [point(64, 1), point(128, 1), point(64, 2), point(128, 2)],
  outOfMemory: [],
  limitMib: undefined,
});
const [svg = "", pdf = "", png = "", spec = "", csv = ""] = await renderFigure(figure, join(folder, "a", "b"));
const text = readFileSync(pdf, "latin1");

/** What the pages of a PDF draw. */
function drawnIn(path: string): string {
  const bytes = readFileSync(path);
  return [...bytes.toString("latin1").matchAll(/stream\r?\n/g)]
    .map(({ index, 0: { length } }) => {
      try {
        return inflateSync(bytes.subarray(index + length)).toString("latin1");
      } catch {
        return ""; // an end of a stream, or one that is not compressed
      }
    })
    .join("\n");
}

test("the data are a table with a header, and the specification holds them with what they show", () => {
  assert.equal(
    readFileSync(csv, "utf8"),
    [
      "kind,input_size_px,mini_batch_size,series,peak_memory_mib,trials,low_mib,high_mib",
      ...["median", "trial"].flatMap((kind) =>
        ["64,1,1", "128,1,1", "64,2,2", "128,2,2"].map(
          (cell) => `${kind},${cell},100${kind === "median" ? ",1,100,100" : ",,,"}`,
        ),
      ),
      "",
    ].join("\n"),
  );
  const written = readFileSync(spec, "utf8");
  const { $schema, description, data, config, layer } = JSON.parse(written);
  assert.equal($schema, "https://vega.github.io/schema/vega-lite/v6.json");
  assert.equal(description, "Peak memory by input size, one line for each mini-batch size");
  assert.deepEqual(data.values[3], {
    kind: "median",
    input_size_px: 128,
    mini_batch_size: 2,
    series: 2,
    peak_memory_mib: 100,
    trials: 1,
    low_mib: 100,
    high_mib: 100,
  });
  assert.equal(data.values.length, 8);
  assert.deepEqual([config.background, layer.length], ["white", 4]);
  assert.match(written, /^\{\n {2}"\$schema"/, "for people, too");
  assert.ok(written.endsWith("}\n"));
});

test("a spreadsheet calculates nothing of a figure's data, and its numbers stay numbers", async () => {
  const data = [
    { "=name": "=1+1", change: -5 },
    { "=name": "a\nb", change: 0.5 },
  ];
  const spec = () => ({
    mark: "bar",
    encoding: { x: { field: "change", type: "quantitative" } },
  });
  const files = await renderFigure({ ...figure, name: "formulas", data, spec } as unknown as typeof figure, folder);
  const written = readFileSync(files.at(-1) ?? "", "utf8");
  assert.equal(written, "'=name,change\n'=1+1,-5\na\\nb,0.5\n");
});

test("a PDF says what it shows and no time, solid lines are solid, and headings alone are in semibold", async () => {
  assert.ok(text.includes("(Peak memory by input size, one line for each mini-batch size)"));
  assert.deepEqual(new Set(text.match(/\(D:[^)]*\)/g)), new Set(["(D:19700101000000Z)"]));
  assert.ok(!text.includes("SemiBold"));
  const dashes = [...drawnIn(pdf).matchAll(/\[([\d. ]+)\] 0 d/g)].map(([, dash]) => dash);
  assert.deepEqual(new Set(dashes), new Set(["6 2"]), "the second line alone");
  const panels = inferenceTimeFigure({
    inputSizePx: 64,
    withoutWarmUp: [{ miniBatchSize: 1, trials: 1, medianMs: 2, lowMs: 1, highMs: 3 }],
    withWarmUp: [{ miniBatchSize: 1, trials: 1, medianMs: 4, lowMs: 3, highMs: 5 }],
  });
  const [, withHeadings = ""] = await renderFigure(panels, folder);
  assert.match(readFileSync(withHeadings, "latin1"), /\+SourceSans3-SemiBold/);
});

test("a figure of 321 by 259 pixels is 240.75 by 194.25 points and, with 300 dots an inch, 1003 by 809 dots", async () => {
  assert.match(readFileSync(svg, "utf8"), /width="321" height="259"/);
  assert.match(text, /\/MediaBox \[0 0 240\.75 194\.25\]/);
  // From the upper left corner, three points for four pixels.
  assert.match(drawnIn(pdf), /^1 0 0 -1 0 194\.25 cm\nq\n0\.75 0 0 0\.75 0 0 cm$/m);
  const { width, height, density, format } = await sharp(png).metadata();
  assert.deepEqual([width, height, density, format], [1003, 809, 300, "png"]);
});

test("text is as wide as its font says, semibold from a weight of 600 on", () => {
  // Advance widths of the digits in thousandths of an em, as the fonts' tables have them.
  for (const [font, weight, expected] of [
    ["sans", undefined, 497],
    ["sans", 400, 497],
    ["sans", 599, 497],
    ["sans", 600, 513],
    ["sans", "bold", 513],
    ["sans", "normal", 497],
    ["serif", 400, 529],
    ["serif", 700, 547],
  ] as const) {
    assert.equal(textWidthPx(font, "00", 10, weight), (2 * expected) / 100, `${font} ${weight}`);
  }
});

test("what is written for the fonts is gone when the process ends", () => {
  const temporary = join(folder, "temporary");
  mkdirSync(temporary);
  const module = pathToFileURL(join(PACKAGE_ROOT, "dist", "src", "figures", "font.js"));
  const run = (after: string) => {
    const code = `import { readdirSync, rmSync } from "node:fs";
      import { tmpdir } from "node:os";
      const { registerFont } = await import(${JSON.stringify(module)});
      registerFont(); registerFont();
      console.log(readdirSync(tmpdir()).map((name) => name.slice(0, 18)).join());
      ${after}`;
    const { stdout, status } = spawnSync(process.execPath, ["--input-type=module", "--eval", code], {
      env: { ...process.env, TMPDIR: temporary },
      encoding: "utf8",
    });
    assert.deepEqual([status, stdout], [0, "batchwise-scratch-\n"]);
  };
  run("");
  assert.deepEqual(readdirSync(temporary), []);
  run("rmSync(tmpdir(), { recursive: true })"); // as what cleans up temporary folders may do
});
