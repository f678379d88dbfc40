import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../src/core/seeded-random.js";
import { functionsAtSize } from "../../src/fit/device-functions.js";
import { fitDevice } from "../../src/fit/fit-dataset.js";
import { sessionEffect } from "../../src/fit/session-effect.js";
import { DEVICE, simulatedTrials } from "./simulated-device.js";

/** How far each session is from the first, as ln of its latency and of its warm-up. */
type Sessions = Readonly<Record<string, { readonly latency: number; readonly warmup: number }>>;

/** Three processes of each cell in each session, 2 % apart. */
function fitOf(sessions: Sessions) {
  const random = seededRandom(3, "sessions");
  const trials = Object.entries(sessions).flatMap(([runId, effect]) =>
    [1, 2, 3].flatMap((trial) =>
      simulatedTrials(Number.POSITIVE_INFINITY).map((row) => ({
        ...{ ...row, runId, trial, trialId: `${row.trialId}-${runId}-${trial}` },
        steadyMedianMs: (row.steadyMedianMs ?? 0) * Math.exp(effect.latency + 0.02 * random.normal()),
        firstInferenceMs: (row.firstInferenceMs ?? 0) * Math.exp(effect.warmup + 0.02 * random.normal()),
      })),
    ),
  );
  return fitDevice(DEVICE, undefined, trials, () => []);
}

test("the effect of sessions is what they are apart beyond their processes, of latency and of warm-up", () => {
  const fit = fitOf({ a: { latency: 0.1, warmup: 0 }, b: { latency: -0.1, warmup: 0 } });
  assert.equal(fit.runs, 2);
  const { latency, warmup } = fit.sessionEffect();
  // Two of them at ±0.1: an estimate of the variance without bias is 0.1² + 0.1² over 2 − 1.
  assert.ok(Math.abs(latency.commonVariance - 0.02) < 0.002, String(latency.commonVariance));
  // Six values of a cell, three at either: their sum of squares has 6 × 0.1² of it beside 5 × 0.02².
  const around = (6 * 0.1 ** 2 + 5 * 0.02 ** 2) / 5;
  assert.ok(Math.abs(latency.ownShare - 0.02 ** 2 / around) < 0.01, String(latency.ownShare));
  assert.ok(warmup.commonVariance >= 0 && warmup.commonVariance < 0.0005, String(warmup.commonVariance));
  assert.ok(warmup.ownShare > 0.8 && warmup.ownShare <= 1, String(warmup.ownShare));
});

test("two processes of a session are enough to know how far they are apart in it", () => {
  const pairs = [1, 2].flatMap((trial) =>
    ["a", "b"].flatMap((runId) =>
      simulatedTrials(Number.POSITIVE_INFINITY).map((row) => ({
        ...{ ...row, runId, trialId: `${row.trialId} ${runId} ${trial}` },
        steadyMedianMs:
          (row.steadyMedianMs ?? 0) * Math.exp((runId === "a" ? 0.1 : -0.1) + (trial === 1 ? 0.02 : -0.02)),
      })),
    ),
  );
  const { latency } = fitDevice(DEVICE, undefined, pairs, () => []).sessionEffect();
  // Within sessions 2 × 0.02² over 1 degree; around the cell 4 × (0.1² + 0.02²) over 3.
  const around = (4 * (0.1 ** 2 + 0.02 ** 2)) / 3;
  assert.ok(Math.abs(latency.ownShare - (2 * 0.02 ** 2) / around) < 1e-9, String(latency.ownShare));
});

test("one session says nothing of others, and nothing has to be read for that", () => {
  const nothing = { commonVariance: 0, ownShare: 1 };
  const none = sessionEffect(simulatedTrials(Number.POSITIVE_INFINITY), () => assert.fail("read"));
  assert.deepEqual(none, { latency: nothing, warmup: nothing });
  assert.equal(fitOf({ a: { latency: 0, warmup: 0 } }).runs, 1);
});

test("a bound of many devices holds a session that all of them share: as often as simulated sessions stay below it", () => {
  const fit = fitOf({ a: { latency: 0.1, warmup: 0 }, b: { latency: -0.1, warmup: 0 } });
  const at = (processes: number) =>
    functionsAtSize(fit, 128, { kind: "upper", confidence: 0.9, processes }, "median").latencyMs(4) ?? Number.NaN;
  const law = fit.latency.law() ?? assert.fail("no law");
  const typical = law.answering(128)?.extrapolate(128, 4) ?? Number.NaN;
  const { low, high } = law.at(128, 4)?.interval(0.9) ?? assert.fail("nothing");
  const ofFunction = Math.log(high / low) / (2 * 1.67); // the 0.95 quantile of Student's t of 66 degrees
  const random = seededRandom(5, "sessions to come");
  for (const processes of [1, 16]) {
    const bound = Math.log(at(processes) / typical);
    let below = 0;
    const draws = 4000;
    for (let draw = 0; draw < draws; draw++) {
      // Sessions to come are as far apart as the two that were measured, processes of each by 2 %.
      const common = Math.sqrt(ofFunction ** 2 + 0.02) * random.normal();
      const own = Math.max(...Array.from({ length: processes }, () => 0.02 * random.normal()));
      below += Number(common + own <= bound);
    }
    assert.ok(Math.abs(below / draws - 0.9) < 0.02, `${processes}: ${below / draws}`);
  }
});
