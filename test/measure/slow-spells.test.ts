import assert from "node:assert/strict";
import { test } from "node:test";
import { slowerPulseMs, spellAround, spellRatio, trialsInSpells } from "../../src/measure/slow-spells.js";
import { sampleTrial } from "../dataset/sample-dataset.js";

test("the slower of the two pulses around a trial counts, and one alone where the other is missing", () => {
  const pulse = { touchUsPerPage: undefined };
  assert.equal(slowerPulseMs({ ...pulse, pulseBeforeMs: 2, pulseAfterMs: 3 }), 3);
  assert.equal(slowerPulseMs({ ...pulse, pulseBeforeMs: 2, pulseAfterMs: undefined }), 2);
  assert.equal(slowerPulseMs({ ...pulse, pulseBeforeMs: undefined, pulseAfterMs: undefined }), undefined);
});

test("a pulse is beyond the others by a quarter and by how they differ, and of few others nothing is known", () => {
  const alike = new Array(12).fill(2);
  assert.equal(spellRatio(2.49, alike), undefined);
  assert.equal(spellRatio(3, alike), 1.5);
  assert.equal(spellRatio(1, alike), undefined, "fast is no spell");
  assert.equal(spellRatio(3, alike.slice(0, 9)), undefined);
  // By hand: the logarithms are 0.1 from their median, so 3.5 × 1.4826 × 0.1 = 0.519 are allowed: a ratio of 1.68.
  const apart = Array.from({ length: 12 }, (_, index) => 2 * Math.exp(index % 2 === 0 ? 0.1 : -0.1));
  assert.equal(spellRatio(2 * 1.67, apart), undefined);
  const ratio = spellRatio(2 * 1.69, apart) ?? 0;
  assert.ok(Math.abs(ratio - 1.69) < 1e-12, String(ratio));
});

function rowsWith(pulsesMs: readonly number[], runId = "run-1") {
  const rows = pulsesMs.map((_, index) => sampleTrial(`cpu-1t-32px-1mb-${index + 1}`, { runId, trial: index + 1 }));
  const pulses = pulsesMs.map((ms, index) => ({
    ...{ trialId: `cpu-1t-32px-1mb-${index + 1}`, touchUsPerPage: undefined },
    ...{ pulseBeforeMs: 2, pulseAfterMs: ms },
  }));
  return { rows, pulses };
}

test("of a session the slowest are measured again, at most 15 % of it, and each at most three times", () => {
  // Forty trials, nine of them slow: six are 15 %.
  const slow = [4, 4.1, 4.2, 4.3, 4.4, 4.5, 4.6, 4.7, 4.8];
  const { rows, pulses } = rowsWith([...new Array(31).fill(2), ...slow]);
  const again = trialsInSpells(rows, pulses).map(({ trialId, trial }) => [trialId, trial]);
  assert.deepEqual(
    again,
    [40, 39, 38, 37, 36, 35].map((trial) => [`cpu-1t-32px-1mb-${trial}-attempt-2`, trial]),
  );
  const secondId = "cpu-1t-32px-1mb-40-attempt-2";
  const repeated = (id: string, ms: number) => ({
    rows: [...rows, sampleTrial(id, { runId: "run-1", trial: 40 })],
    pulses: [...pulses, { trialId: id, touchUsPerPage: undefined, pulseBeforeMs: ms, pulseAfterMs: ms }],
  });
  const idsOf = (data: ReturnType<typeof repeated>) =>
    trialsInSpells(data.rows, data.pulses).map(({ trialId }) => trialId);
  const [well, slowAgain] = [idsOf(repeated(secondId, 2)), idsOf(repeated(secondId, 5))];
  assert.equal(well.length, 5, "what was measured again well is done, and takes no other's place");
  assert.ok(!well.some((id) => id.startsWith("cpu-1t-32px-1mb-40-")));
  assert.equal(slowAgain[0], "cpu-1t-32px-1mb-40-attempt-3");
  const third = {
    rows: [...repeated(secondId, 5).rows, sampleTrial("cpu-1t-32px-1mb-40-attempt-3", { runId: "run-1", trial: 40 })],
    pulses: [
      ...repeated(secondId, 5).pulses,
      { trialId: "cpu-1t-32px-1mb-40-attempt-3", touchUsPerPage: undefined, pulseBeforeMs: 5, pulseAfterMs: 5 },
    ],
  };
  assert.ok(!idsOf(third).some((id) => id.startsWith("cpu-1t-32px-1mb-40-")));
});

test("a session is held against itself, and a trial that did not end well is not measured again for its pulse", () => {
  const quiet = rowsWith(new Array(20).fill(2));
  const slowSession = rowsWith(new Array(20).fill(6), "run-2");
  const renamed = slowSession.rows.map((row) => ({ ...row, trialId: `${row.trialId}0` }));
  const pulsesOfSecond = slowSession.pulses.map((pulse) => ({ ...pulse, trialId: `${pulse.trialId}0` }));
  assert.deepEqual(trialsInSpells([...quiet.rows, ...renamed], [...quiet.pulses, ...pulsesOfSecond]), []);
  const { rows, pulses } = rowsWith([...new Array(30).fill(2), 9]);
  const failed = rows.map((row) => (row.trial === 31 ? { ...row, status: "crashed" as const } : row));
  assert.equal(trialsInSpells(rows, pulses).length, 1);
  assert.deepEqual(trialsInSpells(failed, pulses), []);
  assert.deepEqual(trialsInSpells(rows, []), []);
});

test("around a trial the machine is held against what is known of its session and device so far", () => {
  const { rows, pulses } = rowsWith(new Array(12).fill(2));
  const pulse = { pulseBeforeMs: 3, pulseAfterMs: 2, touchUsPerPage: undefined };
  const device = { provider: "cpu", threads: 1, concurrent: 1 } as const;
  assert.equal(spellAround(pulse, { runId: "run-1", ...device }, rows, pulses), 1.5);
  assert.equal(spellAround(pulse, { runId: "run-2", ...device }, rows, pulses), undefined);
  assert.equal(spellAround(pulse, { runId: "run-1", ...device, threads: 2 }, rows, pulses), undefined);
  const none = { pulseBeforeMs: undefined, pulseAfterMs: undefined, touchUsPerPage: 3 };
  assert.equal(spellAround(none, { runId: "run-1", ...device }, rows, pulses), undefined);
});
