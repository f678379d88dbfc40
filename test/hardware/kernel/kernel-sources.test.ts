import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, renameSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { buddyinfo } from "../../../src/hardware/kernel/buddyinfo.js";
import { frequency } from "../../../src/hardware/kernel/frequency.js";
import { interrupts } from "../../../src/hardware/kernel/interrupts.js";
import { loadavg } from "../../../src/hardware/kernel/loadavg.js";
import { pressureSource } from "../../../src/hardware/kernel/pressure.js";
import { isDisk, procDiskstats } from "../../../src/hardware/kernel/proc-diskstats.js";
import { procNetDev } from "../../../src/hardware/kernel/proc-net-dev.js";
import { procSchedstat } from "../../../src/hardware/kernel/proc-schedstat.js";
import { procStat } from "../../../src/hardware/kernel/proc-stat.js";
import { processStat } from "../../../src/hardware/kernel/process-stat.js";
import { processThreads } from "../../../src/hardware/kernel/process-threads.js";
import { temperature } from "../../../src/hardware/kernel/temperature.js";
import { LIVE_ROOTS, type Source } from "../../../src/hardware/reading/source.js";
import { fixturePlace } from "../fixture-values.js";
import { readBetween, valuesOf, writtenTree } from "../written-tree.js";

function recorded(source: Source): [string, number][] {
  const reader = source.open(fixturePlace("linux-6.18"));
  const found = [...readBetween(source, reader)];
  assert.equal(reader.problem(), undefined);
  reader.close();
  return found.map(([name, value]) => [name, Math.round(value * 1e9) / 1e9]);
}

test("pressure: shares of ten seconds and of a minute, and the total, of some and of all tasks", () => {
  assert.deepEqual(recorded(pressureSource("io")), [
    ["pressure/io_some_10s_percent", 0],
    ["pressure/io_some_60s_percent", 0.2],
    ["pressure/io_some_us", 9886554],
    ["pressure/io_full_10s_percent", 0],
    ["pressure/io_full_60s_percent", 0.14],
    ["pressure/io_full_us", 8303343],
  ]);
  const lines = (text: string) => [...valuesOf(pressureSource("cpu"), { "proc/pressure/cpu": text })];
  assert.deepEqual(lines("some avg10=1.25 avg60=0.50 avg300=0.10 total=777\n"), [
    ["pressure/cpu_some_10s_percent", 1.25],
    ["pressure/cpu_some_60s_percent", 0.5],
    ["pressure/cpu_some_us", 777],
  ]);
  assert.deepEqual(lines("new 1\nfull avg10=2.50 avg60=3 avg300=9 total=8"), [
    ["pressure/cpu_full_10s_percent", 2.5],
    ["pressure/cpu_full_60s_percent", 3],
    ["pressure/cpu_full_us", 8],
  ]);
  assert.deepEqual(lines("some avg10"), []);
});

test("a recorded /proc/stat: hundredths of seconds, counts and soft interrupts", () => {
  const found = new Map(recorded(procStat));
  const expected = {
    "cpu/user_s": 405.09, // by hand from the two CPUs' lines; the file's own sums are a tick larger
    "cpu/nice_s": 0,
    "cpu/system_s": 146.24,
    "cpu/idle_s": 19795.19,
    "cpu/iowait_s": 11.83,
    "cpu/irq_s": 0,
    "cpu/softirq_s": 2.81,
    "cpu/steal_s": 0.52,
    "cpu/guest_s": 0,
    "cpu/guest_nice_s": 0,
    "cpu/interrupts": 1413164,
    "cpu/online": 2,
  };
  for (const [name, value] of Object.entries(expected)) assert.equal(found.get(name), value, name);
  assert.equal(found.get("cpu/busy_ratio"), undefined, "shares need two reads");
});

test("busy shares count neither idle nor waiting for disks, guests only once, of each CPU for itself", () => {
  const stat = (all: string, cpu0: string, cpu1: string, cpu2: string) =>
    `cpu  ${all}\ncpu0 ${cpu0}\ncpu1 ${cpu1}\ncpu2 ${cpu2}\nctxt 5\nprocs_running 2\nprocs_blocked 1\n`;
  const zero = "0 0 0 0 0 0 0 0 0 0";
  const tree = writtenTree({ "proc/stat": stat(zero, zero, zero, zero) });
  const reader = procStat.open(tree.place);
  readBetween(procStat, reader);
  // user nice system idle iowait irq softirq steal guest guest_nice; 10 ticks on each CPU.
  const busy8 = "1 1 1 1 1 2 2 1 1 1";
  const busy5 = "5 0 0 5 0 0 0 0 5 0";
  const busy1 = "1 0 0 0 9 0 0 0 0 0";
  tree.write({ "proc/stat": stat("7 1 1 6 10 2 2 1 6 1", busy8, busy5, busy1) });
  const found = readBetween(procStat, reader, 100);
  assert.ok(Math.abs((found.get("cpu/busy_ratio") ?? 0) - 14 / 30) < 1e-12);
  assert.equal(found.get("cpu/busiest_ratio"), 0.8);
  assert.equal(found.get("cpu/idlest_ratio"), 0.1);
  assert.equal(found.get("cpu/online"), 3);
  assert.deepEqual([found.get("cpu/runnable"), found.get("cpu/blocked"), found.get("cpu/context_switches")], [2, 1, 5]);
  // Nothing has happened since; then times of one CPU were taken back, which is no share beyond 0 and 1.
  assert.equal(readBetween(procStat, reader, 100).get("cpu/busy_ratio"), undefined);
  tree.write({ "proc/stat": stat(zero, busy8, busy5, "1 0 0 20 0 0 0 0 0 0") });
  assert.equal(readBetween(procStat, reader, 100).get("cpu/busy_ratio"), 0);
  tree.write({ "proc/stat": stat(zero, busy8, busy5, "24 0 0 10 0 0 0 0 0 0") });
  assert.equal(readBetween(procStat, reader, 100).get("cpu/busy_ratio"), 1);
  reader.close();
  tree.remove();
});

test("a recorded /proc/diskstats: one disk, not the loop and RAM devices", () => {
  assert.deepEqual(recorded(procDiskstats), [
    ["disk/reads", 105957],
    ["disk/reads_merged", 22436],
    ["disk/read_bytes", 8224562 * 512],
    ["disk/read_ms", 100548],
    ["disk/writes", 63471],
    ["disk/writes_merged", 145135],
    ["disk/write_bytes", 12743176 * 512],
    ["disk/write_ms", 54271],
    ["disk/in_flight", 0],
    ["disk/busy_ms", 19036],
    ["disk/queue_ms", 162919],
    ["disk/discards", 59423],
    ["disk/discard_ms", 7790],
    ["disk/flushes", 3598],
    ["disk/flush_ms", 309],
    ["disk/count", 1],
  ]);
  const names = ["sda", "sda1", "hdb", "xvda3", "vda", "nvme0n1", "nvme0n1p2", "nvme0c1n1", "nvme0c1n1p1"];
  const others = ["mmcblk0", "mmcblk0p1", "mmcblk0boot0", "loop0", "ram1", "zram0", "dm-0", "md0", "sr0", "nbd3"];
  assert.deepEqual([...names, ...others].filter(isDisk), [...["sda", "hdb", "vda", "nvme0n1", "nvme0c1n1"], "mmcblk0"]);
});

test("a recorded /proc/net/dev: hardware's interfaces where there are any, else the virtual ones without the loopback", () => {
  assert.deepEqual(recorded(procNetDev), [
    ["network/received_bytes", 1718317639],
    ["network/received_packets", 42100],
    ["network/receive_errors", 0],
    ["network/receive_drops", 0],
    ["network/sent_bytes", 3615373],
    ["network/sent_packets", 26522],
    ["network/send_errors", 0],
    ["network/send_drops", 0],
    ["network/interfaces", 3],
  ]);
  const line = (name: string, first: number) =>
    `${name}: ${Array.from({ length: 16 }, (_, column) => first + column).join(" ")}`;
  const head = "Inter-| Receive | Transmit\n face |bytes |bytes\n";
  const dev = `${head}${line("    lo", 100)}\n${line(" tun0", 200)}\n${line("  eth0", 300)}`;
  const with8 = (first: number) => [0, 1, 2, 3, 8, 9, 10, 11].map((column) => first + column);
  const virtual = valuesOf(procNetDev, { "proc/net/dev": `${dev}\n` });
  assert.deepEqual([...virtual.values()], [...with8(200).map((value, index) => value + (with8(300)[index] ?? 0)), 2]);
  const physical = valuesOf(procNetDev, { "proc/net/dev": dev, "sys/class/net/eth0/device/vendor": "1\n" });
  assert.deepEqual([...physical.values()], [...with8(300), 1]);
  assert.deepEqual([...valuesOf(procNetDev, { "proc/net/dev": head }).entries()], [["network/interfaces", 0]]);
});

test("a recorded /proc/buddyinfo: blocks of all zones, and which share of free memory is too broken up", () => {
  const zones = [
    [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 3],
    [1, 1, 4, 2, 5, 4, 3, 3, 4, 2, 752],
    [2999, 2353, 2347, 1848, 1312, 864, 590, 431, 305, 208, 455],
  ];
  const blocks = Array.from({ length: 11 }, (_, order) => zones.reduce((sum, zone) => sum + (zone[order] ?? 0), 0));
  const pages = (below: number) => blocks.slice(0, below).reduce((sum, count, order) => sum + count * 2 ** order, 0);
  const found = recorded(buddyinfo);
  assert.deepEqual(
    found.slice(0, 11).map(([, value]) => value),
    blocks,
  );
  assert.deepEqual(found.slice(11), [
    ...[4, 7, 9, 10].map((order) => [
      `fragmentation/unusable_order_${order}_ratio`,
      Math.round((1e9 * pages(order)) / pages(11)) / 1e9,
    ]),
    ["fragmentation/free_pages", pages(11)],
    ["fragmentation/largest_free_order", 10],
  ]);
  const few = valuesOf(buddyinfo, { "proc/buddyinfo": "garbage\nNode 0, zone DMA 3 0 2\nNode 0, nothing\n" });
  assert.equal(few.get("fragmentation/free_pages"), 11);
  assert.equal(few.get("fragmentation/largest_free_order"), 2);
  assert.equal(few.get("fragmentation/unusable_order_4_ratio"), 1);
  assert.equal(valuesOf(buddyinfo, { "proc/buddyinfo": "garbage\n" }).size, 0);
  const none = valuesOf(buddyinfo, { "proc/buddyinfo": "Node 0, zone DMA 0 0 0\n" });
  assert.deepEqual(
    ["fragmentation/free_pages", "fragmentation/unusable_order_4_ratio", "fragmentation/largest_free_order"].map(
      (name) => none.get(name),
    ),
    [0, undefined, undefined],
  );
});

test("interrupts are summed over CPUs, by kind, and those of devices are left out", () => {
  const text = [
    "           CPU0       CPU1       ",
    " 24:          1          0  IO-APIC   5-edge      ACPI:Ged",
    "NMI:          1          2   Non-maskable interrupts",
    "LOC:       1000        234   Local timer interrupts",
    "RES:         50          6   Rescheduling interrupts",
    "CAL:          7          8   Function call interrupts",
    "TLB:          9         10   TLB shootdowns",
    "TRM:          0          3   Thermal event interrupts",
    "MCE:          0          0   Machine check exceptions",
    "ERR:          5",
  ].join("\n");
  assert.deepEqual(
    [...valuesOf(interrupts, { "proc/interrupts": text })],
    [
      ["interrupts/timer", 1234],
      ["interrupts/rescheduling", 56],
      ["interrupts/function_call", 15],
      ["interrupts/tlb_shootdown", 19],
      ["interrupts/non_maskable", 3],
      ["interrupts/thermal", 3],
      ["interrupts/machine_check", 0],
    ],
  );
});

test("load averages, running and all threads", () => {
  assert.deepEqual(recorded(loadavg), [
    ["load/average_1min", 0.47],
    ["load/average_5min", 0.62],
    ["load/average_15min", 0.39],
    ["load/running", 1],
    ["load/threads", 84],
  ]);
});

test("times of the scheduler and of a process's threads are nanoseconds, summed", () => {
  const schedstat =
    "version 17\ntimestamp 5\ncpu0 1 2 3 4 5 6 2000000000 500000000 70\ndomain0 9 9\ncpu1 0 0 0 0 0 0 1000000000 250000000 7\n";
  assert.deepEqual([...valuesOf(procSchedstat, { "proc/schedstat": schedstat }).values()], [3, 0.75, 77]);
  assert.deepEqual([...valuesOf(procSchedstat, { "proc/schedstat": "version 17\n" }).values()], []);
  // 156723296 + 44851 + 46084977 and so on, by hand.
  assert.deepEqual(
    recorded(processThreads).map(([, value]) => value),
    [0.202853124, 0.023539689, 705],
  );
});

test("all threads count, and of more than are read there is no sum, with a reason", () => {
  const threads = (count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, thread) => [
        `proc/100/task/${100 + thread}/schedstat`,
        "1000000000 500000000 3\n",
      ]),
    );
  assert.deepEqual([...valuesOf(processThreads, threads(200)).values()], [200, 100, 600]);
  const tree = writtenTree(threads(1025));
  const reader = processThreads.open(tree.place);
  assert.equal(readBetween(processThreads, reader).size, 0);
  assert.match(reader.problem() ?? "", /task: 1025 threads, more than the 1024 that are read$/);
  reader.close();
  tree.remove();
});

test("a thread that ends just as another one starts is found within five seconds", () => {
  const thread = (id: number) => ({ [`proc/100/task/${id}/schedstat`]: "1000000000 500000000 10\n" });
  const tree = writtenTree({ ...thread(100), ...thread(101) });
  const reader = processThreads.open(tree.place);
  const seen = (elapsedMs: number) => [...readBetween(processThreads, reader, elapsedMs).values()];
  assert.deepEqual(seen(Number.NaN), [2, 1, 20]);
  renameSync(join(tree.place.procRoot, "100/task/101"), join(tree.place.procRoot, "100/task/102"));
  // The number of threads is as it was; what the one that is gone had stays in the sums.
  assert.deepEqual(seen(2500), [2, 1, 20]);
  assert.deepEqual(seen(2499), [2, 1, 20]);
  assert.deepEqual(seen(1), [3, 1.5, 30]);
  reader.close();
  tree.remove();
});

test("what a thread has run stays in the sums when it has ended", {
  skip: !existsSync("/proc/self/schedstat") && "needs schedstat",
}, async () => {
  const reader = processThreads.open({ ...LIVE_ROOTS, pid: process.pid });
  const seen = () => [...readBetween(processThreads, reader, 1).values()];
  const busy = `
    const end = Date.now() + 300;
    while (Date.now() < end);
    require("node:worker_threads").parentPort.postMessage("busy");
    setInterval(() => {}, 1000);`;
  const worker = new Worker(busy, { eval: true });
  await once(worker, "message");
  const [before = 0, , slices = 0] = seen();
  await worker.terminate();
  const [first = 0, , firstSlices = 0] = seen();
  const [second = 0, , secondSlices = 0] = seen();
  assert.ok(before > 0.1 && first >= before && second >= before, `${before}, ${first}, ${second} s`);
  assert.ok(firstSlices >= slices && secondSlices >= slices, `${slices}, ${firstSlices}, ${secondSlices}`);
  reader.close();
});

test("a recorded /proc/<pid>/stat: the fields of proc(5) after the name", () => {
  assert.deepEqual(recorded(processStat), [
    ["process/minor_faults", 33549],
    ["process/major_faults", 23],
    ["process/user_s", 0.22],
    ["process/system_s", 0.07],
    ["process/priority", 20],
    ["process/nice", 0],
    ["process/threads", 7],
    ["process/last_cpu", 0],
    ["process/disk_wait_s", 0],
  ]);
  const fields = Array.from({ length: 50 }, (_, index) => index + 3).join(" ");
  assert.deepEqual(
    [...valuesOf(processStat, { "proc/100/stat": `100 (a) b (c)) ${fields}` }).values()],
    [...[10, 12, 0.14, 0.15, 18, 19, 20, 39, 0.42]],
  );
});

test("sensors: hottest of each kind, coolest zone, fastest fan, throttles summed over cores and not over packages", () => {
  const files: Record<string, string> = {
    "sys/class/thermal/thermal_zone0/temp": "-5000\n",
    "sys/class/thermal/thermal_zone1/temp": "\n", // a sensor that does not answer
    "sys/class/thermal/thermal_zone10/temp": "30000\n",
    "sys/class/thermal/cooling_device0/temp": "99000\n",
    "sys/class/hwmon/hwmon0/name": "k10temp\n",
    "sys/class/hwmon/hwmon0/temp1_input": "61000\n",
    "sys/class/hwmon/hwmon0/temp2_input": "64500\n",
    "sys/class/hwmon/hwmon0/temp1_crit": "99000\n",
    "sys/class/hwmon/hwmon1/name": "drivetemp\n",
    "sys/class/hwmon/hwmon1/temp1_input": "38000\n",
    "sys/class/hwmon/hwmon2/name": "acpitz\n",
    "sys/class/hwmon/hwmon2/temp1_input": "45000\n",
    "sys/class/hwmon/hwmon2/fan1_input": "1500\n",
    "sys/class/hwmon/hwmon2/fan2_input": "800\n",
  };
  for (const [cpu, core] of [3, 4, 5].entries()) {
    files[`sys/devices/system/cpu/cpu${cpu}/thermal_throttle/core_throttle_count`] = `${core}\n`;
    files[`sys/devices/system/cpu/cpu${cpu}/thermal_throttle/package_throttle_count`] = `${cpu < 2 ? 7 : 6}\n`;
  }
  const tree = writtenTree(files);
  const reader = temperature.open(tree.place);
  assert.deepEqual([...readBetween(temperature, reader).values()], [30, -5, 64.5, 38, 45, 1500, 12, 7]);
  assert.equal(reader.problem(), undefined);
  const zone = writtenTree({ "sys/class/thermal/thermal_zone0/temp": "41000\n" });
  const alone = temperature.open(zone.place);
  assert.deepEqual([...readBetween(temperature, alone).values()], [41, 41]);
  assert.equal(alone.problem(), undefined, "one sensor is enough");
  zone.remove();
  const nothing = temperature.open(zone.place);
  assert.equal(nothing.problem(), "this machine shows no sensors");
  // Sensors answer slowly: asked again after a second, and not before.
  tree.write({ "sys/class/thermal/thermal_zone10/temp": "31000\n" });
  assert.equal(readBetween(temperature, reader, 999).get("temperature/zone_max_c"), 30);
  assert.equal(readBetween(temperature, reader, 1).get("temperature/zone_max_c"), 31);
  reader.close();
  tree.remove();
});

test("clocks: mean, slowest and fastest, the lowest limit, and whether all are told to run fast", () => {
  const policy = (id: number, current: number, limit: number, hardware: number, governor: string) => ({
    [`sys/devices/system/cpu/cpufreq/policy${id}/scaling_cur_freq`]: `${current}\n`,
    [`sys/devices/system/cpu/cpufreq/policy${id}/scaling_max_freq`]: `${limit}\n`,
    [`sys/devices/system/cpu/cpufreq/policy${id}/cpuinfo_max_freq`]: `${hardware}\n`,
    [`sys/devices/system/cpu/cpufreq/policy${id}/scaling_governor`]: `${governor}\n`,
  });
  const three = {
    ...policy(0, 1_000_000, 3_000_000, 3_500_000, "performance"),
    ...policy(1, 3_000_000, 2_500_000, 4_000_000, "performance"),
    ...policy(2, 2_600_000, 2_900_000, 3_000_000, "performance"),
  };
  assert.deepEqual([...valuesOf(frequency, three).values()], [2200, 1000, 3000, 2500, 4000, 1]);
  const broken = { ...three, "sys/devices/system/cpu/cpufreq/policy1/scaling_cur_freq": "<unknown>\n" };
  assert.deepEqual([...valuesOf(frequency, broken).values()].slice(0, 3), [1800, 1000, 2600]);
  // Of 32 clocks every other one is read, in the order of their names: the slow ones are those left out.
  const names = Array.from({ length: 32 }, (_, id) => id).sort((a, b) => (`policy${a}` < `policy${b}` ? -1 : 1));
  const many = Object.assign(
    {},
    ...names.map((id, place) => policy(id, place % 2 === 0 ? 2_000_000 : 1_000_000, 3_000_000, 3_000_000, "x")),
  ) as Record<string, string>;
  assert.deepEqual([...valuesOf(frequency, many).values()].slice(0, 3), [2000, 2000, 2000]);
});
