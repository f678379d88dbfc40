import assert from "node:assert/strict";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { energy } from "../../../src/hardware/kernel/energy.js";
import { loadavg } from "../../../src/hardware/kernel/loadavg.js";
import { procStat } from "../../../src/hardware/kernel/proc-stat.js";
import { processIo } from "../../../src/hardware/kernel/process-io.js";
import { processThreads } from "../../../src/hardware/kernel/process-threads.js";
import { slowSource } from "../../../src/hardware/reading/slow-source.js";
import type { Place, Source } from "../../../src/hardware/reading/source.js";
import { featuresOf, openRecorder } from "../../../src/hardware/sampling/recorder.js";
import { fixturePlace, valuesByName } from "../fixture-values.js";

function withTree(kernel: string, body: (place: Place) => void): void {
  const root = mkdtempSync(join(tmpdir(), "batchwise-tree-"));
  try {
    const from = fixturePlace(kernel);
    cpSync(from.procRoot, join(root, "proc"), { recursive: true });
    body({ procRoot: join(root, "proc"), sysRoot: join(root, "sys"), pid: 100 });
  } finally {
    rmSync(root, { recursive: true });
  }
}

function pause(durationMs: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, durationMs);
}

test("a counter's rate is its growth over the true interval", () => {
  withTree("linux-4.19", (place) => {
    const recorder = openRecorder([processIo], place);
    const features = featuresOf([processIo]).map((feature) => feature.name);
    const rate = features.indexOf("process/read_calls_per_s");
    const first = recorder.record();
    assert.ok(Number.isNaN(first.values[rate]), "there is no rate at the first record");
    pause(20);
    writeFileSync(join(place.procRoot, "100/io"), "rchar: 10\nwchar: 20\nsyscr: 43\n");
    const second = recorder.record();
    const elapsedS = (second.monotonicMs - first.monotonicMs) / 1000;
    assert.ok(Math.abs((second.values[rate] ?? 0) - 40 / elapsedS) < 1e-6);
    writeFileSync(join(place.procRoot, "100/io"), "rchar: 10\nwchar: 20\nsyscr: 1\n");
    assert.ok(Number.isNaN(recorder.record().values[rate]), "a counter that falls has no rate");
    recorder.close();
  });
});

test("busy shares are taken between two reads, per CPU", () => {
  withTree("linux-4.19", (place) => {
    const reader = procStat.open(place);
    const values = new Float64Array(procStat.features.length);
    reader.read(values, 0, Number.NaN);
    // 100 ticks on each CPU: cpu0 75 busy, cpu1 25 busy
    const lines = [
      "cpu  1100 20 300 8080 70 10 20 0",
      "cpu0 675 10 100 4015 35 5 10 0",
      "cpu1 425 10 200 4065 35 5 10 0",
    ];
    writeFileSync(join(place.procRoot, "stat"), `${lines.join("\n")}\n`);
    reader.read(values, 0, 1000);
    const found = valuesByName(procStat, values);
    assert.equal(found.get("cpu/busy_ratio"), 0.5);
    assert.equal(found.get("cpu/busiest_ratio"), 0.75);
    assert.equal(found.get("cpu/idlest_ratio"), 0.25);
    reader.close();
  });
});

test("a file that disappears gives empty values until it comes back, and the others go on", () => {
  withTree("linux-4.19", (place) => {
    const recorder = openRecorder([loadavg, processIo], place);
    const load = join(place.procRoot, "loadavg");
    assert.equal(recorder.record().values[0], 1.5);
    // An open descriptor outlives a removed regular file, so the folder takes the file's place for a new open.
    renameSync(load, `${load}.away`);
    mkdirSync(load);
    const later = openRecorder([loadavg, processIo], place);
    const { values } = later.record();
    assert.ok(Number.isNaN(values[0]));
    assert.deepEqual(later.unavailable(), [], "one record can't tell");
    later.record();
    assert.equal(values[loadavg.features.length], 10);
    const missing = later.unavailable().filter((feature) => feature.name.startsWith("load/"));
    assert.equal(missing.length, loadavg.features.length);
    assert.match(missing[0]?.reason ?? "", /loadavg: illegal operation on a directory/);
    rmSync(load, { recursive: true });
    renameSync(`${load}.away`, load);
    for (let read = 0; read < 99; read++) assert.ok(Number.isNaN(later.record().values[0]));
    assert.equal(later.record().values[0], 1.5, "it is tried again after 100 reads");
    assert.deepEqual(
      later.unavailable().filter((feature) => feature.name.startsWith("load/")),
      [],
    );
    recorder.close();
    later.close();
  });
});

test("threads that start are counted from the next list on, and those that end keep their share", () => {
  withTree("linux-4.19", (place) => {
    const reader = processThreads.open(place);
    const values = new Float64Array(3);
    const timeslices = (elapsedMs: number) => {
      reader.read(values, 0, elapsedMs);
      return values[2];
    };
    const thread = (id: string, slices: number) => {
      const folder = join(place.procRoot, "100/task", id);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, "schedstat"), `1000 2000 ${slices}\n`);
    };
    thread("100", 10);
    thread("101", 20);
    assert.equal(timeslices(Number.NaN), 30);
    thread("102", 5);
    assert.equal(timeslices(6000), 35);
    assert.deepEqual([...values], [3e-6, 6e-6, 35]); // 1 us run, 2 us waited each
    rmSync(join(place.procRoot, "100/task/102"), { recursive: true });
    thread("100", 11);
    assert.equal(timeslices(6000), 36);
    assert.deepEqual([...values], [3e-6, 6e-6, 36]);
    rmSync(join(place.procRoot, "100/task"), { recursive: true });
    const gone = processThreads.open(place);
    gone.read(values, 0, Number.NaN);
    assert.ok(Number.isNaN(values[2]));
    assert.match(gone.problem() ?? "", /task: no such file or directory/);
    gone.close();
    reader.close();
  });
});

test("what threads that have really ended ran and waited stays in the sum", {
  skip: !existsSync("/proc/self/schedstat"),
}, async () => {
  const burn = "const end = performance.now() + 100; while (performance.now() < end);";
  const reader = processThreads.open({ procRoot: "/proc", sysRoot: "/sys", pid: process.pid });
  const read = () => {
    const values = new Float64Array(3);
    reader.read(values, 0, 60_000);
    return [...values];
  };
  // More of them than there are cores, so that they wait for each other.
  const workers = Array.from({ length: 8 }, () => new Worker(burn, { eval: true }));
  const exits = workers.map((worker) => once(worker, "exit"));
  await Promise.race(workers.map((worker) => once(worker, "online")));
  const before = read();
  await Promise.all(exits);
  const after = read();
  for (const [place, value] of after.entries())
    assert.ok(value >= (before[place] ?? Infinity), `${before} and ${after}`);
  reader.close();
});

test("energy meters are summed by kind and go on where they start again from zero", () => {
  withTree("empty", (place) => {
    const meter = (zone: string, name: string, energyUj: number) => {
      const folder = join(place.sysRoot, "class/powercap", zone);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, "name"), `${name}\n`);
      writeFileSync(join(folder, "max_energy_range_uj"), "1000000000\n");
      writeFileSync(join(folder, "energy_uj"), `${energyUj}\n`);
    };
    meter("intel-rapl:0", "package-0", 900_000_000);
    meter("intel-rapl:1", "package-1", 100_000_000);
    meter("intel-rapl:0:0", "dram", 5_000_000);
    const reader = energy.open(place);
    const values = new Float64Array(energy.features.length);
    reader.read(values, 0, Number.NaN);
    const before = valuesByName(energy, values);
    assert.deepEqual(
      [...before.entries()],
      [
        ["energy/package_j", 1000],
        ["energy/dram_j", 5],
      ],
    );
    meter("intel-rapl:0", "package-0", 50_000_000); // 150 J later, past the meter's range of 1000 J
    reader.read(values, 0, 100);
    assert.equal(valuesByName(energy, values).get("energy/package_j"), 1150);
    reader.close();
  });
});

test("a slow source is asked once per interval and repeats its values in between", () => {
  let asked = 0;
  const counting: Source = {
    features: loadavg.features.slice(0, 1),
    open: () => ({
      read: (values, at) => {
        values[at] = ++asked;
      },
      problem: () => undefined,
      close: () => undefined,
    }),
  };
  const reader = slowSource(counting, 1000).open(fixturePlace("empty"));
  const values = new Float64Array(1);
  const seen = [Number.NaN, 400, 400, 400, 400].map((elapsedMs) => {
    reader.read(values, 0, elapsedMs);
    return values[0];
  });
  assert.deepEqual(seen, [1, 1, 1, 2, 2]);
});
