import assert from "node:assert/strict";
import { test } from "node:test";
import { buddyinfo } from "../../../src/hardware/kernel/buddyinfo.js";
import { cgroup } from "../../../src/hardware/kernel/cgroup.js";
import { frequency } from "../../../src/hardware/kernel/frequency.js";
import { LINUX_SOURCES } from "../../../src/hardware/kernel/linux-sources.js";
import { loadavg } from "../../../src/hardware/kernel/loadavg.js";
import { procDiskstats } from "../../../src/hardware/kernel/proc-diskstats.js";
import { procMeminfo } from "../../../src/hardware/kernel/proc-meminfo.js";
import { procNetDev } from "../../../src/hardware/kernel/proc-net-dev.js";
import { procSchedstat } from "../../../src/hardware/kernel/proc-schedstat.js";
import { procStat } from "../../../src/hardware/kernel/proc-stat.js";
import { procVmstat } from "../../../src/hardware/kernel/proc-vmstat.js";
import { processIo } from "../../../src/hardware/kernel/process-io.js";
import { processStat } from "../../../src/hardware/kernel/process-stat.js";
import { processStatus } from "../../../src/hardware/kernel/process-status.js";
import { processThreads } from "../../../src/hardware/kernel/process-threads.js";
import { temperature } from "../../../src/hardware/kernel/temperature.js";
import type { Source } from "../../../src/hardware/reading/source.js";
import { monitorSelf } from "../../../src/hardware/runtime/monitor-self.js";
import { fixturePlace, valuesAt } from "../fixture-values.js";

/** The oracle of each: the numbers in test/fixtures/proc/linux-4.19, read by eye. */
const EXPECTED: readonly [Source, Record<string, number>][] = [
  [
    procStat,
    {
      "cpu/user_s": 10,
      "cpu/system_s": 3,
      "cpu/idle_s": 80,
      "cpu/softirq_s": 0.2,
      "cpu/interrupts": 123456,
      "cpu/context_switches": 7654321,
      "cpu/forks": 4321,
      "cpu/runnable": 2,
      "cpu/blocked": 1,
      "cpu/softirqs": 1100,
      "cpu/softirq_hi": 10,
      "cpu/softirq_sched": 300,
      "cpu/softirq_rcu": 260,
      "cpu/online": 2,
    },
  ],
  [
    procMeminfo,
    {
      "memory/total_kib": 8_000_000,
      "memory/active_kib": 2_000_000,
      "memory/active_anonymous_kib": 900_000,
      "memory/swap_used_kib": 500_000,
      "memory/used_ratio": 0.25,
      "memory/huge_pages_free": 3,
    },
  ],
  [
    procVmstat,
    {
      "paging/in_kib": 1000,
      "paging/allocated": 4321,
      "paging/allocation_stalls": 7,
      "paging/faults": 12345,
      "paging/refaults": 89,
      "paging/compaction_scanned": 100,
    },
  ],
  [
    procDiskstats, // sda and sdb; not sda1, loop0 or dm-0; sectors of 512 bytes
    {
      "disk/count": 2,
      "disk/reads": 110,
      "disk/read_bytes": 2200 * 512,
      "disk/read_ms": 550,
      "disk/write_bytes": 4400 * 512,
      "disk/in_flight": 3,
      "disk/busy_ms": 990,
      "disk/queue_ms": 1320,
    },
  ],
  [
    procNetDev, // eth0 and eth1; not lo, and not the bridge, behind which there is no device
    {
      "network/interfaces": 2,
      "network/received_bytes": 1500,
      "network/received_packets": 15,
      "network/receive_drops": 2,
      "network/sent_bytes": 2600,
      "network/send_errors": 3,
      "network/send_drops": 4,
    },
  ],
  [
    buddyinfo, // free pages: 5 + 2·2 + 16 + 4·1024 = 4121
    {
      "fragmentation/free_blocks_order_0": 5,
      "fragmentation/free_blocks_order_10": 4,
      "fragmentation/free_pages": 4121,
      "fragmentation/unusable_order_4_ratio": 9 / 4121,
      "fragmentation/unusable_order_9_ratio": 25 / 4121,
      "fragmentation/largest_free_order": 10,
    },
  ],
  [loadavg, { "load/average_1min": 1.5, "load/average_15min": 0.25, "load/running": 3, "load/threads": 512 }],
  [procSchedstat, { "scheduler/run_s": 6, "scheduler/wait_s": 1.5, "scheduler/timeslices": 1000 }],
  [
    processStat,
    {
      "process/minor_faults": 5000,
      "process/major_faults": 12,
      "process/user_s": 2.5,
      "process/system_s": 0.75,
      "process/threads": 12,
      "process/last_cpu": 1,
      "process/disk_wait_s": 0.04,
    },
  ],
  [
    processStatus,
    {
      "process/resident_kib": 50000,
      "process/resident_peak_kib": 60000,
      "process/shared_kib": 20000,
      "process/page_tables_kib": 300,
      "process/main_thread_forced_switches": 5,
    },
  ],
  [processIo, { "process/read_call_bytes": 10, "process/disk_write_bytes": 8192 }],
  [processThreads, { "process/run_s": 4, "process/wait_s": 0.5, "process/timeslices": 57 }],
  [
    cgroup, // the limit of the memory stands in the group above
    {
      "cgroup/memory_kib": 1024,
      "cgroup/memory_peak_kib": 2048,
      "cgroup/memory_limit_hits": 9,
      "cgroup/oom_kills": 2,
      "cgroup/cpu_s": 1.5,
      "cgroup/throttled_periods": 4,
      "cgroup/throttled_s": 0.25,
      "cgroup/memory_limit_kib": 4 * 1024 * 1024,
      "cgroup/cpu_limit_cores": 0.5,
    },
  ],
  [
    temperature,
    {
      "temperature/zone_max_c": 55.5,
      "temperature/zone_min_c": 41,
      "temperature/cpu_max_c": 60,
      "temperature/disk_max_c": 38.85,
      "temperature/board_max_c": 33,
      "temperature/fan_max_rpm": 1200,
      "temperature/core_throttles": 7,
      "temperature/package_throttles": 5,
    },
  ],
  [
    frequency,
    {
      "frequency/mean_mhz": 2200,
      "frequency/min_mhz": 800,
      "frequency/max_mhz": 3600,
      "frequency/limit_mhz": 3800,
      "frequency/hardware_limit_mhz": 4000,
      "frequency/governor_performance": 0,
    },
  ],
];

for (const [source, expected] of EXPECTED) {
  const origin = source.features[0]?.source ?? "";
  test(`the numbers of an old kernel come out of ${origin}`, () => {
    const found = valuesAt(source, fixturePlace("linux-4.19"));
    for (const [name, value] of Object.entries(expected)) assertClose(found.get(name), value, name);
  });
}

test("control groups of the new layout give usage, and the lowest limit of the groups above", () => {
  const found = valuesAt(cgroup, fixturePlace("linux-6.18"));
  assert.equal(found.get("cgroup/memory_kib"), 102400);
  assert.equal(found.get("cgroup/memory_peak_kib"), 204800);
  assert.equal(found.get("cgroup/memory_limit_kib"), 2 * 1024 * 1024);
  assert.equal(found.get("cgroup/cpu_limit_cores"), 1.5);
  assert.equal(found.get("cgroup/processes_limit"), 64);
  assert.equal(found.get("cgroup/memory_limit_hits"), 3);
  assertClose(found.get("cgroup/throttled_s"), 0.35, "throttled");
});

test("a tree without any file gives no value, a reason and no error", () => {
  for (const source of LINUX_SOURCES.filter((candidate) => candidate !== monitorSelf)) {
    const reader = source.open(fixturePlace("empty"));
    const values = new Float64Array(source.features.length);
    reader.read(values, 0, Number.NaN);
    assert.ok(
      values.every((value) => Number.isNaN(value)),
      source.features[0]?.source,
    );
    assert.ok(reader.problem(), source.features[0]?.source);
    reader.close();
  }
});

test("fields that are new, missing or broken leave the others readable", () => {
  const read = (source: Source) => valuesAt(source, fixturePlace("odd-fields"));
  const cpu = read(procStat);
  assert.deepEqual([cpu.get("cpu/user_s"), cpu.get("cpu/guest_s")], [1, 0.06]);
  assert.deepEqual([cpu.get("cpu/context_switches"), cpu.get("cpu/forks"), cpu.get("cpu/online")], [undefined, 5, 1]);
  const memory = read(procMeminfo);
  assert.deepEqual(
    [memory.get("memory/total_kib"), memory.get("memory/free_kib"), memory.get("memory/cached_kib")],
    [1000, undefined, 12],
  );
  assert.equal(memory.get("memory/available_kib"), 2 ** 64);
  const paging = read(procVmstat);
  assert.deepEqual(
    [paging.get("paging/faults"), paging.get("paging/major_faults"), paging.get("paging/refaults")],
    [5, undefined, 5],
  );
  const disk = read(procDiskstats);
  assert.deepEqual([disk.get("disk/count"), disk.get("disk/reads"), disk.get("disk/flush_ms")], [2, 2, undefined]);
  assert.deepEqual([...read(procNetDev).entries()], [["network/interfaces", 0]]);
  assert.deepEqual([...read(loadavg).entries()], [["load/average_1min", 0.5]]);
  const status = read(processStatus);
  assert.deepEqual([status.get("process/resident_kib"), status.get("process/virtual_kib")], [undefined, 5]);
  const stat = read(processStat); // its name holds blanks and parentheses, and it ends early
  assert.deepEqual(
    [stat.get("process/minor_faults"), stat.get("process/user_s"), stat.get("process/threads")],
    [11, 3, 3],
  );
  assert.equal(stat.get("process/last_cpu"), undefined);
});

function assertClose(found: number | undefined, expected: number, what: string): void {
  assert.ok(
    found !== undefined && Math.abs(found - expected) < 1e-9 * Math.max(1, Math.abs(expected)),
    `${what}: ${found}`,
  );
}
