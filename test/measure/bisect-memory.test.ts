import assert from "node:assert/strict";
import { test } from "node:test";
import type { TrialRow, TrialStatus } from "../../src/dataset/tables.js";
import { plannedTrials } from "../../src/design/cells.js";
import { designSchema } from "../../src/design/design.js";
import { bisectingTrials } from "../../src/measure/bisect-memory.js";
import { sampleTrial } from "../dataset/sample-dataset.js";

const design = designSchema.parse({
  name: "d",
  input_sizes_px: [64],
  mini_batch_sizes: [8, 16, 32],
  trials: 1,
  devices: [{ threads: 1 }],
});
const planned = plannedTrials(design);

function row(miniBatchSize: number, status: TrialStatus, peakMemoryMib = 500, threads = 1): TrialRow {
  const trialId = `cpu-${threads}t-64px-${miniBatchSize}mb-1`;
  const cell = { inputSizePx: 64, miniBatchSize, threads, concurrent: 1, provider: "cpu" } as const;
  return sampleTrial(trialId, { ...cell, status, peakMemoryMib });
}

function probes(rows: readonly TrialRow[], limitMib?: number): string[] {
  return bisectingTrials(planned, rows, limitMib).map(({ trialId }) => trialId);
}

test("a bracket needs a mini-batch that ran out of memory and a smaller one that ran", () => {
  assert.deepEqual(probes([row(8, "ok"), row(16, "ok"), row(32, "out_of_memory")]), ["cpu-1t-64px-23mb-1"]);
  assert.deepEqual(probes([row(8, "ok"), row(16, "out_of_memory"), row(32, "skipped")]), ["cpu-1t-64px-11mb-1"]);
  assert.deepEqual(probes([row(8, "ok"), row(16, "ok"), row(32, "crashed")]), []);
  assert.deepEqual(probes([row(8, "out_of_memory"), row(16, "skipped")]), []);
  assert.deepEqual(probes([row(8, "out_of_memory"), row(16, "ok")]), [], "what ran above it is void");
  assert.deepEqual(probes([row(8, "ok"), row(16, "out_of_memory", 500, 2)]), [], "another device");
});

test("a probe that came within 3 % of the design's memory is the upper end of the next bracket", () => {
  const of = (peakMib: number) => [row(16, "ok"), row(32, "out_of_memory"), row(23, "ok", peakMib)];
  assert.deepEqual(probes(of(900), 1000), ["cpu-1t-64px-27mb-1"]);
  assert.deepEqual(probes(of(990), 1000), ["cpu-1t-64px-19mb-1"]);
  assert.deepEqual(probes(of(990)), ["cpu-1t-64px-27mb-1"], "of the machine's memory no number is known");
  assert.deepEqual(probes([row(16, "ok"), row(32, "ok", 990)], 1000), [], "nothing ran out");
  const thrice = (peakMib: number) => [1, 2, 3].map((trial) => ({ ...row(16, "ok", peakMib), trialId: `t${trial}` }));
  const sixteen = plannedTrials({ ...design, trials: 3 }).map((trial, index) => ({ ...trial, trialId: `t${index}` }));
  const after = (peakMib: number) => bisectingTrials(sixteen, [...thrice(peakMib), row(32, "out_of_memory")], 1000);
  assert.deepEqual(after(970).length, 1);
  assert.deepEqual(after(980), [], "the edge is known to 3 % of the memory");
});

test("three probes are the most, and one that says nothing is the last", () => {
  const rows = [row(16, "ok"), row(32, "out_of_memory"), row(23, "out_of_memory"), row(19, "out_of_memory")];
  assert.deepEqual(probes(rows), ["cpu-1t-64px-17mb-1"]);
  assert.deepEqual(probes([row(2, "ok"), ...rows.slice(1), row(6, "ok")]), []);
  assert.deepEqual(probes([row(16, "ok"), row(32, "out_of_memory"), row(23, "timeout")]), []);
});
