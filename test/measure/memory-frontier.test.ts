import assert from "node:assert/strict";
import { test } from "node:test";
import type { TrialStatus } from "../../src/dataset/tables.js";
import { MemoryFrontier } from "../../src/measure/memory-frontier.js";
import { sampleTrial } from "../dataset/sample-dataset.js";

function trial(inputSizePx: number, miniBatchSize: number, status: TrialStatus, threads = 1) {
  return sampleTrial("t", { inputSizePx, miniBatchSize, status, threads });
}

function reason(frontier: MemoryFrontier, inputSizePx: number, miniBatchSize: number, threads = 1, concurrent = 1) {
  const device = { provider: "cpu", threads, concurrent } as const;
  return frontier.reasonToSkip({ trialId: "t", trial: 1, cell: { inputSizePx, miniBatchSize, device } });
}

test("mini-batches above the smallest that ran out of memory are skipped with the reason, and no others", () => {
  const frontier = new MemoryFrontier([
    trial(64, 32, "out_of_memory"),
    trial(64, 16, "out_of_memory"),
    trial(64, 64, "skipped"),
    trial(64, 4, "timeout"),
    trial(64, 2, "crashed"),
    trial(64, 1, "ok"),
  ]);
  assert.equal(reason(frontier, 64, 17), "mini-batch size 16 ran out of memory at 64 px already");
  assert.equal(reason(frontier, 64, 32), "mini-batch size 16 ran out of memory at 64 px already");
  assert.equal(reason(frontier, 64, 16), undefined, "that one is tried again in its other trials");
  for (const smaller of [1, 2, 4, 8]) assert.equal(reason(frontier, 64, smaller), undefined);
});

test("what ran out of memory at one size and device configuration says nothing of another", () => {
  const frontier = new MemoryFrontier([]);
  assert.equal(reason(frontier, 64, 64), undefined);
  frontier.add(trial(64, 8, "out_of_memory"));
  assert.ok(reason(frontier, 64, 9));
  assert.equal(reason(frontier, 128, 9), undefined);
  assert.equal(reason(frontier, 64, 9, 2), undefined);
  assert.equal(reason(frontier, 64, 9, 1, 2), undefined);
});
