import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { mergeDatasets } from "../../src/dataset/merging/merge-datasets.js";
import { readPart } from "../../src/dataset/part-file.js";
import { trialsTable } from "../../src/dataset/tables.js";
import { designSchema } from "../../src/design/design.js";
import { runSweep } from "../../src/measure/sweep.js";
import { playing, UP_TO_TWO, WELL } from "./played-trial.js";
import { writeSmallModel } from "./small-model.js";

const folder = mkdtempSync(join(tmpdir(), "batchwise-shard-sweep-"));
after(() => rmSync(folder, { recursive: true }));
const model = join(folder, "mean.onnx");
writeSmallModel(model, {
  shape: ["N", 3, "H", "W"],
  nodes: [{ opType: "ReduceMean", input: ["images"], output: "mean", attributes: { axes: [2, 3], keepdims: 0 } }],
});

/** Both shards of a design, as played trials go, merged; the trials of each. */
async function bothShards(name: string, script: string, more: object) {
  const design = designSchema.parse({
    ...{ name, model, input_sizes_px: [32], trials: 2, devices: [{ threads: 1 }], pulse: false, ...more },
  });
  const out = join(folder, name);
  for (const index of [1, 2]) {
    await playing({ "trial-process.js": script }, () => runSweep({ design, folder: out, shard: { index, of: 2 } }));
  }
  const { complete } = await mergeDatasets([out], join(folder, `${name}-merged`));
  assert.equal(complete, true);
  return [1, 2].map((part) => readPart(out, trialsTable, part).map((row) => row.trialId.replace("cpu-1t-32px-", "")));
}

test("the largest mini-batch is searched by the one shard that has the first trials of the line", async () => {
  const more = { mini_batch_sizes: [1, 2, 4, 8], anchors: [] };
  const [first = [], second = []] = await bothShards("searched", UP_TO_TWO, more);
  // Between 2, which ran, and 4, which ran out, is 3, which runs out, too.
  assert.deepEqual(first.toSorted(), ["1mb-1", "2mb-1", "3mb-1", "4mb-1", "8mb-1"]);
  assert.deepEqual(second.toSorted(), ["1mb-2", "2mb-2", "4mb-2", "8mb-2"]);
});

test("a cell gets further processes from one shard, and the anchors do not count among them", async () => {
  const anchors = [{ input_size_px: 32, mini_batch_size: 1 }];
  const shards = await bothShards("repeated", `${WELL}; process.exit(0)`, {
    ...{ mini_batch_sizes: [1, 2], max_trials: 4, anchors },
  });
  const ofAnchors = ["1mb-5", "1mb-6", "1mb-7", "1mb-8"];
  const expected = [1, 2].flatMap((size) => [1, 2, 3, 4].map((trial) => `${size}mb-${trial}`));
  assert.deepEqual(shards.flat().toSorted(), [...expected, ...ofAnchors].toSorted());
  for (const size of [1, 2]) {
    const repeating = shards.filter((ids) => ids.includes(`${size}mb-4`));
    assert.ok(repeating.length === 1 && repeating[0]?.includes(`${size}mb-3`) && repeating[0].includes(`${size}mb-2`));
  }
});
