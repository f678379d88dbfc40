import assert from "node:assert/strict";
import { test } from "node:test";
import { designSchema } from "../../src/design/design.js";
import { estimateSweepMs, estimateTrialMs } from "../../src/design/estimate.js";
import { shareOf } from "../../src/design/share.js";
import { shardTimeLimitMin } from "../../src/submit/shard-time-limit.js";

const base = {
  ...{ name: "a", input_sizes_px: [64, 224, 448], mini_batch_sizes: [1, 2, 4, 8, 16, 32], trials: 5 },
  ...{ devices: [{ threads: 1 }, { threads: 4 }] },
};

test("every shard's own trials are estimated at a third of the limit at most, however many shards", () => {
  const design = designSchema.parse(base);
  for (const of of [1, 2, 7, 40, 180]) {
    for (let index = 1; index <= of; index++) {
      const { planned } = shareOf(design, { index, of });
      const ownMs = planned.reduce((sum, { cell }) => sum + estimateTrialMs(design, cell), 0);
      assert.ok(3 * ownMs <= 60_000 * (shardTimeLimitMin(design, of) - 10), `shard ${index}/${of}`);
    }
  }
});

test("trials that may be added count", () => {
  const design = designSchema.parse({ ...base, max_trials: 20 });
  const mostMs = estimateSweepMs({ ...design, trials: 20 });
  assert.ok(shardTimeLimitMin(design, 1) - 10 >= (3 * mostMs) / 60_000);
});
