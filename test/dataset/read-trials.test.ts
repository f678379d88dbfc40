import assert from "node:assert/strict";
import { test } from "node:test";
import { attemptId, firstAttemptId, lastAttempts } from "../../src/dataset/read-trials.js";
import type { TrialRow } from "../../src/dataset/tables.js";

const row = (trialId: string) => ({ trialId }) as TrialRow;

test("of several attempts at a trial the last one counts, and a trial with one attempt does", () => {
  const rows = ["a-1", "a-2", "a-1-attempt-2", "b-1", "a-1-attempt-3", "a-2-attempt-2"].map(row);
  assert.deepEqual(
    lastAttempts(rows).map(({ trialId }) => trialId),
    ["b-1", "a-1-attempt-3", "a-2-attempt-2"],
  );
});

test("the attempt with the highest number counts, wherever another host's clock has put it", () => {
  const rows = ["a-1-attempt-10", "a-1-attempt-2", "a-1"].map(row);
  assert.deepEqual(
    lastAttempts(rows).map(({ trialId }) => trialId),
    ["a-1-attempt-10"],
  );
});

test("an attempt's id names the trial, and a first attempt's is the trial's own", () => {
  assert.deepEqual([attemptId("cpu-1", 1), attemptId("cpu-1", 12)], ["cpu-1", "cpu-1-attempt-12"]);
  assert.deepEqual([firstAttemptId(row("cpu-1")), firstAttemptId(row("cpu-1-attempt-12"))], ["cpu-1", "cpu-1"]);
});
