import assert from "node:assert/strict";
import { mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { judgeClaims } from "../../src/claims/judge-claims.js";
import { figuresOfDataset } from "../../src/figures/figures-of-dataset.js";
import { fitDataset } from "../../src/fit/fit-dataset.js";
import { analyseDataset } from "../../src/rank/dataset-analysis.js";
import { rankedTrials, writeRankedDataset } from "./ranked-dataset.js";

const root = mkdtempSync(join(tmpdir(), "batchwise-analysis-"));
after(() => rmSync(root, { recursive: true, force: true }));
const folder = join(root, "ranked");
await writeRankedDataset(folder);
const claims = [
  { name: "a", finding: "f", conditions: [{ statistic: "four_parameter_error" as const, at_most: 0.2 }] },
];

test("figures and claims of one analysis grow a forest once and read each table once", async () => {
  let trees = 0;
  const analysis = analyseDataset(folder, { onProgress: () => trees++ });
  const { fit, figures } = await figuresOfDataset(analysis, {
    only: ["importance-predict", "warmup-prediction"],
  });
  assert.equal(figures.length, 2);
  assert.equal(trees, 100);
  const away = join(root, "away");
  renameSync(folder, away);
  try {
    const [judged] = await judgeClaims(analysis, { claims });
    assert.equal(judged?.verdict, "reproduced");
    assert.equal(trees, 100, "the claims ask for the same ranking");
    assert.equal(fit, analysis.fits()[0]);
  } finally {
    renameSync(away, folder);
  }
  assert.deepEqual(
    analysis.fits().map(({ latency }) => latency.observations),
    fitDataset(folder).map(({ latency }) => latency.observations),
  );
});

test("another analysis of a folder shows what was measured meanwhile", async () => {
  const grown = join(root, "grown");
  await writeRankedDataset(grown, rankedTrials().slice(0, 20));
  const before = analyseDataset(grown);
  assert.equal(before.trials().length, 21);
  rmSync(grown, { recursive: true });
  await writeRankedDataset(grown);
  assert.deepEqual([before.trials().length, analyseDataset(grown).trials().length], [21, 25]);
});
