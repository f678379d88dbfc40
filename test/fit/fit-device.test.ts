import assert from "node:assert/strict";
import { test } from "node:test";
import { UserError } from "../../src/core/user-error.js";
import { functionsAtSize } from "../../src/fit/device-functions.js";
import { fitDevice } from "../../src/fit/fit-dataset.js";
import { DEVICE, LAWS, simulatedTrials, tableTrials } from "./simulated-device.js";

const LIMIT_MIB = 300;
const trials = simulatedTrials(LIMIT_MIB);
const inferences = trials
  .filter(({ status }) => status === "ok")
  .flatMap(({ trialId, firstInferenceMs, steadyMedianMs }) => [
    { trialId, iteration: 0, latencyMs: firstInferenceMs ?? 0 },
    { trialId, iteration: 1, latencyMs: steadyMedianMs ?? 0 },
    { trialId, iteration: 2, latencyMs: 2 * (steadyMedianMs ?? 0) },
  ]);
const fit = fitDevice(DEVICE, LIMIT_MIB, trials, () => inferences);

function close(actual: number | undefined, expected: number): void {
  assert.ok(Math.abs((actual ?? Number.NaN) - expected) < 1e-6 * Math.max(1, expected), `${actual} is not ${expected}`);
}

test("the laws of a simulated device are found exactly, per size and as a surface", () => {
  close(fit.latency.bySize.get(224)?.coefficients.constant, 2);
  close(fit.latency.bySize.get(224)?.coefficients.mbs, (100 * 224 ** 2) / 1e6);
  assert.equal(fit.warmup.chosen.form, "multiplicative surface");
  close(fit.warmup.chosen.coefficients.constant, 30);
  close(fit.warmup.chosen.coefficients.mbs_Mpx, 150);
  close(fit.memory.chosen.coefficients.mbs_Mpx, 500);
  close(fit.latency.chosen.leftOutError, 0);
});

test("a plan's functions come on four bases", () => {
  const at = (kind: Parameters<typeof functionsAtSize>[2]) => functionsAtSize(fit, 128, kind);
  const typical = at({ kind: "typical" });
  close(typical.latencyMs(4), LAWS.latencyMs(128, 4));
  assert.equal(typical.maxMiniBatchSize, 8);
  assert.equal(typical.loadMs, 101);
  // Without scatter a new trial is as the fit says, and so is every replicate; device-functions.test.ts has scatter.
  close(at({ kind: "upper", confidence: 0.9 }).latencyMs(4), LAWS.latencyMs(128, 4));
  close(at({ kind: "resample", index: 7 }).warmupMs(4), LAWS.warmupMs(128, 4));
  // Beyond the data nothing is promised.
  close(at({ kind: "worst" }).latencyMs(4), 2 * LAWS.latencyMs(128, 4));
  close(at({ kind: "worst" }).warmupMs(4), LAWS.warmupMs(128, 4));
  assert.equal(at({ kind: "worst" }).latencyMs(9), undefined);
  assert.throws(() => functionsAtSize(fit, 100, { kind: "worst" }), /worst observed at input size 100: not measured/);
});

test("where a mini-batch that was not measured may be used, the worst of the next larger one stands in", () => {
  const table = tableTrials({ 1: 7, 3: 17, 5: 27, 9: 47 });
  const times = table.flatMap(({ trialId, steadyMedianMs = 0 }) =>
    [0, 1].map((iteration) => ({ trialId, iteration, latencyMs: 2 * steadyMedianMs })),
  );
  const { latencyMs, miniBatchSizes } = functionsAtSize(
    fitDevice(DEVICE, undefined, table, () => times),
    224,
    { kind: "worst" },
  );
  assert.ok(miniBatchSizes.includes(4));
  close(latencyMs(4), 2 * 27 * 1.005);
});

test("a plan's latency is the median of steady inferences, or the mean of the settled where that is asked for", () => {
  close(functionsAtSize(fit, 128, { kind: "typical" }).latencyMs(4), LAWS.latencyMs(128, 4));
  close(functionsAtSize(fit, 128, { kind: "typical" }, "mean").latencyMs(4), 2 * LAWS.latencyMs(128, 4));
});

test("a second inference that is slow is no part of the mean that a plan adds up, but of the beginning", () => {
  const [latencyMs, warmupMs] = [LAWS.latencyMs(128, 4), LAWS.warmupMs(128, 4)];
  const times = trials.flatMap(({ trialId, firstInferenceMs = 0, steadyMedianMs = 0 }) =>
    [firstInferenceMs, 5 * steadyMedianMs, steadyMedianMs, steadyMedianMs].map((ms, iteration) => ({
      ...{ trialId, iteration },
      latencyMs: ms,
    })),
  );
  const slow = fitDevice(DEVICE, LIMIT_MIB, trials, () => times);
  const [mean, median] = (["mean", "median"] as const).map((latency) =>
    functionsAtSize(slow, 128, { kind: "typical" }, latency),
  );
  close(mean?.latencyMs(4), latencyMs);
  close(mean?.warmupMs(4), warmupMs + 4 * latencyMs);
  close(median?.warmupMs(4), warmupMs);
  // Of the two functions a process of four inferences is what it took.
  close((mean?.warmupMs(4) ?? 0) + 3 * (mean?.latencyMs(4) ?? 0), warmupMs + 7 * latencyMs);
});

test("a function refuses to answer far outside what was measured", () => {
  assert.equal(fit.memory.chosen.predict(1024, 1), undefined);
  assert.equal(fit.memory.chosen.predict(224, 64), undefined);
  assert.throws(() => functionsAtSize(fit, 1024), UserError);
});

test("trials of which the clock saw nothing are left out, and where it saw none at all there is nothing to fit", () => {
  const half = trials.map((trial, index) => ({ ...trial, steadyMedianMs: index % 3 === 0 ? 0 : trial.steadyMedianMs }));
  const onTwoHosts = [
    ...half,
    ...half.map((trial) => ({ ...trial, host: "other", trialId: `${trial.trialId} other` })),
  ];
  const { latency, sessions } = fitDevice(DEVICE, undefined, onTwoHosts, () => []);
  assert.ok(latency.observations.length > 0 && latency.observations.every(({ value }) => value > 0));
  close(latency.noiseFloor, 0);
  assert.equal(sessions.find(({ host }) => host === "other")?.latencyOverFirst, 1);
  const none = trials.map((trial) => ({ ...trial, steadyMedianMs: 0 }));
  assert.throws(() => fitDevice(DEVICE, undefined, none, () => []), UserError);
});
