import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";
import { captionOf } from "../../src/figures/caption.js";
import { captionLatex, captionMarkdown } from "../../src/figures/captions.js";
import type { Figure } from "../../src/figures/figure.js";
import { FIGURES } from "../../src/figures/figure-registry.js";
import { figuresOfDataset } from "../../src/figures/figures-of-dataset.js";
import { writeFigures } from "../../src/figures/write-figures.js";
import { sampleFigures } from "./sample-figures.js";

const folder = mkdtempSync(join(tmpdir(), "batchwise-captions-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const REFERENCE = join(PACKAGE_ROOT, "data", "reference-cpu");
const figures = sampleFigures();
const named = (name: string): Figure => {
  const figure = figures.find((each) => each.name === name);
  assert.ok(figure !== undefined, name);
  return { ...figure, source: "Dataset sample: 90 trials that ended well." };
};

test("a caption says what is shown, what marks, bars and bands mean, and what it was drawn from", () => {
  assert.equal(
    captionOf(named("inference-time")),
    "Inference time by mini-batch size at 224 px, without and with warm-up. Points are medians over 3 trials of each " +
      "mini-batch size, bars run from the lowest to the highest of them. A trial is a fresh process: of its steady " +
      "inferences the median counts. The panels have axes of their own. Dataset sample: 90 trials that ended well.",
  );
  for (const [name, meaning] of [
    ["memory", /faint points are the trials.*limit of 1,500 MiB.*Crosses above are cells of which a trial ran out/],
    ["fitted-law", /band holds 95 % of new processes.*L = 5\.4 \+ 11\.3 b \(ms\)/],
    ["largest-mini-batch", /Bars go up to.*Open triangles are at least/],
    ["lack-of-fit", /bars 95 % intervals/],
    ["hosts", /Bars are 95 % intervals.*a host is apart where one leaves out 1/],
    ["importance-explain", /Above 1 a shuffled feature.*Bars are 95 % bootstrap intervals over 100 trees/],
    ["mini-batch-by-deadline", /The band is the error of the times, 5 %/],
    ["comparison", /bars 95 % intervals.*band is the margin of ±5 %/],
    ["calibration", /Bars are 90 % prediction intervals/],
  ] as const) {
    assert.match(captionOf(named(name)), meaning);
  }
});

test("every caption is of whole sentences, and in LaTeX of letters that it knows", () => {
  for (const figure of figures) {
    for (const sentence of [`${figure.title}.`, ...figure.notes]) assert.match(sentence, /^[A-Z\d(].*\.$/, figure.name);
    const latex = captionLatex(figure);
    assert.equal(Buffer.byteLength(latex), latex.length, figure.name);
    assert.ok(!latex.includes("?"), `${figure.name}: ${latex}`);
  }
});

test("LaTeX's figure has the width of the theme, and stands across two columns where it is wider than one", () => {
  assert.match(
    captionLatex(named("memory")),
    /^% figure memory\n\\begin\{figure\}\n {2}\\centering\n {2}\\includegraphics\[width=85mm\]\{memory\}\n {2}\\caption\{Peak/,
  );
  assert.match(captionLatex(named("memory")), /\\label\{fig:memory\}\n\\end\{figure\}\n$/);
  assert.match(captionLatex(named("fitted-law")), /\\begin\{figure\*\}.*width=174mm.*\\end\{figure\*\}\n$/s);
  assert.match(captionLatex(named("fitted-law"), { width_mm: 90 }), /\\begin\{figure\}.*width=90mm/s);
});

test("captions stand beside the figures, and those of other figures stay as long as their pictures do", async () => {
  const files = await writeFigures([named("memory"), named("plan-gantt")], folder);
  assert.deepEqual(files.slice(-2), [join(folder, "captions.md"), join(folder, "captions.tex")]);
  const read = (name: string) => readFileSync(join(folder, name), "utf8");
  const both = `${captionMarkdown(named("memory"))}\n${captionMarkdown(named("plan-gantt"))}`;
  assert.equal(read("captions.md"), both);
  const other = { ...named("memory"), title: "Another title" };
  await writeFigures([other, named("calibration")], folder);
  assert.equal(
    read("captions.md"),
    [other, named("plan-gantt"), named("calibration")].map((figure) => captionMarkdown(figure)).join("\n"),
  );
  assert.deepEqual(
    [...read("captions.tex").matchAll(/^% figure (\S+)$/gm)].map(([, name]) => name),
    ["memory", "plan-gantt", "calibration"],
  );
  rmSync(join(folder, "plan-gantt.svg"));
  await writeFigures([named("calibration")], folder);
  assert.ok(!read("captions.md").includes("plan-gantt"));
  assert.ok(existsSync(join(folder, "memory.pdf")));
});

test("the figures of the reference dataset say which dataset, device and trials they are of", async () => {
  const { figures: drawn } = await figuresOfDataset(REFERENCE, {
    only: ["memory", "inference-time", "fitted-law"],
    inputSizePx: 160,
    quantity: "warmup",
  });
  for (const figure of drawn) {
    assert.ok(
      captionOf(figure).endsWith(
        "Dataset reference-cpu: efficientnet-b0 on cpu-2t, 265 of 315 trials that ended well.",
      ),
      captionOf(figure),
    );
  }
  assert.match(captionOf(drawn[1] as Figure), /at 160 px.*5 trials/);
  assert.match(captionOf(drawn[2] as Figure), /^Warm-up at 160 px .* W = .* b \(ms\)/);
  assert.ok(Object.keys(FIGURES.dataset).includes("memory"));
});

test("a device, a size or a quantity that is not there is named with those that are", async () => {
  const only = ["memory"] as const;
  const of = (options: object) => figuresOfDataset(REFERENCE, { only, ...options });
  await assert.rejects(of({ device: "cpu-9t" }), {
    name: "UserError",
    message: `device cpu-9t: not in ${REFERENCE}, allowed are cpu-2t`,
  });
  await assert.rejects(of({ inputSizePx: 100 }), {
    name: "UserError",
    message: "input size 100: no trial of it ended well, allowed are 32, 64, 96, 128, 160, 224, 320, 384, 512",
  });
  await assert.rejects(of({ quantity: "energy" }), {
    name: "UserError",
    message: "quantity energy: allowed are latency, warmup, memory",
  });
});
