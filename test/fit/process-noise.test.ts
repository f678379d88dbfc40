import assert from "node:assert/strict";
import { test } from "node:test";
import { noiseLines, processNoiseAsJson } from "../../pipeline/terminal/noise-lines.js";
import type { TrialRow } from "../../src/dataset/tables.js";
import { processNoise } from "../../src/fit/process-noise.js";
import { tableTrials } from "./simulated-device.js";

/** Trials of a cell of two images each with a latency, as many as there are. */
function trialsOf(inputSizePx: number, ...latenciesMs: readonly number[]): TrialRow[] {
  return latenciesMs.flatMap((latencyMs) =>
    tableTrials({ 2: latencyMs })
      .slice(0, 1)
      .map((trial) => ({ ...trial, inputSizePx, steadyMedianMs: latencyMs })),
  );
}

test("noise is how far a process is off the median of the others of its cell, by cell, and the worst is named", () => {
  const steady = trialsOf(64, 10, 10, 11);
  const wild = trialsOf(224, 10, 20);
  const [once] = trialsOf(128, 7);
  assert.ok(once);
  const crashed: TrialRow = { ...once, inputSizePx: 64, status: "crashed", cautions: "other load: x" };
  const noise = processNoise([...steady, ...wild, { ...once, cautions: "throttled: y" }, crashed]);
  // By hand. 64 px: 10 against 10.5 twice, 11 against 10: the middle of 4.76, 4.76 and 10 %. 224 px: −50 and 100 %.
  assert.equal(noise.cells, 2);
  assert.ok(Math.abs((noise.medianRatio ?? 0) - (0.5 / 10.5 + 0.75) / 2) < 1e-12);
  assert.deepEqual(noise.worst, { device: "cpu-1t", inputSizePx: 224, miniBatchSize: 2, ratio: 0.75 });
  assert.deepEqual([noise.trials, noise.trialsWithCautions], [6, 1]);
  assert.deepEqual(noiseLines(noise), [
    "noise between processes: 39.9 % in the median of 2 cells, at most 75.0 % (cpu-1t, 224 px × 2); " +
      "cautions in 1 of 6 trials; a quieter machine or more trials help, more inferences do not",
  ]);
  assert.deepEqual(processNoiseAsJson(noise).worst, {
    ...{ device: "cpu-1t", input_size_px: 224, mini_batch_size: 2, ratio: 0.75 },
  });
  assert.match(
    noiseLines(processNoise(steady))[0] ?? "",
    /^noise between processes: 4\.8 % .* cautions in 0 of 3 trials$/,
  );
  assert.deepEqual(noiseLines(processNoise([crashed])), []);
});
