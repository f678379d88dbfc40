import assert from "node:assert/strict";
import { test } from "node:test";
import { cautionsFrom } from "../../src/hardware/cautions.js";
import { featureGroup } from "../../src/hardware/feature-group.js";

/** Samples every 100 ms of the features named, which start at the first number and end at the second. */
function watch(
  changes: Readonly<Record<string, readonly [first: number, last: number]>>,
  timesMs = times(11),
  neighbourCores = 0,
) {
  const quiet: Record<string, readonly [number, number]> = {
    "monitor/cpu_s": [1, 1.01],
    "cpu/user_s": [100, 101],
    "cpu/nice_s": [0, 0],
    "cpu/system_s": [50, 50.05],
    "cpu/irq_s": [0, 0],
    "cpu/softirq_s": [0, 0],
    "cpu/steal_s": [0, 0],
    "process/user_s": [1, 2],
    "process/system_s": [0, 0.05],
    "process/swapped_kib": [0, 0],
    "paging/swapped_in": [7, 7],
    "paging/swapped_out": [9, 9],
    "temperature/core_throttles": [3, 3],
    "frequency/max_mhz": [3000, 2950],
    "frequency/limit_mhz": [3000, 3000],
    "clock/wall_offset_ms": [1e12, 1e12 + 1],
    "cgroup/throttled_periods": [5, 5],
    "cgroup/memory_limit_hits": [0, 0],
  };
  const all = Object.entries({ ...quiet, ...changes });
  const group = featureGroup("test", "machine", "test");
  const features = ["monitor/interval_ms", ...all.map(([name]) => name)].map((name) => ({
    ...group.gauge("x", "1", "", "For the test."),
    name,
  }));
  const samples = timesMs.map((monotonicMs, index) => ({
    monotonicMs,
    values: [
      index === 0 ? undefined : monotonicMs - (timesMs[index - 1] ?? 0),
      ...all.map(([, [first, last]]) => (index < timesMs.length / 2 ? first : last)),
    ],
  }));
  return cautionsFrom(features, samples, neighbourCores);
}

function times(count: number): number[] {
  return Array.from({ length: count }, (_, index) => 1000 + index * 100);
}

test("a quiet machine raises no caution", () => {
  assert.deepEqual(watch({}), []);
});

const CASES = [
  ["throttled", { "temperature/core_throttles": [3, 5] }, /2 times/],
  ["throttled", { "gpu0/power_w": [1, 1], "gpu0/throttle_thermal_hardware": [0, 1] }, /gpu0 throttled.*45 %/],
  ["other_load", { "cpu/user_s": [100, 102] }, /0.99 cores/],
  ["swap_used", { "paging/swapped_out": [9, 12] }, /3 pages/],
  ["swap_used", { "process/swapped_kib": [0, 640] }, /640 KiB/],
  ["frequency_changed", { "frequency/max_mhz": [3000, 1200] }, /between 1200 and 3000 MHz/],
  ["frequency_changed", { "frequency/limit_mhz": [3000, 2000] }, /limit/],
  ["clock_jumped", { "clock/wall_offset_ms": [1e12, 1e12 + 90_000] }, /90000 ms/],
  ["container_limit", { "cgroup/throttled_periods": [5, 9] }, /4 periods/],
  ["container_limit", { "cgroup/memory_limit_hits": [0, 2] }, /2 times/],
] as const;

for (const [tag, changes, detail] of CASES) {
  test(`${Object.keys(changes).at(-1)} growing or changing raises ${tag}, with a remedy`, () => {
    const [caution, ...others] = watch(changes);
    assert.equal(caution?.tag, tag);
    assert.match(caution.detail, detail);
    assert.notEqual(caution.remedy, "");
    assert.deepEqual(others, []);
  });
}

test("devices that run side by side on purpose are no other load", () => {
  assert.deepEqual(watch({ "cpu/user_s": [100, 102] }, times(11), 1), []);
});

test("a gap in the samples raises samples_missed", () => {
  const gap = [...times(6), ...times(16).slice(11)];
  const [caution, ...others] = watch({}, gap).filter(({ tag }) => tag !== "other_load");
  assert.equal(caution?.tag, "samples_missed");
  assert.match(caution.detail, /5 samples are missing, the longest gap was 600 ms/);
  assert.deepEqual(others, []);
});

test("features that a machine lacks raise nothing", () => {
  assert.deepEqual(cautionsFrom([], [{ monotonicMs: 0, values: [] }]), []);
  assert.deepEqual(cautionsFrom([], []), []);
});
