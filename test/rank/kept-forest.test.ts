import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { seededRandom } from "../../src/core/seeded-random.js";
import type { ForestData } from "../../src/rank/bagged-tree.js";
import { growForest } from "../../src/rank/grow-forest.js";
import { KEPT_FORESTS, keptForest, keptSecondForest } from "../../src/rank/kept-forest.js";
import { rankDataset } from "../../src/rank/rank-dataset.js";
import { rankResidual } from "../../src/rank/rank-residual.js";
import { secondForest } from "../../src/rank/second-forest.js";
import { writeRankedDataset } from "./ranked-dataset.js";

const scratch = mkdtempSync(join(tmpdir(), "batchwise-kept-"));
after(() => rmSync(scratch, { recursive: true, force: true }));

const random = seededRandom(7);
const clusters = Array.from({ length: 24 }, (_, row) => row % 8);
const rows = clusters.map(() => [random.normal(), random.normal(), random.normal()]);
const DATA: ForestData = { rows, clusters, target: rows.map(([first = 0, second = 0]) => 3 * first + second) };
const OPTIONS = { trees: 4, seed: 1 };

/** How many trees are grown to answer. */
async function grownFor(folder: string, data: ForestData, options: typeof OPTIONS & { maxFeatures?: number }) {
  let grown = 0;
  const evidence = await keptForest(folder, data, { ...options, onProgress: () => grown++ });
  return { grown, evidence };
}

test("a forest is grown once for the same data and options, and then is the same to the last digit", async () => {
  const folder = join(scratch, "once");
  const first = await grownFor(folder, DATA, OPTIONS);
  const again = await grownFor(folder, DATA, OPTIONS);
  assert.deepEqual([first.grown, again.grown], [4, 0]);
  assert.deepEqual(again.evidence, await growForest(DATA, OPTIONS));
  const others = [
    grownFor(folder, { ...DATA, target: DATA.target.map((value) => value + 1) }, OPTIONS),
    grownFor(folder, DATA, { ...OPTIONS, seed: 2 }),
    grownFor(folder, DATA, { ...OPTIONS, maxFeatures: 1 }),
  ];
  assert.deepEqual(
    (await Promise.all(others)).map(({ grown }) => grown),
    [4, 4, 4],
    "other data or options",
  );
});

test("a kept forest that was cut short or damaged is grown again, and where nothing can be kept it is grown", async () => {
  const folder = join(scratch, "damaged");
  await grownFor(folder, DATA, OPTIONS);
  const [name = ""] = readdirSync(join(folder, KEPT_FORESTS));
  truncateSync(join(folder, KEPT_FORESTS, name), 40);
  assert.equal((await grownFor(folder, DATA, OPTIONS)).grown, 4);
  assert.equal((await grownFor(folder, DATA, OPTIONS)).grown, 0);
  const file = join(scratch, "a file");
  writeFileSync(file, "");
  chmodSync(file, 0o400);
  assert.equal((await grownFor(file, DATA, OPTIONS)).grown, 4);
  assert.equal((await grownFor(file, DATA, OPTIONS)).grown, 4);
});

test("what the second forest says is kept, too", async () => {
  const folder = join(scratch, "second");
  const [made, again] = [await keptSecondForest(folder, DATA), await keptSecondForest(folder, DATA)];
  assert.deepEqual(made, await secondForest(DATA));
  assert.deepEqual(again, made);
  assert.equal(readdirSync(join(folder, KEPT_FORESTS)).length, 1);
});

test("the three questions keep their forests in the dataset's folder, and maxFeatures is the forest's own", async () => {
  const folder = join(scratch, "ranked");
  await writeRankedDataset(folder);
  let grown = 0;
  const options = { trees: 6, onProgress: () => grown++ };
  const first = await rankDataset(folder, { question: "predict", ...options });
  await rankResidual(folder, options);
  assert.equal(grown, 12);
  assert.deepEqual((await rankDataset(folder, { question: "predict", ...options })).ranking, first.ranking);
  await rankResidual(folder, options);
  assert.equal(grown, 12);
  const all = await rankDataset(folder, { question: "explain", ...options });
  const few = await rankDataset(folder, { question: "explain", ...options, maxFeatures: 1 });
  const groups = all.matrix.groups.length;
  assert.notDeepEqual(few.ranking, all.ranking);
  const share = await rankDataset(folder, { question: "explain", ...options, maxFeatures: 1.5 / groups });
  assert.deepEqual(share.ranking, few.ranking, "that share of the features is one");
  for (const maxFeatures of [0, -1, 1.5, groups + 1, Number.NaN]) {
    await assert.rejects(rankDataset(folder, { question: "explain", ...options, maxFeatures }), {
      name: "UserError",
      message: `maxFeatures ${maxFeatures}: allowed are 1 to ${groups}, or a share between 0 and 1`,
    });
  }
});
