import assert from "node:assert/strict";
import { test } from "node:test";
import { cautionsFrom } from "../../src/hardware/cautions.js";
import { featureGroup } from "../../src/hardware/reading/feature-group.js";

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

test("a caution begins beyond its threshold, and not at it", () => {
  const tags = (...args: Parameters<typeof watch>) => watch(...args).map(({ tag }) => tag);
  // Busy for 1 + 0.05 s of all, 1 + 0.05 + 0.01 s of them the process's and the monitor's own, in one second.
  assert.deepEqual(tags({ "cpu/user_s": [100, 101.255] }), []);
  assert.deepEqual(tags({ "cpu/user_s": [100, 101.27] }), ["other_load"]);
  for (const state of ["nice", "system", "irq", "softirq", "steal"]) {
    const first = state === "system" ? 50 : 0;
    assert.deepEqual(tags({ [`cpu/${state}_s`]: [first, first + 0.4] }), ["other_load"], state);
  }
  for (const own of ["process/user_s", "process/system_s", "monitor/cpu_s"]) {
    assert.deepEqual(tags({ "cpu/user_s": [100, 101.4], [own]: [0, 1.4] }), [], `${own} is no other load`);
  }
  assert.deepEqual(tags({ "cpu/user_s": [100, 102.1] }, times(11), 1), []);
  assert.deepEqual(tags({ "cpu/user_s": [100, 102.4] }, times(11), 1), ["other_load"]);
  // Half a second is long enough to tell, 400 ms is not.
  assert.deepEqual(tags({ "cpu/user_s": [100, 103] }, times(6)), ["other_load"]);
  assert.deepEqual(tags({ "cpu/user_s": [100, 103] }, times(5)), []);
  const short = times(6).map((ms, index) => ms - 0.1 * index);
  assert.deepEqual(tags({ "cpu/user_s": [100, 103] }, short), [], "499.5 ms");
  assert.deepEqual(tags({ "frequency/max_mhz": [3000, 2700] }), []);
  assert.deepEqual(tags({ "frequency/max_mhz": [3000, 2699] }), ["frequency_changed"]);
  assert.deepEqual(tags({ "clock/wall_offset_ms": [1e12, 1e12 + 50] }), []);
  assert.deepEqual(tags({ "clock/wall_offset_ms": [1e12, 1e12 - 51] }), ["clock_jumped"]);
  assert.deepEqual(tags({ "temperature/package_throttles": [1, 2] }), ["throttled"]);
  assert.deepEqual(tags({ "paging/swapped_in": [7, 8] }), ["swap_used"]);
  assert.deepEqual(tags({ "cgroup/throttled_periods": [9, 5], "paging/swapped_in": [9, 5] }), [], "set back");
});

test("every reason for which a GPU throttles is told, of every GPU, with the share of samples", () => {
  for (const reason of ["thermal_software", "thermal_hardware", "hardware_slowdown", "power_brake", "power_cap"]) {
    const [caution] = watch({
      "gpu0/power_w": [1, 1],
      "gpu1/sm_clock_mhz": [1, 1],
      [`gpu1/throttle_${reason}`]: [1, 0],
    });
    assert.equal(caution?.detail, `gpu1 throttled (${reason}) in 55 % of samples`);
  }
  assert.deepEqual(watch({ "gpu0/power_w": [1, 1], "gpu0/throttle_power_cap": [0, 0] }), []);
});

test("missed samples are those that the usual interval leaves room for", () => {
  const missed = (...gaps: number[]) => {
    const timesMs = [1000];
    for (const gap of [...gaps, ...new Array<number>(10).fill(100)]) timesMs.push((timesMs.at(-1) ?? 0) + gap);
    return watch({}, timesMs).find(({ tag }) => tag === "samples_missed")?.detail;
  };
  // Three intervals are no gap yet: 2 of 14 samples are missing then, which is more than a tenth.
  assert.equal(missed(200), undefined);
  assert.equal(missed(300), "2 samples are missing, the longest gap was 300 ms");
  assert.equal(missed(100, 100, 100, 100, 100, 100, 100, 300), undefined, "2 of 21 are less than a tenth");
  assert.equal(missed(100, 100, 100, 100, 100, 100, 100, 310), "2 samples are missing, the longest gap was 310 ms");
  assert.equal(missed(140, 60), undefined);
  assert.equal(missed(250, 250), "4 samples are missing, the longest gap was 250 ms");
});

test("features that a machine lacks raise nothing", () => {
  assert.deepEqual(cautionsFrom([], [{ monotonicMs: 0, values: [] }]), []);
  assert.deepEqual(cautionsFrom([], []), []);
});
