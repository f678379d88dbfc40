import assert from "node:assert/strict";
import { test } from "node:test";
import { deviceNoise } from "../../src/fit/device-noise.js";
import { inferenceNoise } from "../../src/fit/inference-noise.js";
import { nestedVariances } from "../../src/fit/nested-variances.js";
import { type NoiseLevel, type NoiseLevelName, noiseLevels } from "../../src/fit/noise-levels.js";
import { middleDeviation, type NestedWorld, nestedTrials } from "../worlds/nested-noise.js";

/** Of processes alone: the inferences say nothing. */
const STEADY: NestedWorld = {
  ...{ hosts: 1, sessions: 1, processes: 3, cells: 9, inferences: 1, correlation: 0, tails: "normal" },
  deviation: { host: 0, session: 0, process: 0.1, inference: 0 },
};

/** What is found of a level in each of many sweeps of a world. */
function sweepsOf(world: NestedWorld, sweeps: number): (level: NoiseLevelName) => NoiseLevel[] {
  const found = Array.from({ length: sweeps }, (_, seed) => {
    const { trials, inferences } = nestedTrials(world, seed);
    const noise = world.inferences > 1 ? inferenceNoise(inferences) : undefined;
    return noiseLevels("latency_ms", trials, "steadyMedianMs", noise).levels;
  });
  return (level) => found.flatMap((levels) => levels.filter((one) => one.level === level));
}

/** The root of the mean estimated variance, and how often the interval holds the truth. */
function summary(levels: readonly NoiseLevel[], truth: number) {
  const variances = levels.map(({ variance }) => variance ?? Number.NaN);
  const held = levels.filter(({ interval }) => interval && interval.low <= truth && truth <= interval.high);
  return {
    ratio: Math.sqrt(variances.reduce((sum, variance) => sum + variance, 0) / levels.length) / truth,
    coverage: held.length / levels.length,
  };
}

test("host, session and process come out without bias, and their intervals hold them", () => {
  const deviation = { host: 0.2, session: 0.06, process: 0.1, inference: 0 };
  const levels = sweepsOf({ ...STEADY, hosts: 3, sessions: 3, deviation }, 200);
  // Standard errors of the root of a mean of 200 variances with 2, 6 and 150 degrees: 3.5, 2 and 0.4 %.
  for (const [level, within] of [
    ["host", 0.07],
    ["session", 0.05],
    ["process", 0.01],
  ] as const) {
    const { ratio, coverage } = summary(levels(level), deviation[level]);
    assert.ok(Math.abs(ratio - 1) < within, `${level}: ${ratio}`);
    assert.ok(coverage > 0.9 && coverage < 0.995, `${level}: ${coverage}`);
  }
  const shares = levels("process").map(({ share }) => share ?? Number.NaN);
  const middle = [...shares].sort((a, b) => a - b)[100] ?? 0;
  // 0.01 / (0.04 + 0.0036 + 0.01) is 0.19; the host's two degrees scatter much.
  assert.ok(middle > 0.15 && middle < 0.35, String(middle));
});

test("what the inferences bring into the medians of processes is not taken for a difference of processes", () => {
  const deviation = { host: 0, session: 0, process: 0.03, inference: 0.1 };
  const levels = sweepsOf({ ...STEADY, inferences: 80, correlation: 0.8, deviation }, 25);
  // As if independent, the medians' variance would be that of 0.03² + π/2 · 0.1² · (6.4 − 1) / 80: sd 0.045.
  const process = summary(levels("process"), 0.03);
  assert.ok(Math.abs(process.ratio - 1) < 0.2, String(process.ratio));
  const inference = summary(levels("inference"), 0.1);
  assert.ok(Math.abs(inference.ratio - 1) < 0.05, String(inference.ratio));
  assert.equal(levels("inference")[0]?.groups, 25 * 80);
});

test("with heavy tails processes come out without bias, and inferences by their middle", () => {
  const deviation = { host: 0, session: 0, process: 0.1, inference: 0.05 };
  const world = { ...STEADY, inferences: 40, tails: "heavy", deviation } as const;
  const levels = sweepsOf(world, 400);
  const process = summary(levels("process"), 0.1);
  assert.ok(Math.abs(process.ratio - 1) < 0.08, String(process.ratio));
  assert.ok(process.coverage > 0.7, String(process.coverage));
  const inference = summary(levels("inference"), middleDeviation(world));
  assert.ok(Math.abs(inference.ratio - 1) < 0.04, String(inference.ratio));
});

test("groups of unequal size are weighted as Searle has it, and what one group cannot say is unknown", () => {
  const at = (host: string, session: string, log: number, cell = "a") => ({
    cell,
    host,
    session,
    log,
    ofInferences: 0,
  });
  // By hand (Searle, Casella and McCulloch, section 3.6): 2 within on one degree; between (8/3 − 2) / (3 − 5/3).
  const sessions = nestedVariances([at("h", "1", 0), at("h", "1", 2), at("h", "2", 3), at("h", "2", 9, "alone")]);
  const close = (found: number | undefined, expected: number) =>
    assert.ok(Math.abs((found ?? Number.NaN) - expected) < 1e-12, String(found));
  close(sessions.process.variance, 2);
  close(sessions.session.variance, 0.5);
  assert.equal(sessions.host.variance, undefined);
  assert.deepEqual([sessions.host.degrees, sessions.session.degrees, sessions.process.degrees], [0, 1, 1]);
  // Two hosts with a session each: what sessions add is in the hosts'.
  const hosts = nestedVariances([at("g", "1", 0), at("g", "1", 2), at("h", "2", 3)]);
  close(hosts.host.variance, 0.5);
  assert.equal(hosts.session.variance, undefined);
  // The same cell by the same process twice: nothing between, which comes out below 0.
  const alike = nestedVariances([at("h", "1", 0), at("h", "1", 2), at("h", "2", 1)]);
  assert.ok((alike.session.variance ?? 0) < 0);
  const alone = nestedVariances([at("h", "1", 0), at("h", "1", 2, "b")]);
  assert.deepEqual([alone.process.variance, alone.process.degrees], [undefined, 0]);
});

test("inferences of which the clock saw nothing say nothing of the noise", () => {
  const inferences = [1, 2, 3, 4].flatMap((iteration) => [
    { trialId: "seen", iteration, latencyMs: 5 + (iteration % 2) },
  ]);
  const unseen = inferences.map((inference) => ({ ...inference, trialId: "unseen", latencyMs: 0 }));
  assert.deepEqual(inferenceNoise([...inferences, ...unseen]), inferenceNoise(inferences));
});

test("of a device it is said what one inference adds to the median of a process, and what a cell took", () => {
  const world: NestedWorld = {
    ...{ hosts: 1, sessions: 1, processes: 4, cells: 12, inferences: 400, correlation: 0, tails: "normal" },
    deviation: { host: 0, session: 0, process: 0.1, inference: 0.05 },
  };
  const { trials, inferences } = nestedTrials(world, 5);
  const { ofOneInference, cells } = deviceNoise(trials, inferenceNoise(inferences), 200, [], []);
  // The variance of the median of n normal values is π/2 times their own over n.
  const expected = (Math.PI / 2) * 0.05 ** 2;
  assert.ok(Math.abs(ofOneInference / expected - 1) < 0.15, `${ofOneInference}, ${expected}`);
  assert.deepEqual(
    cells.map(({ processes }) => processes),
    [4, 4, 4, 3, 4, 4, 4, 3, 4, 4, 4, 3],
  );
  const unknown = deviceNoise(trials, new Map([...inferenceNoise(inferences)].slice(1)), 200, [], []);
  assert.ok(Math.abs(unknown.ofOneInference / expected - 1) < 0.15, "a trial of which nothing is known says nothing");
});
