import assert from "node:assert/strict";
import { test } from "node:test";
import { UserError } from "../../src/core/user-error.js";
import type { TrialRow } from "../../src/dataset/tables.js";
import { fitDevice, largestMiniBatch } from "../../src/fit/fit-dataset.js";

const device = { provider: "cpu", threads: 1, concurrent: 1 } as const;

/** A simulated device with known laws: L = 2 + 100·mbs·Mpx, W = 30 + 150·mbs·Mpx, memory = 150 + 500·mbs·Mpx. */
function simulatedTrials(): TrialRow[] {
  return [64, 128, 224].flatMap((inputSizePx) =>
    [1, 2, 4, 8].map((miniBatchSize): TrialRow => {
      const work = (miniBatchSize * inputSizePx ** 2) / 1e6;
      return {
        trialId: `${inputSizePx}-${miniBatchSize}`,
        runId: "run",
        host: "host",
        model: "model",
        ...device,
        inputSizePx,
        miniBatchSize,
        trial: 1,
        startedAt: "2026-01-01T00:00:00Z",
        loadMs: 100,
        firstInferenceMs: 30 + 150 * work,
        steadyMedianMs: 2 + 100 * work,
        steadyMadMs: 0,
        inferences: 11,
        stoppedBy: "interval",
        relativeHalfWidth: 0,
        peakMemoryMib: 150 + 500 * work,
        idleMemoryMib: 70,
        devicePeakMemoryMib: undefined,
        status: "ok",
        detail: undefined,
        cautions: undefined,
      };
    }),
  );
}

const fit = fitDevice(device, 512, simulatedTrials());

function close(actual: number | undefined, expected: number): void {
  assert.ok(Math.abs((actual ?? Number.NaN) - expected) < 1e-6 * Math.max(1, expected), `${actual} is not ${expected}`);
}

test("the laws of a simulated device are found exactly, per size and as a surface", () => {
  close(fit.latency.bySize.get(224)?.coefficients.constant, 2);
  close(fit.latency.bySize.get(224)?.coefficients.mbs, (100 * 224 ** 2) / 1e6);
  close(fit.warmup.surface?.coefficients.constant, 30);
  close(fit.warmup.surface?.coefficients.mbs_Mpx, 150);
  close(fit.memory.coefficients.mbs_Mpx, 500);
  close(fit.latency.surface?.leftOutError, 0);
});

test("the largest mini-batch is the last one under the memory limit", () => {
  const largest = largestMiniBatch(fit.memory, 224, 512);
  assert.ok(fit.memory.predict(224, 8) < 512);
  const at = (size: number) => 150 + (500 * size * 224 ** 2) / 1e6;
  assert.ok(at(largest) <= 512 && at(largest + 1) > 512, String(largest));
});

test("a function refuses to answer far outside what was measured", () => {
  assert.throws(() => fit.memory.predict(1024, 1), UserError);
  assert.throws(() => fit.memory.predict(224, 64), /too far outside what was measured/);
});
