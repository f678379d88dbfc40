import assert from "node:assert/strict";
import { performance } from "node:perf_hooks";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { getHeapSpaceStatistics, getHeapStatistics } from "node:v8";
import { monotonicMs } from "../../../src/core/clock.js";
import type { Source } from "../../../src/hardware/reading/source.js";
import { garbageCollection } from "../../../src/hardware/runtime/garbage-collection.js";
import { jsHeap } from "../../../src/hardware/runtime/js-heap.js";
import { monitorSelf } from "../../../src/hardware/runtime/monitor-self.js";
import { runtimeSelf } from "../../../src/hardware/runtime/runtime-self.js";
import { fixturePlace } from "../fixture-values.js";
import { readBetween } from "../written-tree.js";

const place = fixturePlace("empty");

function read(source: Source, elapsedMs?: number): Map<string, number> {
  const reader = source.open(place);
  const values = readBetween(source, reader, elapsedMs);
  reader.close();
  return values;
}

/** Reads between two looks of the oracle: a value that only grows, or hardly changes, lies between them. */
function between(found: number | undefined, before: number, after: number, slack: number, what: string): void {
  const [low, high] = [Math.min(before, after) - slack, Math.max(before, after) + slack];
  assert.ok(found !== undefined && found >= low && found <= high, `${what}: ${found} is not in ${low} to ${high}`);
}

test("the heap's numbers are those of V8, none of them missing", () => {
  // Memory that survives, so that no part of the heap is empty.
  const kept = Array.from({ length: 20_000 }, (_, index) => ({ index, text: String(index) }));
  const buffer = new ArrayBuffer(5 * 1024 * 1024);
  const [heapBefore, spacesBefore] = [getHeapStatistics(), getHeapSpaceStatistics()];
  const found = read(jsHeap);
  const [heapAfter, spacesAfter] = [getHeapStatistics(), getHeapSpaceStatistics()];
  assert.equal(kept.length + buffer.byteLength, 20_000 + 5 * 1024 * 1024);
  assert.equal(found.size, jsHeap.features.length);
  const slackKib = 1024; // what the looks themselves allocate, or a small collection gives back
  for (const [name, key] of [
    ["size", "total_heap_size"],
    ["used", "used_heap_size"],
    ["committed", "total_physical_size"],
    ["available", "total_available_size"],
    ["limit", "heap_size_limit"],
    ["malloc", "malloced_memory"],
    ["malloc_peak", "peak_malloced_memory"],
  ] as const) {
    const value = found.get(`heap/${name}_kib`);
    assert.ok((value ?? 0) > 0, name);
    between(value, heapBefore[key] / 1024, heapAfter[key] / 1024, slackKib, name);
  }
  for (const { name, source } of jsHeap.features.filter((feature) => feature.source.includes("SpaceStatistics"))) {
    const [, space, key] = / (\w+) (space_used_size|space_size)$/.exec(source) ?? [];
    const size = (spaces: typeof spacesBefore) => {
      const own = spaces.find((candidate) => candidate.space_name === space);
      return (key === "space_size" ? own?.space_size : own?.space_used_size) ?? Number.NaN;
    };
    between(found.get(name), size(spacesBefore) / 1024, size(spacesAfter) / 1024, slackKib, name);
  }
  const { external, arrayBuffers } = process.memoryUsage();
  between(found.get("heap/external_kib"), external / 1024, external / 1024, slackKib, "external");
  between(found.get("heap/array_buffers_kib"), arrayBuffers / 1024, arrayBuffers / 1024, slackKib, "array buffers");
  assert.ok((found.get("heap/array_buffers_kib") ?? 0) >= 5 * 1024);
  assert.ok((found.get("heap/external_kib") ?? 0) > (found.get("heap/array_buffers_kib") ?? 0));
  assert.ok((found.get("heap/old_space_size_kib") ?? 0) >= (found.get("heap/old_space_used_kib") ?? Infinity));
});

test("what the process has used is what the kernel counts, and the event loop's times are those of Node", async () => {
  await nextTurn();
  const [before, loopBefore] = [process.resourceUsage(), performance.eventLoopUtilization()];
  const found = read(runtimeSelf);
  const [after, loopAfter] = [process.resourceUsage(), performance.eventLoopUtilization()];
  for (const [name, key, scale] of [
    ["user_s", "userCPUTime", 1e-6],
    ["system_s", "systemCPUTime", 1e-6],
    ["resident_peak_kib", "maxRSS", 1],
    ["minor_faults", "minorPageFault", 1],
    ["major_faults", "majorPageFault", 1],
    ["disk_reads", "fsRead", 1],
    ["disk_writes", "fsWrite", 1],
    ["voluntary_switches", "voluntaryContextSwitches", 1],
    ["forced_switches", "involuntaryContextSwitches", 1],
  ] as const) {
    between(found.get(`usage/${name}`), before[key] * scale, after[key] * scale, 1e-9, name);
  }
  between(found.get("event_loop/active_ms"), loopBefore.active, loopAfter.active, 0, "active");
  between(found.get("event_loop/idle_ms"), loopBefore.idle, loopAfter.idle, 0, "idle");
});

test("the sampler's own numbers: the interval that it was told, its CPU time, and the two clocks' difference", () => {
  const usage = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  };
  const offset = () => Date.now() - monotonicMs();
  const [cpuBefore, offsetBefore] = [usage(), offset()];
  const found = read(monitorSelf, 123);
  assert.equal(found.get("monitor/interval_ms"), 123);
  between(found.get("monitor/cpu_s"), cpuBefore, usage(), 0, "CPU time");
  between(found.get("clock/wall_offset_ms"), offsetBefore, offset(), 2, "offset");
});

test("collections are counted from the opening on, with their time, by kind", async () => {
  const reader = garbageCollection.open(place);
  const start = readBetween(garbageCollection, reader);
  assert.deepEqual([...start.values()], new Array(8).fill(0));
  let garbage: unknown[] = [];
  for (let round = 0; round < 150; round++) garbage = Array.from({ length: 10_000 }, () => ({ round }));
  assert.equal(garbage.length, 10_000);
  await nextTurn();
  const first = readBetween(garbageCollection, reader);
  const count = first.get("gc/minor_count") ?? 0;
  const ms = first.get("gc/minor_ms") ?? 0;
  assert.ok(count >= 2 && Number.isInteger(count), `${count} collections`);
  assert.ok(ms > 0 && ms < 60_000);
  for (let round = 0; round < 150; round++) garbage = Array.from({ length: 10_000 }, () => ({ round }));
  await nextTurn();
  const second = readBetween(garbageCollection, reader);
  assert.ok((second.get("gc/minor_count") ?? 0) > count, "counts add up");
  assert.ok((second.get("gc/minor_ms") ?? 0) > ms, "and so do times");
  reader.close();
  for (let round = 0; round < 150; round++) garbage = Array.from({ length: 10_000 }, () => ({ round }));
  await nextTurn();
  assert.equal(readBetween(garbageCollection, reader).get("gc/minor_count"), second.get("gc/minor_count"));
});
