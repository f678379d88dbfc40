import assert from "node:assert/strict";
import { test } from "node:test";
import type { DeviceNoise } from "../../src/fit/device-noise.js";
import { fitDevice } from "../../src/fit/fit-dataset.js";
import { measuringAdvice } from "../../src/fit/measuring-advice.js";
import type { NoiseLevel } from "../../src/fit/noise-levels.js";
import { adviceLines, noiseTable } from "../../src/fit/noise-tables.js";
import { type NestedWorld, nestedTrials } from "../worlds/nested-noise.js";
import { DEVICE } from "./simulated-device.js";

function level(name: NoiseLevel["level"], variance: number | undefined, groups: number, degrees = groups): NoiseLevel {
  const deviation = variance === undefined ? undefined : Math.sqrt(Math.max(0, variance));
  return { level: name, variance, deviation, interval: undefined, share: undefined, groups, degrees };
}

function noiseOf(session: number | undefined, sessions: number): DeviceNoise {
  const levels = [level("session", session, sessions), level("process", 0.01, 60, 1e6), level("inference", 0.01, 6000)];
  const cell = { processes: 3 * sessions, inferences: 100, processMs: 1000, inferenceMs: 4 };
  return {
    latency: { quantity: "latency_ms", levels },
    warmup: { quantity: "warmup_ms", levels: [] },
    memory: { quantity: "peak_memory_mib", levels: [] },
    machine: [],
    ...{ ofOneInference: 0.04, cells: new Array(20).fill(cell), sessionMs: 10_000 },
  };
}

test("each level is repeated as often as balances cost and noise, the highest as often as the width needs", () => {
  const advice = measuringAdvice(noiseOf(undefined, 1), 0.05);
  // By hand. Inferences: √(1000/4 · 0.04/0.01) = 31.6. Processes: (0.01 + 0.04/32) / (0.05/1.96)² = 17.3.
  const { halfWidth, ...advised } = advice?.advised ?? { halfWidth: 0 };
  assert.deepEqual(advised, {
    ...{ sessions: 1, processes: 18, inferences: 32 },
    measuringMs: 10_000 + 20 * 18 * (1000 + 32 * 4),
  });
  assert.ok(Math.abs(halfWidth - 1.959964 * Math.sqrt(0.01125 / 18)) < 1e-6, String(halfWidth));
  // As measured: 1.96 · √((0.01 + 0.04/100) / 3).
  const present = advice?.present;
  assert.deepEqual([present?.sessions, present?.processes, present?.inferences], [1, 3, 100]);
  assert.equal(present?.measuringMs, 10_000 + 20 * 3 * 1400);
  assert.ok(Math.abs((present?.halfWidth ?? 0) - 1.959964 * Math.sqrt(0.0104 / 3)) < 1e-6);
});

test("where sessions differ more of them are advised, with few processes each, and the half width has them in it", () => {
  const advice = measuringAdvice(noiseOf(0.0036, 2), 0.05);
  // By hand. Processes a session: √(10,000/(20 · 1128) · 0.01125/0.0036) = 1.18.
  // Sessions: (0.0036 + 0.01125)/0.000651 = 22.8.
  assert.deepEqual([advice?.advised.sessions, advice?.advised.processes, advice?.sessionsKnown], [23, 1, true]);
  const expected = 1.959964 * Math.sqrt((0.0036 + 0.0104 / 3) / 2);
  assert.ok(Math.abs((advice?.present.halfWidth ?? 0) - expected) < 1e-6);
  assert.equal(adviceLines(noiseOf(0.0036, 2)).length, 1);
});

test("a fit tells its levels with what they rest on, and in two lines what measuring would give", () => {
  const world: NestedWorld = {
    ...{ hosts: 1, sessions: 1, processes: 3, cells: 8, inferences: 30, correlation: 0.3, tails: "normal" },
    deviation: { host: 0, session: 0, process: 0.1, inference: 0.05 },
  };
  const { trials, inferences } = nestedTrials(world, 1);
  const noise = fitDevice(DEVICE, undefined, trials, () => inferences, { idleMs: 200 }).noise();
  const rows = noiseTable(noise).values.map((row) => [row[0], row[1], row[5]]);
  assert.deepEqual(rows.slice(0, 5), [
    ["latency_ms", "host", "one host"],
    ["latency_ms", "session", "one session"],
    ["latency_ms", "process", "22 processes"],
    ["latency_ms", "inference", "660 inferences"],
    ["warmup_ms", "host", "one host"],
  ]);
  assert.equal(noiseTable(noise).values[1]?.[2], "unknown");
  assert.deepEqual(noise.memory.levels.at(-1)?.interval, { low: 0, high: 0 }, "memory is the same in all");
  assert.equal(rows.length, 10, "warm-up and memory are of one inference a process");
  const [advice, sessions] = adviceLines(noise, 0.1);
  assert.match(
    advice ?? "",
    /^for ±10\.0 % of each cell's latency: \d+ processes of \d+ inferences in one session, .* for 8 cells; /,
  );
  assert.match(advice ?? "", /as measured, 3 processes of 30 inferences in one session, .*, it is ±\d+\.\d %$/);
  assert.match(sessions ?? "", /^one session: what another one would add is unknown/);
  // Of each process 200 ms idle, 300 ms to load, and the first inference, 5 times the later ones.
  const { processMs = 0, inferenceMs = 0 } = noise.cells[0] ?? {};
  assert.ok(Math.abs((processMs - 500) / inferenceMs - 5) < 1, String(processMs));
  const once = trials.filter(({ trial }) => trial === 1);
  assert.match(
    adviceLines(fitDevice(DEVICE, undefined, once, () => inferences).noise())[0] ?? "",
    /unknown: no cell has two/,
  );
});
