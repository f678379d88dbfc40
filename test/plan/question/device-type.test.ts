import assert from "node:assert/strict";
import { test } from "node:test";
import { type Choice, type DeviceFunctions, deviceType, type Start } from "../../../src/plan/question/device-type.js";

/**
 * The only choice of a device with mini-batches of one image: 10 ms, a first one 40 ms, 5 J and 8 J, 100 W when idle.
 */
function choice(start: Start, more: Partial<DeviceFunctions> = {}): Choice | undefined {
  const type = deviceType(
    {
      name: "d",
      count: 1,
      maxMiniBatchSize: 1,
      latencyMs: () => 10,
      warmupMs: () => 40,
      loadMs: 1000,
      idleW: 100,
      energyPerMiniBatchJ: () => 5,
      warmupEnergyJ: () => 8,
      ...more,
    },
    start,
  );
  return type.choices[0]?.[0];
}

test("a first mini-batch takes what the start asks for: loading, warming up, or neither", () => {
  const times = (["cold", "loaded", "warm"] as const).map((start) => choice(start)?.warmupUs);
  assert.deepEqual(times, [1_040_000, 40_000, 10_000]);
  const unknown = { loadMs: undefined } as unknown as DeviceFunctions;
  assert.throws(() => choice("cold", unknown), /device d: its load time is not known, which a cold start needs/);
});

test("its energy holds what the device draws while it loads, and at least what it draws when idle", () => {
  const energies = (["cold", "loaded", "warm"] as const).map((start) => choice(start)?.warmupEnergyNj);
  // 8 J, with loading 100 W for a second more; warm as any other.
  assert.deepEqual(energies, [108e9, 8e9, 5e9]);
  // Idle at 1000 W the 40 ms alone are 40 J, the 10 ms of the others 10 J.
  const idle = choice("loaded", { idleW: 1000 });
  assert.deepEqual([idle?.warmupEnergyNj, idle?.energyNj], [40e9, 10e9]);
  const dim = choice("loaded", { idleW: 0 });
  assert.deepEqual([dim?.warmupEnergyNj, dim?.energyNj], [8e9, 5e9]);
});

test("an energy that is none is refused with the device, its mini-batch and what is allowed", () => {
  const wrong = (own: Partial<DeviceFunctions>) => () => choice("loaded", own);
  assert.throws(
    wrong({ energyPerMiniBatchJ: () => -1 }),
    /^UserError: device d: energy at mini-batch size 1 -1 J, allowed/,
  );
  assert.throws(wrong({ energyPerMiniBatchJ: () => Number.NaN }), /energy at mini-batch size 1 NaN J, allowed/);
  const first = /^UserError: device d: energy of the first mini-batch at mini-batch size 1 -1 J, allowed/;
  assert.throws(wrong({ warmupEnergyJ: () => -1 }), first);
});
