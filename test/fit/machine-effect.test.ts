import assert from "node:assert/strict";
import { test } from "node:test";
import { lawsUnderSpells } from "../../bench/truth/pulse.js";
import { seededRandom } from "../../src/core/seeded-random.js";
import type { PulseRow } from "../../src/dataset/tables.js";
import { machineEffects, machineLogs } from "../../src/fit/machine-effect.js";
import { sampleTrial } from "../dataset/sample-dataset.js";

/** Cells of very different latency; the machine's speed moves trials of a cell by `slope`, noise by `noise`. */
function world({
  slope,
  noise,
  cells = 8,
  trials = 12,
}: {
  slope: number;
  noise: number;
  cells?: number;
  trials?: number;
}) {
  const random = seededRandom(4, `machine ${slope} ${noise}`);
  const pulses: PulseRow[] = [];
  const rows = Array.from({ length: cells * trials }, (_, index) => {
    const trialId = `t-${index}`;
    const speed = 0.3 * random.normal();
    const [before, after] = [speed + 0.02 * random.normal(), speed + 0.02 * random.normal()];
    pulses.push({
      trialId,
      pulseBeforeMs: 2 * Math.exp(before),
      pulseAfterMs: 2 * Math.exp(after),
      touchUsPerPage: Math.exp(random.normal()),
    });
    const miniBatchSize = 2 ** (index % cells);
    const latency = 5 * miniBatchSize * Math.exp(slope * speed + noise * random.normal());
    return sampleTrial(trialId, { miniBatchSize, steadyMedianMs: latency, firstInferenceMs: 4 * latency });
  });
  return { rows, pulses };
}

test("the share of the variance within cells that goes with the pulse is found, whatever the cells", () => {
  const { rows, pulses } = world({ slope: 1, noise: 0.15 });
  const [pulse, touch] = machineEffects(rows, pulses).filter(({ quantity }) => quantity === "latency_ms");
  // By hand: 0.3² of 0.3² + 0.15² is 80 %.
  assert.ok(Math.abs((pulse?.share ?? 0) - 0.8) < 0.06, String(pulse?.share));
  assert.ok(Math.abs((pulse?.slope ?? 0) - 1) < 0.12, String(pulse?.slope));
  assert.ok((pulse?.pValue ?? 1) < 1e-6);
  assert.equal(pulse?.trials, 96);
  assert.ok(
    (touch?.share ?? 1) < 0.06 && (touch?.pValue ?? 0) > 0.01,
    "what has nothing to do with it explains nothing",
  );
});

test("nothing is said without pulses, of cells with one trial, or of a machine that was always as fast", () => {
  const { rows, pulses } = world({ slope: 1, noise: 0.1 });
  assert.deepEqual(machineEffects(rows, []), []);
  const single = world({ slope: 1, noise: 0.1, cells: 6, trials: 1 });
  assert.deepEqual(machineEffects(single.rows, single.pulses), []);
  const steady = pulses.map((pulse) => ({ ...pulse, pulseBeforeMs: 2, pulseAfterMs: 2, touchUsPerPage: undefined }));
  assert.deepEqual(machineEffects(rows, steady), []);
  const half = pulses.map((pulse) => ({ ...pulse, pulseAfterMs: undefined, touchUsPerPage: 0 }));
  assert.deepEqual(
    machineEffects(rows, half),
    [],
    "half a pulse is none, and a page that costs nothing was not measured",
  );
});

test("under slow spells the law is nearer to the truth with the pulse, and a process to come is as uncertain as it is", () => {
  const asked = { datasets: 6, spells: 0.2 };
  const [without, withPulse] = [false, true].map((known) => lawsUnderSpells("linear", { ...asked, withPulse: known }));
  assert.ok(without !== undefined && withPulse !== undefined);
  assert.ok(withPulse.largeError < 0.85 * without.largeError, `${withPulse.largeError}, ${without.largeError}`);
  assert.ok(withPulse.newProcesses > 0.8 && withPulse.newProcesses < 0.97, String(withPulse.newProcesses));
});

test("what is known of the machine moves trials to its mean speed, and only where it is sure that it does", () => {
  const { rows, pulses } = world({ slope: 1, noise: 0.1 });
  const logs = machineLogs(rows, pulses, "steadyMedianMs");
  assert.equal(logs.size, rows.length);
  const values = [...logs.values()];
  assert.ok(Math.abs(values.reduce((sum, value) => sum + value, 0)) < 1e-9, "0 on average");
  const slowest = pulses.toSorted((a, b) => (b.pulseBeforeMs ?? 0) - (a.pulseBeforeMs ?? 0))[0];
  assert.ok((logs.get(slowest?.trialId ?? "") ?? 0) > 0.4);
  const unrelated = world({ slope: 0, noise: 0.1 });
  assert.equal(machineLogs(unrelated.rows, unrelated.pulses, "steadyMedianMs").size, 0);
  const few = world({ slope: 1, noise: 0.05, cells: 3, trials: 5 });
  assert.equal(machineLogs(few.rows, few.pulses, "steadyMedianMs").size, 0, "fifteen trials say too little");
});

test("a pulse that goes with the work of its cell as well moves trials within their cells, and bends no law", () => {
  const { rows, pulses } = world({ slope: 1, noise: 0.05 });
  const hot = pulses.map((pulse, index) => {
    const factor = (rows[index]?.miniBatchSize ?? 1) ** 0.2;
    const { pulseBeforeMs = 0, pulseAfterMs = 0 } = pulse;
    return { ...pulse, pulseBeforeMs: factor * pulseBeforeMs, pulseAfterMs: factor * pulseAfterMs };
  });
  const [plain, moved] = [pulses, hot].map((of) => machineLogs(rows, of, "steadyMedianMs"));
  for (const { trialId } of rows) {
    const [found = Number.NaN, expected = Number.NaN] = [moved?.get(trialId), plain?.get(trialId)];
    // Between mini-batches of 1 and 128 the pulse grows 2.6 times: ln 2.6 is 0.97.
    assert.ok(Math.abs(found - expected) < 0.1, `${trialId}: ${found}, not ${expected}`);
  }
});

test("a pulse that took no time was not measured", () => {
  const { rows, pulses } = world({ slope: 1, noise: 0.05 });
  const [first, ...others] = pulses;
  const without = machineLogs(rows, others, "steadyMedianMs");
  assert.ok(first !== undefined && without.size === rows.length - 1);
  assert.deepEqual(machineLogs(rows, [{ ...first, pulseBeforeMs: 0 }, ...others], "steadyMedianMs"), without);
});
