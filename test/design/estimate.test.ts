import assert from "node:assert/strict";
import { test } from "node:test";
import { designSchema } from "../../src/design/design.js";
import { estimateSweepMs } from "../../src/design/estimate.js";

function estimate(more: object): number {
  const base = { name: "estimate", input_sizes_px: [224], mini_batch_sizes: [1], trials: 1, idle_ms: 100 };
  return estimateSweepMs(designSchema.parse({ ...base, devices: [{ threads: 1 }], ...more }));
}

function close(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 1e-6 * expected, `${actual} is not ${expected}`);
}

// Oracle: by hand. EfficientNet-B0 has 386 million multiply-adds at 224 px, of which a thread does 15 million in a
// millisecond: 25.733 ms, and 1 ms that every inference takes.
const B0_MS = 386 / 15 + 1;

test("a trial is its idle time, its start, load and first inference, and eighty inferences", () => {
  close(estimate({}), 100 + 800 + 2 * B0_MS + 80 * B0_MS);
  close(estimate({ trials: 3 }), 3 * (900 + 82 * B0_MS));
});

test("work grows with the mini-batch and the area, and is shared by the threads", () => {
  const trial = (latencyMs: number) => 900 + 2 * latencyMs + Math.min(80 * latencyMs, 5000);
  close(estimate({ mini_batch_sizes: [4] }), trial((4 * 386) / 15 + 1));
  close(estimate({ input_sizes_px: [448] }), trial((4 * 386) / 15 + 1));
  close(estimate({ devices: [{ threads: 2 }] }), trial(386 / 15 / 2 + 1));
  close(estimate({ model: "efficientnet-b7" }), trial((4 * 386) / 15 + 1)); // twice as wide
  close(estimate({ model: "other.onnx" }), trial(B0_MS));
});

test("every cell counts", () => {
  const one = (mini_batch_sizes: number[], input_sizes_px = [224]) => estimate({ mini_batch_sizes, input_sizes_px });
  close(one([1, 2]), one([1]) + one([2]));
  close(one([1], [64, 96]), one([1], [64]) + one([1], [96]));
});

test("the limits of a design bound a trial", () => {
  close(estimate({ stopping: { max_inferences: 20 } }), 900 + 22 * B0_MS);
  close(estimate({ stopping: { max_steady_ms: 400 } }), 900 + 2 * B0_MS + 400);
  close(estimate({ stopping: { max_steady_ms: 100 } }), 900 + 12 * B0_MS); // ten inferences are the least
  close(estimate({ timeout_ms: 500 }), 500);
});
