import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../src/core/seeded-random.js";
import { functionsAtSize } from "../../src/fit/device-functions.js";
import { deviceNoise } from "../../src/fit/device-noise.js";
import { fitDevice } from "../../src/fit/fit-dataset.js";
import { sessionEffect } from "../../src/fit/session-effect.js";
import { DEVICE, simulatedTrials } from "./simulated-device.js";

/** How far each session is from the first, as ln of its latency and of its warm-up. */
type Sessions = Readonly<Record<string, { readonly latency: number; readonly warmup: number }>>;

const NO_SPELLS = { latency: undefined, warmup: undefined };

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
  // Two of them at ±0.1: an estimate of the variance without bias is 0.1² + 0.1² over 2 − 1; their mean is off by half.
  assert.ok(Math.abs(latency.commonVariance - 1.5 * 0.02) < 0.003, String(latency.commonVariance));
  assert.ok(Math.abs(latency.commonDegrees - 1) < 0.01, String(latency.commonDegrees));
  // Six values of a cell, three at either: their sum of squares has 6 × 0.1² of it beside 5 × 0.02².
  const around = (6 * 0.1 ** 2 + 5 * 0.02 ** 2) / 5;
  const ofSpells = fit.spells().latency ?? assert.fail("no spells");
  assert.ok(ofSpells.ownShare > 0.8 && ofSpells.probability < 0.5, JSON.stringify(ofSpells));
  assert.ok(Math.abs(latency.ownShare - (ofSpells.ownShare * 0.02 ** 2) / around) < 0.01, String(latency.ownShare));
  assert.ok(warmup.commonVariance >= 0 && warmup.commonVariance < 0.0005, String(warmup.commonVariance));
  assert.ok(warmup.ownShare > 0.7 && warmup.ownShare <= 1, String(warmup.ownShare));
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
  const fit = fitDevice(DEVICE, undefined, pairs, () => []);
  const { latency } = fit.sessionEffect();
  const ownOfSpells = fit.spells().latency?.ownShare ?? assert.fail("no spells");
  // Within sessions 2 × 0.02² over 1 degree; around the cell 4 × (0.1² + 0.02²) over 3.
  const around = (4 * (0.1 ** 2 + 0.02 ** 2)) / 3;
  assert.ok(Math.abs(latency.ownShare - (ownOfSpells * 2 * 0.02 ** 2) / around) < 1e-9, String(latency.ownShare));
});

test("one session says nothing of others, and nothing has to be read for that", () => {
  const nothing = { commonVariance: 0, commonDegrees: Number.POSITIVE_INFINITY, meanVariance: 0, ownShare: 1 };
  const none = sessionEffect(simulatedTrials(Number.POSITIVE_INFINITY), () => assert.fail("read"), NO_SPELLS);
  assert.deepEqual(none, { latency: nothing, warmup: nothing });
  assert.equal(fitOf({ a: { latency: 0, warmup: 0 } }).runs, 1);
});

test("sessions that measured cells of their own do not say how far they are apart, and no plan is promised of them", () => {
  const rows = simulatedTrials(Number.POSITIVE_INFINITY);
  const apart = rows.flatMap((row, index) =>
    [1, 2].map((trial) => ({ ...row, runId: `${index % 3}`, trial, trialId: `${row.trialId} ${trial}` })),
  );
  const ofOwnCells = fitDevice(DEVICE, undefined, apart, () => []);
  assert.equal(ofOwnCells.runs, 0);
  const upper = { kind: "upper", confidence: 0.5 } as const;
  assert.throws(() => functionsAtSize(ofOwnCells, 128, upper), {
    name: "UserError",
    message: /^confidence 0\.5: not allowed where sessions measured no cell in common, .*sweep --again/,
  });
  assert.ok((functionsAtSize(ofOwnCells, 128).latencyMs(4) ?? 0) > 0);
  const again = { ...apart[0], runId: "1", trialId: "again" } as (typeof apart)[0];
  assert.equal(fitDevice(DEVICE, undefined, [...apart, again], () => []).runs, 2);
});

test("hosts of several sessions each add both variances, with degrees between theirs", () => {
  const random = seededRandom(4, "hosts");
  const trials = ["x", "y", "z"].flatMap((host) => {
    const ofHost = 0.2 * random.normal();
    return ["1", "2"].flatMap((session) => {
      const effect = ofHost + 0.05 * random.normal();
      return [1, 2].flatMap((trial) =>
        simulatedTrials(Number.POSITIVE_INFINITY).map((row) => ({
          ...{ ...row, host, runId: host + session, trial, trialId: `${row.trialId} ${host}${session} ${trial}` },
          steadyMedianMs: (row.steadyMedianMs ?? 0) * Math.exp(effect + 0.01 * random.normal()),
        })),
      );
    });
  });
  // Of the trials as they are: in a fit hosts that are apart have levels of their own.
  const noise = deviceNoise(trials, new Map(), 0, [], []);
  const { commonVariance, commonDegrees } = sessionEffect(trials, () => noise, NO_SPELLS).latency;
  const [host, session] = noise.latency.levels.map(({ variance = 0 }) => variance);
  const terms = [(host ?? 0) * (1 + 1 / 3), (session ?? 0) * (1 + 1 / 6)] as const;
  assert.ok(Math.min(...terms) > 0, String(terms));
  assert.ok(Math.abs(commonVariance - terms[0] - terms[1]) < 1e-12, String(commonVariance));
  const spread = terms[0] ** 2 / 2 + terms[1] ** 2 / 3;
  assert.ok(Math.abs(commonDegrees - commonVariance ** 2 / spread) < 1e-9, String(commonDegrees));
});

test("a bound holds sessions to come as often as asked, however few were measured", () => {
  const law = fitOf({ a: { latency: 0, warmup: 0 } }).latency.law() ?? assert.fail("no law");
  const said = law.at(128, 4) ?? assert.fail("nothing");
  const random = seededRandom(5, "sessions to come");
  for (const sessions of [2, 4]) {
    for (const processes of [1, 16]) {
      for (const probability of [0.8, 0.95]) {
        let below = 0;
        const draws = 2000;
        for (let draw = 0; draw < draws; draw++) {
          const measured = Array.from({ length: sessions }, () => 0.1 * random.normal());
          const mean = measured.reduce((sum, effect) => sum + effect, 0) / sessions;
          const squares = measured.reduce((sum, effect) => sum + (effect - mean) ** 2, 0);
          const bound = said.slowestOf(processes, probability, {
            commonVariance: (squares / (sessions - 1)) * (1 + 1 / sessions),
            commonDegrees: sessions - 1,
            meanVariance: squares / (sessions - 1) / sessions,
            ownShare: 1,
          });
          const own = Math.max(...Array.from({ length: processes }, () => law.noise * random.normal()));
          below += Number(0.1 * random.normal() + own <= Math.log(bound / said.value) + mean);
        }
        const kept = below / draws;
        assert.ok(Math.abs(kept - probability) < 0.03, `${processes} at ${probability} of ${sessions}: ${kept}`);
      }
    }
  }
});

test("a plan's bound is that of its session effect", () => {
  const fit = fitOf({ a: { latency: 0.1, warmup: 0 }, b: { latency: -0.1, warmup: 0 } });
  const bound = functionsAtSize(fit, 128, { kind: "upper", confidence: 0.9, processes: 4 }, "median").latencyMs(4);
  const said = fit.latency.law()?.at(128, 4) ?? assert.fail("nothing");
  assert.equal(bound, said.slowestOf(4, 0.9, fit.sessionEffect().latency));
});

test("functions that the measurements allow are moved together, as far as the mean of the sessions may be off", () => {
  const fit = fitOf({ a: { latency: 0.1, warmup: 0 }, b: { latency: -0.1, warmup: 0 } });
  const typical = functionsAtSize(fit, 128).latencyMs(4) ?? Number.NaN;
  const logs = Array.from({ length: 400 }, (_, index) => {
    const { latencyMs } = functionsAtSize(fit, 128, { kind: "resample", index });
    return [4, 8].map((batch) => Math.log((latencyMs(batch) ?? Number.NaN) / typical));
  });
  const deviationOf = (values: readonly number[]) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  };
  // The mean of two that are 0.1 off has a variance of 0.02 / 2.
  const of4 = deviationOf(logs.map(([log = Number.NaN]) => log));
  assert.ok(of4 > 0.085 && of4 < 0.12, String(of4));
  const apart = deviationOf(logs.map(([one = Number.NaN, other = Number.NaN]) => one - other));
  assert.ok(apart < 0.05, `from one mini-batch size to another: ${apart}`);
});

test("spells of which nothing is left beyond the mean of the sessions, or nothing at all, share nothing", () => {
  const trials = ["a", "b"].flatMap((runId) =>
    simulatedTrials(Number.POSITIVE_INFINITY).map((row) => ({ ...row, runId, trialId: `${row.trialId} ${runId}` })),
  );
  const noise = () => deviceNoise(trials, new Map(), 0, [], []);
  const none = { probability: 0, share: 0, ownShare: 1, degrees: 20 };
  for (const [variance, ofMean] of [
    [8e-4, 1e-3],
    [1e-287, 0],
    [0, 0],
  ] as const) {
    const spells = { ...none, variance, ofMean };
    const { commonVariance, commonDegrees } = sessionEffect(trials, noise, {
      latency: spells,
      warmup: undefined,
    }).latency;
    assert.deepEqual([commonVariance, commonDegrees], [0, Number.POSITIVE_INFINITY]);
  }
});
