import assert from "node:assert/strict";
import { test } from "node:test";
import { nothingWithin, withinLatency } from "../../src/fleet/latency-limit.js";
import { parseMaxLatency } from "../../src/fleet/written-question.js";
import { deviceType } from "../../src/plan/question/device-type.js";

/** Mini-batches of one to three images take 10, 20 and 30 ms, or so many times that. */
function device(slower = 1) {
  const latencyMs = (size: number) => 10 * size * slower;
  return deviceType({ name: "d", count: 1, maxMiniBatchSize: 3, latencyMs, warmupMs: () => 100 });
}

test("a cap is a time, or a time for an upper bound", () => {
  assert.deepEqual(parseMaxLatency("50ms"), { name: "--max-latency 50ms", limitUs: 50_000, confidence: undefined });
  assert.deepEqual(parseMaxLatency("p99=50ms"), { name: "--max-latency p99=50ms", limitUs: 50_000, confidence: 0.99 });
  assert.equal(parseMaxLatency(" p97.5 = 1.5 s").confidence, 0.975);
  assert.equal(parseMaxLatency(" p97.5 = 1.5 s").limitUs, 1_500_000);
  for (const text of ["p50=5ms", "p100=5ms"]) assert.throws(() => parseMaxLatency(text), /above 50 and below 100$/);
});

test("a mini-batch that takes just as long is within a cap, held against the bounds and not the typical time", () => {
  const sizes = (slower: number) =>
    withinLatency([device()], [device(slower)], 20_000)[0]?.choices[0]?.map(({ miniBatchSize }) => miniBatchSize);
  assert.deepEqual(sizes(1), [1, 2]);
  assert.deepEqual(sizes(2), [1]);
  assert.deepEqual(sizes(3), []);
});

test("where a cap leaves nothing, the fastest mini-batch says by how much", () => {
  const cap = parseMaxLatency("9ms");
  const problem = (limitUs: number) => ({
    types: withinLatency([device()], [device()], limitUs),
    workloads: [{ name: "images", images: 5 }],
    timeUs: 1_000_000,
    objective: "devices" as const,
  });
  assert.equal(
    nothingWithin(problem(cap.limitUs), [device()], cap)?.reason,
    "latency: the fastest mini-batch takes 10 ms, 1 ms more than --max-latency 9ms",
  );
  assert.equal(nothingWithin(problem(10_000), [device()], parseMaxLatency("10ms")), undefined);
});
