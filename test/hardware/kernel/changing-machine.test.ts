import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PACKAGE_ROOT } from "../../../src/core/package-root.js";
import { energy } from "../../../src/hardware/kernel/energy.js";
import { interrupts } from "../../../src/hardware/kernel/interrupts.js";
import { procDiskstats } from "../../../src/hardware/kernel/proc-diskstats.js";
import { procNetDev } from "../../../src/hardware/kernel/proc-net-dev.js";
import { procSchedstat } from "../../../src/hardware/kernel/proc-schedstat.js";
import { procStat } from "../../../src/hardware/kernel/proc-stat.js";
import { temperature } from "../../../src/hardware/kernel/temperature.js";
import type { Source } from "../../../src/hardware/reading/source.js";
import { openRecorder } from "../../../src/hardware/sampling/recorder.js";
import { readBetween, type WrittenTree, writtenTree } from "../written-tree.js";

/** What a source reads of trees that follow each other, a second apart. */
function play(source: Source, trees: readonly Record<string, string>[]): Map<string, number>[] {
  const tree = writtenTree(trees[0] ?? {});
  const reader = source.open(tree.place);
  const found = trees.map((files, read) => {
    tree.write(files);
    return readBetween(source, reader, read === 0 ? Number.NaN : 1000);
  });
  reader.close();
  tree.remove();
  return found;
}

/** By how much a counter grew from each read to the next; undefined where it had no two values in a row. */
function growths(found: readonly Map<string, number>[], name: string): (number | undefined)[] {
  return found.slice(1).map((values, index) => {
    const [before, now] = [found[index]?.get(name), values.get(name)];
    return before === undefined || now === undefined ? undefined : Math.round((now - before) * 1e6) / 1e6;
  });
}

const hotplug = (name: string) => readFileSync(join(PACKAGE_ROOT, "test/fixtures/proc/cpu-hotplug", name), "utf8");

test("a CPU that leaves and returns brings no history and takes none", () => {
  const files = ["before.txt", "off.txt", "on.txt", "on2.txt"].map((name) => ({ "proc/stat": hotplug(name) }));
  const found = play(procStat, files);
  // By hand from the lines of the CPUs: 295 ticks idle of 305, then 4 × 50 and 4 × 50.
  assert.deepEqual(growths(found, "cpu/idle_s"), [2.95, 2, 2]);
  assert.deepEqual(
    found.map((values) => values.get("cpu/busy_ratio")),
    [undefined, 10 / 305, 0.5, 0.5],
  );
  assert.deepEqual(
    found.map((values) => values.get("cpu/online")),
    [4, 3, 4, 4],
  );
  assert.equal(found[1]?.get("cpu/busiest_ratio"), 6 / 104);
  assert.equal(found[1]?.get("cpu/idlest_ratio"), 1 / 99);
});

test("the scheduler's times and throttles of a CPU that leaves and returns do not jump either", () => {
  const line = (cpu: number, ns: number) => `cpu${cpu} 0 0 0 0 0 0 ${ns} ${2 * ns} ${ns / 1e6}\n`;
  const schedstat = (...lines: string[]) => ({ "proc/schedstat": `version 17\n${lines.join("")}` });
  const found = play(procSchedstat, [
    schedstat(line(0, 9e12), line(1, 5e12)),
    schedstat(line(0, 9e12 + 1e8)),
    schedstat(line(0, 9e12 + 2e8), line(1, 5e12 + 3e8)),
  ]);
  assert.deepEqual(growths(found, "scheduler/run_s"), [0.1, 0.4]);
  assert.deepEqual(growths(found, "scheduler/wait_s"), [0.2, 0.8]);
  assert.deepEqual(growths(found, "scheduler/timeslices"), [100, 400]);

  const tree = writtenTree({});
  const throttled = (online: string, counts: Record<string, number>) => {
    const folder = "sys/devices/system/cpu";
    for (const cpu of ["cpu0", "cpu1", "cpu2"].filter((name) => counts[name] === undefined)) {
      rmSync(join(tree.place.sysRoot, "devices/system/cpu", cpu), { recursive: true, force: true });
    }
    tree.write({ [`${folder}/online`]: `${online}\n` });
    for (const [cpu, count] of Object.entries(counts)) {
      tree.write({
        [`${folder}/${cpu}/thermal_throttle/core_throttle_count`]: `${count}\n`,
        [`${folder}/${cpu}/thermal_throttle/package_throttle_count`]: `${10 * count}\n`,
      });
    }
  };
  throttled("0-1", { cpu0: 3, cpu1: 500 });
  const reader = temperature.open(tree.place);
  const read = () => {
    const values = readBetween(temperature, reader, 1000);
    return [values.get("temperature/core_throttles"), values.get("temperature/package_throttles")];
  };
  assert.deepEqual(read(), [503, 5000]);
  throttled("0", { cpu0: 3 });
  assert.deepEqual(read(), [503, 5000]);
  throttled("0-2", { cpu0: 4, cpu1: 500, cpu2: 7000 });
  assert.deepEqual(read(), [504, 5010]);
  throttled("0-2", { cpu0: 4, cpu1: 502, cpu2: 7001 });
  assert.deepEqual(read(), [507, 5030]);
  reader.close();
  tree.remove();
});

test("interrupts of a CPU that leaves, returns or wraps are those of the interval", () => {
  const table = (...cpus: [number, number, number][]) => ({
    "proc/interrupts": [
      `           ${cpus.map(([cpu]) => `CPU${cpu}`).join("       ")}`,
      ` LOC: ${cpus.map(([, timer]) => String(timer).padStart(10)).join(" ")}   Local timer interrupts`,
      ` TLB: ${cpus.map(([, , tlb]) => String(tlb).padStart(10)).join(" ")}   TLB shootdowns\n`,
    ].join("\n"),
  });
  const found = play(interrupts, [
    table([0, 1_000_000, 500], [1, 900_000, 700]),
    table([0, 1_000_100, 501]),
    table([0, 1_000_200, 502]),
    table([0, 1_000_300, 503], [1, 900_010, 702]),
    table([0, 1_000_400, 504], [1, 900_110, 703]),
  ]);
  assert.deepEqual(growths(found, "interrupts/timer"), [100, 100, 110, 200]);
  assert.deepEqual(growths(found, "interrupts/tlb_shootdown"), [1, 1, 3, 2]);
  // A column of another CPU in the same place is not that CPU's.
  assert.deepEqual(
    growths(play(interrupts, [table([0, 5, 1], [1, 7, 1]), table([0, 6, 1], [2, 9_000_000, 1])]), "interrupts/timer"),
    [1],
  );
  const wrapped = play(interrupts, [
    table([0, 4_294_967_290, 500], [1, 900_000, 700]),
    table([0, 94, 501], [1, 900_100, 701]),
  ]);
  assert.deepEqual(growths(wrapped, "interrupts/timer"), [200]);
  // A row that is cut off would be a sum of some CPUs only.
  const cut = { "proc/interrupts": "      CPU0  CPU1\n LOC: 1000100\n" };
  assert.equal(play(interrupts, [table([0, 1_000_000, 500], [1, 900_000, 700]), cut])[1]?.size, 0);
});

test("soft interrupts of a kind wrap at 32 bits", () => {
  const stat = (timer: number) => ({
    "proc/stat": `cpu0 1 1 1 1\nsoftirq ${5e9 + timer} 1 ${timer % 2 ** 32} 3 4 5\n`,
  });
  const found = play(procStat, [stat(2 ** 32 - 10), stat(2 ** 32 + 90)]);
  assert.deepEqual(growths(found, "cpu/softirq_timer"), [100]);
  assert.deepEqual(growths(found, "cpu/softirqs"), [100]);
});

test("time that the kernel takes back leaves the busy share, and the other states", () => {
  const stat = (user: number, idle: number, iowait: number, steal: number) => {
    const times = `${user} 0 0 ${idle} ${iowait} 0 0 ${steal} 0 0`;
    return { "proc/stat": `cpu  ${times}\ncpu0 ${times}\n` };
  };
  const found = play(procStat, [
    stat(1000, 100_000, 5000, 4_000_000_000),
    stat(1050, 100_050, 5000, 3_167_542_567),
    stat(1100, 100_100, 5000, 2_771_134_265),
    stat(1110, 100_290, 4900, 2_771_134_265),
  ]);
  assert.deepEqual(
    found.slice(1).map((values) => values.get("cpu/busy_ratio")),
    [0.5, 0.5, 0.05],
  );
  assert.deepEqual(growths(found, "cpu/user_s"), [0.5, 0.5, 0.1]);
  assert.deepEqual(growths(found, "cpu/steal_s"), [0, 0, 0]);
  assert.deepEqual(growths(found, "cpu/iowait_s"), [0, 0, 0]);
});

test("a second line of all CPUs is not a second moment, and without lines of each it is taken", () => {
  const zero = "cpu  0 0 0 0 0 0 0 0 0 0\n";
  const times = (user: number, idle: number) => `${user} 20 24452 ${idle} 5183 0 636 0 0 0`;
  const two = (user: number, idle: number) => ({
    "proc/stat": `${zero}cpu  ${times(user, idle)}\ncpu0 ${times(user, idle)}\n`,
  });
  const found = play(procStat, [two(57_589, 2_480_547), two(57_679, 2_480_557)]);
  assert.equal(found[0]?.get("cpu/busy_ratio"), undefined);
  assert.equal(found[1]?.get("cpu/busy_ratio"), 0.9);
  const all = (user: number, idle: number) => ({ "proc/stat": `${zero}cpu  ${times(user, idle)}\n` });
  const alone = play(procStat, [all(57_589, 2_480_547), all(58_489, 2_480_647)]);
  assert.equal(alone[1]?.get("cpu/busy_ratio"), 0.9);
  assert.deepEqual(growths(alone, "cpu/user_s"), [9]);
  assert.equal(alone[1]?.get("cpu/online"), undefined);
});

test("an interface that joins, leaves, returns or takes another's place brings no traffic with it", () => {
  const line = (name: string, bytes: number) => `${name}: ${bytes} 1 0 0 0 0 0 0 ${bytes} 1 0 0 0 0 0 0\n`;
  const dev = (...lines: string[]) => ({
    "proc/net/dev": `Inter-| Receive | Transmit\n face |b |b\n${lines.join("")}`,
  });
  const received = (trees: Record<string, string>[]) => growths(play(procNetDev, trees), "network/received_bytes");
  const veth = [
    dev(line("m0", 1000)),
    dev(line("m0", 1100), line("x1", 315_000_000)), // moved into this network namespace
    dev(line("m0", 1200), line("x1", 315_000_500)),
    dev(line("m0", 1300)), // and deleted
    dev(line("m0", 1400), line("x1", 316_000_000)), // another one of that name
  ];
  assert.deepEqual(received(veth), [100, 600, 100, 100]);
  // Hardware that joins takes the place of what is virtual; each goes on by its own growth.
  const card = { "sys/class/net/eth0/device/vendor": "1\n" };
  assert.deepEqual(
    received([
      { ...dev(line("m0", 1000)) },
      { ...dev(line("m0", 1100), line("eth0", 7e9)), ...card },
      { ...dev(line("m0", 1200), line("eth0", 7e9 + 5)), ...card },
      dev(line("m0", 1300)),
    ]),
    [0, 5, 100],
  );
  // A card that is set back; one that says what no card can do.
  assert.deepEqual(received([dev(line("eth0", 9e9)), dev(line("eth0", 10)), dev(line("eth0", 20))]), [
    undefined,
    undefined,
  ]);
  assert.deepEqual(received([dev(line("eth0", 0)), dev(line("eth0", 9e15))]), [undefined]);
  assert.deepEqual(received([dev(line("m0", 5)), dev(), dev(line("m0", 9e6)), dev(line("m0", 9e6 + 1))]), [
    undefined,
    undefined,
    1,
  ]);
});

test("a disk that joins or leaves brings no requests with it, and its times wrap at 32 bits", () => {
  const line = (name: string, reads: number, readMs: number, inFlight = 0) =>
    `   8 0 ${name} ${reads} 0 0 ${readMs} 0 0 0 0 ${inFlight} 0 0\n`;
  const stats = (...lines: string[]) => ({ "proc/diskstats": lines.join("") });
  const found = play(procDiskstats, [
    stats(line("sda", 100, 2 ** 32 - 50, 1)),
    stats(line("sda", 110, 30, 2), line("sdb", 8_000_000, 3_000_000_000, 3)),
    stats(line("sda", 120, 40), line("sdb", 8_000_001, 3_000_000_020)),
    stats(line("sda", 130, 50)),
  ]);
  assert.deepEqual(growths(found, "disk/reads"), [10, 11, 10]);
  assert.deepEqual(growths(found, "disk/read_ms"), [80, 30, 10]);
  assert.deepEqual(
    found.map((values) => values.get("disk/in_flight")),
    [1, 5, 0, 0],
  );
  assert.deepEqual(
    found.map((values) => values.get("disk/count")),
    [1, 2, 2, 1],
  );
});

/** Writes an energy meter's file. */
function meter(tree: WrittenTree, zone: string, energyUj: number | string, rangeUj?: number): void {
  const folder = `sys/class/powercap/intel-rapl:${zone}`;
  tree.write({ [`${folder}/name`]: `package-${zone}\n`, [`${folder}/energy_uj`]: `${energyUj}\n` });
  if (rangeUj !== undefined) tree.write({ [`${folder}/max_energy_range_uj`]: `${rangeUj}\n` });
}

for (const [what, rangeUj, expected] of [
  ["known", 262_143_328_850, [80, 80, 80, 80, 80]],
  ["unknown", undefined, [80, undefined, undefined, 80, 80]],
] as const) {
  test(`an energy meter that wraps at a range that is ${what} goes on with all of the power`, () => {
    const tree = writtenTree({});
    const first = [262_093_328_850, 262_133_328_850, 30_000_000, 70_000_000, 110_000_000, 150_000_000];
    meter(tree, "0", first[0] ?? 0, rangeUj);
    meter(tree, "1", 1e9, rangeUj);
    const reader = energy.open(tree.place);
    const found = first.map((energyUj, read) => {
      meter(tree, "0", energyUj);
      meter(tree, "1", 1e9 + 40e6 * read);
      return readBetween(energy, reader, read === 0 ? Number.NaN : 1000);
    });
    assert.equal(found[0]?.get("energy/package_j"), 263_093.32885);
    assert.deepEqual(growths(found, "energy/package_j"), expected);
    reader.close();
    tree.remove();
  });
}

test("the energy of some packages only is not shown as that of all", () => {
  const tree = writtenTree({});
  meter(tree, "0", 5e6);
  meter(tree, "1", 7e6);
  const energyFile = join(tree.place.sysRoot, "class/powercap/intel-rapl:1/energy_uj");
  const reader = energy.open(tree.place);
  assert.equal(readBetween(energy, reader).get("energy/package_j"), 12);
  reader.close();
  rmSync(energyFile);
  mkdirSync(energyFile);
  assert.equal(readBetween(energy, reader, 1000).size, 0);
  rmSync(energyFile, { recursive: true });
  tree.remove();
});

test("a share that could not be told says so, and not that the file lacks it", () => {
  const tree = writtenTree({ "proc/stat": "cpu0 1 2 3 4 5 6 7 8 9 10\n" });
  const recorder = openRecorder([procStat], tree.place);
  recorder.record();
  recorder.record();
  const reasons = new Map(recorder.unavailable().map(({ name, reason }) => [name, reason]));
  assert.equal(reasons.get("cpu/busy_ratio"), "could not be told from /proc/stat cpu");
  assert.equal(reasons.get("cpu/blocked"), "not in /proc/stat procs_blocked of this machine");
  recorder.close();
  tree.remove();
});
