import assert from "node:assert/strict";
import { test } from "node:test";
import { drawCapacities } from "../../src/decide/capacity-draws.js";
import { evidenceOf } from "../../src/decide/cell-evidence.js";
import { correctedLogs } from "../../src/decide/machine-speed.js";
import { hasRun } from "../../src/decide/process-outcome.js";
import { logMomentsOf, question, ran } from "./decision.js";

test("what the pulse says of the machine is taken out by the slope that processes of a cell show", () => {
  const slowness = Array.from({ length: 60 }, (_, index) => 0.3 * Math.sin(index));
  const processes = slowness.map((log, index) =>
    ran(
      index % 2 === 0 ? 1 : 4,
      (index % 2 === 0 ? 10 : 30) * Math.exp(log),
      50 * Math.exp(log / 2),
      3 * Math.exp(log),
    ),
  );
  const usual = slowness.reduce((sum, log) => sum + log, 0) / slowness.length;
  for (const { miniBatchSize, logLatency, logFirst } of correctedLogs(processes.filter(hasRun))) {
    assert.ok(Math.abs(logLatency - Math.log(miniBatchSize === 1 ? 10 : 30) - usual) < 0.01);
    assert.ok(Math.abs(logFirst - Math.log(50) - usual / 2) < 0.01);
  }
});

test("without a pulse processes stay as they are, and one without it beside others, too", () => {
  const [only] = correctedLogs([ran(1, 10, 20)].filter(hasRun));
  assert.deepEqual([only?.logLatency, only?.logFirst], [Math.log(10), Math.log(20)]);
  const mixed = correctedLogs([ran(1, 10, 20), ran(1, 10, 20, 3), ran(1, 10, 20, 3)].filter(hasRun));
  assert.equal(mixed[0]?.logLatency, Math.log(10));
});

test("one pair of processes says little of what goes with the pulse, and its slope's error is told by cell", () => {
  // The slower the pulse the faster the process: a slope of −2.5 by these two alone.
  const pair = [ran(2, 8.9, 9, 11.6), ran(2, 25.2, 9, 7.7), ran(3, 11.6, 9, 4.09)];
  const [, , three] = correctedLogs(pair.filter(hasRun));
  const usual = (Math.log(11.6) + Math.log(7.7) + Math.log(4.09)) / 3;
  const slowness = Math.log(4.09) - usual;
  const slope = (Math.log(11.6) - (three?.logLatency ?? 0)) / slowness;
  assert.ok(slope > 0 && slope < 0.7, `${slope}`);
  const error = -(three?.latencyShift ?? 0) / slowness;
  assert.ok(error > 0.3 && error < 0.4, `${error}`);
});

test("what goes with the pulse is known no better than its slope: a mini-batch size far from its usual is not either", () => {
  const far = (pulseMs: number) => [ran(1, 10, 10, 5), ran(2, 19, 19, 5), ran(2, 19, 19, 6), ran(4, 38, 38, pulseMs)];
  const spread = (pulseMs: number) => {
    const [, , four] = drawCapacities(evidenceOf(far(pulseMs)).cells, question(), 1).capacities;
    return logMomentsOf(four).deviation;
  };
  assert.ok(spread(20) > 1.5 * spread(5.5), `${spread(20)} beside ${spread(5.5)}`);
});
