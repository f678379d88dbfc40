import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";
import { captionOf } from "../../src/figures/caption.js";
import { FIGURE_NAMES, FIGURES } from "../../src/figures/figure-registry.js";
import { figuresPage, pageFigures } from "../../tools/figures-page.js";

const page = readFileSync(join(PACKAGE_ROOT, "docs", "figures.md"), "utf8");
/** Rankings take a minute each. */
const OF_RANKING = ["importance-explain", "importance-predict", "correlation", "warmup-prediction"];

test("docs/figures.md has every figure with its picture and its caption; npm run figures-page writes it", async () => {
  const names = [FIGURES.dataset, FIGURES.plan, FIGURES.comparison, FIGURES.executions].flatMap(Object.keys);
  const sections = [...page.matchAll(/^## (\S+)\n\n!\[[^\]]+\]\((figures\/\S+\.png)\)\n\n(.+)\n/gm)];
  assert.deepEqual(
    sections.map(([, name]) => name),
    names,
  );
  for (const [, name, picture = "", caption = ""] of sections) {
    assert.ok(existsSync(join(PACKAGE_ROOT, "docs", picture)), picture);
    assert.ok(caption.length > 100, `${name}: ${caption}`);
  }
  const drawn = await pageFigures(FIGURE_NAMES.filter((name) => !OF_RANKING.includes(name)));
  for (const figure of drawn)
    assert.ok(page.includes(`\n${captionOf(figure)}\n`), `${figure.name}: npm run figures-page`);
  const [before = "", after = ""] = figuresPage([]).split("\n\n\n");
  assert.ok(page.startsWith(before) && page.endsWith(after), "what stands around the figures");
});
