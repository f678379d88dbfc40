import assert from "node:assert/strict";
import { test } from "node:test";
import { trialTimes } from "../../src/fit/trial-times.js";

function inferencesOf(trialId: string, latenciesMs: readonly number[], from = 0) {
  return latenciesMs.map((latencyMs, index) => ({ trialId, iteration: from + index, latencyMs }));
}

test("a trial's times are its first inference, the longest of the others, and the mean from the third on", () => {
  const [fast, slow] = [inferencesOf("fast", [0.5, 0.25, 0.125]), inferencesOf("slow", [90, 20, 40, 60])];
  const mixed = slow.flatMap((inference, index) => [inference, ...fast.slice(index, index + 1)]);
  const times = trialTimes(mixed);
  const told = (id: string) => [times.get(id)?.warmupMs, times.get(id)?.latencyMs, times.get(id)?.meanMs];
  assert.deepEqual([...times.keys()], ["slow", "fast"]);
  assert.deepEqual(told("fast"), [0.5, 0.25, 0.125]);
  assert.deepEqual(told("slow"), [90, 60, 50]);
});

test("a second inference that is slow is part of the beginning, one that is not takes nothing from it", () => {
  const times = trialTimes([...inferencesOf("slow", [90, 40, 10, 20]), ...inferencesOf("quick", [90, 5, 10, 20])]);
  assert.deepEqual([times.get("slow")?.excessMs, times.get("slow")?.meanMs], [25, 15]);
  assert.deepEqual([times.get("quick")?.excessMs, times.get("quick")?.meanMs], [0, 15]);
  // In a process of n inferences they add up to what all of them take.
  const { warmupMs = 0, excessMs = 0, meanMs = 0 } = times.get("slow") ?? {};
  assert.equal(warmupMs + excessMs + 3 * meanMs, 90 + 40 + 10 + 20);
});

test("where the first inference is not recorded, the first one that is is no second", () => {
  const later = trialTimes(inferencesOf("later", [40, 10, 10], 1)).get("later");
  assert.deepEqual([later?.meanMs, later?.excessMs], [20, 0]);
  const two = trialTimes(inferencesOf("two", [90, 40])).get("two");
  assert.deepEqual([two?.meanMs, two?.excessMs], [40, 0]);
});

test("a trial that ended after its first inference has no mean, and one whose first is missing no warm-up", () => {
  const times = trialTimes([...inferencesOf("first", [7]), ...inferencesOf("later", [3], 1)]);
  const told = (id: string) => ({ ...times.get(id), meanMs: times.get(id)?.meanMs });
  assert.deepEqual([told("first").warmupMs, told("first").latencyMs, told("first").meanMs], [7, 0, undefined]);
  assert.deepEqual([told("later").warmupMs, told("later").meanMs], [0, 3]);
});

test("a mean keeps what a plain sum would lose beside large values", () => {
  // One after the other the ones are lost beside 1e16: a plain sum of the four is 0.
  const rows = inferencesOf("a", [9, 1, 1, 1e16, 1, -1e16]);
  assert.equal(trialTimes(rows).get("a")?.meanMs, 0.5);
});
