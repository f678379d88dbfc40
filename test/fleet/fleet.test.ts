import assert from "node:assert/strict";
import { test } from "node:test";
import { fleetOf } from "../../src/fleet/fleet.js";
import type { DeviceEntry } from "../../src/plan/question/device-entry.js";

const TYPICAL = { kind: "typical" } as const;

function entry(name: string, functions: Pick<DeviceEntry, "source" | "workloads">): DeviceEntry {
  return { name, count: 1, maxUses: 9, ...functions };
}

/** Functions of a single mini-batch size, which tells them apart. */
function functionsAt(size: number) {
  return { latency_ms: { [size]: 10 }, warmup_ms: { [size]: 30 } };
}

/** The mini-batch sizes of each type's table, by workload. */
function sizesOf(fleet: ReturnType<typeof fleetOf>): number[][][] {
  return fleet
    .types(TYPICAL, "loaded")
    .map(({ choices }) => choices.map((table) => table.map(({ miniBatchSize }) => miniBatchSize)));
}

test("a type has a table for each workload in their order, and an empty one for those that it does not serve", () => {
  const fleet = fleetOf(
    [
      entry("both", { workloads: { cats: functionsAt(2), dogs: functionsAt(3) } }),
      entry("only-dogs", { workloads: { dogs: functionsAt(5) } }),
      entry("only-cats", { workloads: { cats: functionsAt(7), birds: functionsAt(8) } }),
    ],
    { workloads: ["cats", "dogs"] },
  );
  assert.deepEqual(sizesOf(fleet), [
    [[2], [3]],
    [[], [5]],
    [[7], []],
  ]);
  assert.equal(fleet.sources.length, 4, "as many as there are functions for what is asked");
});

test("a device whose functions are for none of the workloads is refused, and so is a workload that nobody serves", () => {
  const birds = entry("b", { workloads: { birds: functionsAt(2) } });
  const dogs = entry("d", { workloads: { dogs: functionsAt(2), fish: functionsAt(2) } });
  assert.throws(() => fleetOf([birds, dogs], { workloads: ["dogs", "cats"] }), {
    name: "UserError",
    message: "device b: no functions for workload dogs, cats, it has birds",
  });
  assert.throws(() => fleetOf([dogs], { workloads: ["dogs", "cats"] }), {
    name: "UserError",
    message: "workload cats: no device has functions for it",
  });
});

test("given functions of one workload do not stand for several, nor for a mean", () => {
  const one = entry("d", { source: functionsAt(4) });
  assert.deepEqual(sizesOf(fleetOf([one], { workloads: ["cats"] })), [[[4]]]);
  assert.throws(() => fleetOf([one], { workloads: ["cats", "dogs"] }), {
    name: "UserError",
    message: 'device d: one set of functions, several workloads need "workloads" with one each',
  });
  assert.throws(() => fleetOf([one], { latency: "mean" }), /latency mean: needs measured functions/);
});
