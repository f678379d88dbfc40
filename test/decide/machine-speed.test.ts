import assert from "node:assert/strict";
import { test } from "node:test";
import { correctedLogs } from "../../src/decide/machine-speed.js";
import { hasRun } from "../../src/decide/process-outcome.js";
import { ran } from "./decision.js";

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
