import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../src/core/seeded-random.js";
import { fitDevice } from "../../src/fit/fit-dataset.js";
import { lawCautions, planCautions } from "../../src/fit/law-cautions.js";
import { DEVICE, SIZES_PX, simulatedTrials, tableTrials } from "./simulated-device.js";

/** Three trials a cell of the simulated device, whose latency a noise and a wild cell of 128 px × 4 change. */
function deviceWith({ noise = 0.02, at = SIZES_PX, wild = 1 }) {
  const random = seededRandom(3, "cautions");
  const trials = [1, 2, 3].flatMap((trial) =>
    simulatedTrials(Number.POSITIVE_INFINITY).map((row) => {
      const scatter = at.includes(row.inputSizePx) ? noise : 0.02;
      const scale =
        (row.inputSizePx === 128 && row.miniBatchSize === 4 ? wild : 1) * Math.exp(scatter * random.normal());
      return { ...row, trialId: `${row.trialId}-${trial}`, steadyMedianMs: (row.steadyMedianMs ?? 0) * scale };
    }),
  );
  return fitDevice(DEVICE, undefined, trials, () => []);
}

test("a quiet device whose law holds has no caution", () => {
  assert.deepEqual(lawCautions(deviceWith({})), []);
  assert.deepEqual(planCautions(deviceWith({}), 224), []);
});

test("noise between processes is told with its number and what helps, of a law and of a plan there", () => {
  const noisy = deviceWith({ noise: 0.5 });
  const [caution, ...others] = lawCautions(noisy);
  assert.deepEqual(others, [], "warm-up and memory are quiet");
  assert.equal(caution?.noise, noisy.latency.noiseFloor);
  assert.match(
    caution?.message ?? "",
    /^latency: repeated processes differ by \d\d\.\d %.*; a quieter machine \(system check\)/,
  );
  const [line, ...more] = planCautions(noisy, 224);
  assert.match(
    line ?? "",
    /^at 224 px repeated processes differ by \d\d\.\d % \(latency\): the plan's times are known no/,
  );
  assert.deepEqual(more, []);
  const elsewhere = deviceWith({ noise: 0.5, at: [64] });
  assert.deepEqual([planCautions(elsewhere, 224).length, planCautions(elsewhere, 64).length], [0, 1]);
});

test("a cell that a law misses is named with how often as much was measured, though the median error is small", () => {
  const [caution] = lawCautions(deviceWith({ wild: 2 }));
  assert.deepEqual([caution?.noise, caution?.leftOutError], [undefined, undefined]);
  const { inputSizePx, miniBatchSize, measuredOverPredicted = 0, cells, of } = caution?.worstCell ?? {};
  assert.deepEqual([inputSizePx, miniBatchSize, cells, of], [128, 4, 1, 12]);
  assert.ok(Math.abs(measuredOverPredicted - 2) < 0.1, String(measuredOverPredicted));
  assert.match(
    caution?.message ?? "",
    /^latency: the law misses 1 of 12 left-out cells by more than 40 %, most at 128 px × 4, where [12]\.\d\d times as much/,
  );
  assert.match(caution?.message ?? "", /; another design helps/);
});

test("where no law follows the cells its left-out error is told, by a plan at an unmeasured size, too", () => {
  const wild = { 64: { 1: 10, 2: 40, 4: 12, 8: 90, 16: 15 }, 224: { 1: 40, 2: 11, 4: 95, 8: 14, 16: 70 } };
  const trials = ([64, 224] as const).flatMap((inputSizePx) =>
    tableTrials(wild[inputSizePx], { inputSizePx, warmupOverLatency: 3 }),
  );
  const fit = fitDevice(DEVICE, undefined, trials, () => []);
  const [caution] = lawCautions(fit);
  assert.equal(caution?.leftOutError, fit.latency.law()?.answering(64)?.leftOutError);
  assert.ok((caution?.leftOutError ?? 0) > 0.5, "neighbours differ by a factor of 3 to 7");
  assert.match(caution?.message ?? "", /^latency: the law \(.*\) errs \d\d+\.\d % on left-out cells, the law misses/);
  assert.match(
    planCautions(fit, 128)[0] ?? "",
    /^at 128 px the law errs on left-out cells by .* \(latency\) and .* \(warm-up\)/,
  );
  assert.deepEqual(planCautions(fit, 64), [], "measured cells are measured cells");
});
