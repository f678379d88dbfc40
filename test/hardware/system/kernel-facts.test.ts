import assert from "node:assert/strict";
import { test } from "node:test";
import {
  heatOf,
  type KernelValues,
  memoryOf,
  readHugePages,
  readKernelValues,
  readLimits,
  swapOf,
} from "../../../src/hardware/system/kernel-facts.js";
import { fixturePlace } from "../fixture-values.js";
import { writtenTree } from "../written-tree.js";

test("limits, memory, swap and heat of a recorded kernel are what its files say", () => {
  const place = fixturePlace("linux-4.19");
  const begin = readKernelValues(place);
  const after = (change: Readonly<Record<string, number>>): KernelValues => {
    const grown = Object.entries(change).map(([name, by]) => [name, (begin.get(name) ?? 0) + by] as const);
    return new Map([...begin, ...grown]);
  };
  // Oracle: cat of the files in test/fixtures/proc/linux-4.19.
  assert.deepEqual(readLimits(place, begin, begin), { cpuCores: 0.5, memoryMib: 4096, throttledPeriods: 0 });
  const throttled = readLimits(place, begin, after({ "cgroup/throttled_periods": 3 }));
  assert.ok(!("unknown" in throttled) && throttled.throttledPeriods === 3);
  const quiet = heatOf(begin, begin);
  assert.deepEqual(quiet, { hottestC: 60, throttles: 0, throttlesSinceStart: 7 });
  assert.deepEqual(heatOf(begin, after({ "temperature/package_throttles": 2 })), { ...quiet, throttles: 2 });
  const moved = swapOf(begin, after({ "paging/swapped_in": 4, "paging/swapped_out": 1 }));
  assert.ok(!("unknown" in moved) && moved.movedPages === 5);
});

test("memory is that of the machine, or what the limit leaves", () => {
  const values = new Map([
    ["memory/total_kib", 8 * 1024 * 1024],
    ["memory/available_kib", 6 * 1024 * 1024],
  ]);
  assert.deepEqual(memoryOf(values), { totalMib: 8192, availableMib: 6144 });
  values.set("cgroup/memory_limit_kib", 2048 * 1024).set("cgroup/memory_kib", 512 * 1024);
  assert.deepEqual(memoryOf(values), { totalMib: 2048, availableMib: 1536 });
});

test("the mode of huge pages is the one in brackets", () => {
  const tree = writtenTree({ "sys/kernel/mm/transparent_hugepage/enabled": "always [madvise] never\n" });
  assert.equal(readHugePages(tree.place), "madvise");
  tree.remove();
});

test("without these files each fact says why there is none", () => {
  const place = fixturePlace("empty");
  const values = readKernelValues(place);
  const facts = [
    readLimits(place, values, values),
    memoryOf(values),
    swapOf(values, values),
    heatOf(values, values),
    readHugePages(place),
  ];
  for (const fact of facts) assert.ok(typeof fact === "object" && "unknown" in fact && fact.unknown.length > 10);
});
