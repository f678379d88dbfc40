import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../src/core/seeded-random.js";
import type { PulseRow } from "../../src/dataset/tables.js";
import { machineEffects } from "../../src/fit/machine-effect.js";
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
