import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { monotonicMs } from "../../../src/core/clock.js";
import { openProbe } from "../../../src/hardware/sampling/probe.js";

test("the probe sees a tensor's bytes, a garbage collection and the faults they cause", async () => {
  const probe = openProbe();
  const reading = (values: readonly (number | undefined)[], name: string) =>
    values[probe.features.findIndex((feature) => feature.name === name)];
  const before = probe.snapshot();
  const tensor = new Float32Array(8 * 1024 * 1024).fill(1); // 32 MiB
  let garbage: unknown[] = [];
  for (let round = 0; round < 200; round++) garbage = Array.from({ length: 10_000 }, () => ({ round }));
  await nextTurn();
  const after = probe.snapshot();
  const change = (name: string) =>
    (reading(after.values, name) ?? Number.NaN) - (reading(before.values, name) ?? Number.NaN);
  assert.equal(tensor.length + garbage.length, 8 * 1024 * 1024 + 10_000);
  assert.ok(Math.abs(change("heap/array_buffers_kib") - 32 * 1024) < 1024);
  assert.ok(change("gc/minor_count") > 0);
  assert.ok(change("gc/minor_ms") > 0);
  assert.ok(change("usage/user_s") > 0);
  assert.ok(after.monotonicMs > before.monotonicMs && after.monotonicMs < monotonicMs());
  if (process.platform === "linux") {
    assert.ok(change("mapping/private_dirty_kib") > 30 * 1024);
    assert.ok(change("process/minor_faults") > 0);
  }
  probe.close();
});
