import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { monotonicMs } from "../../src/core/clock.js";
import { catalogueFor } from "../../src/hardware/catalogue.js";
import { startHardwareMonitor } from "../../src/hardware/monitor.js";

const linuxOnly = { skip: process.platform !== "linux" && "reads the kernel files of Linux" };

test("the catalogue of a Linux machine without a GPU has more than the study's 164 features, each named once", () => {
  const catalogue = catalogueFor({ platform: "linux", gpus: 0 });
  assert.ok(catalogue.length >= 164, String(catalogue.length));
  assert.equal(new Set(catalogue.map((feature) => feature.name)).size, catalogue.length);
  for (const { name, unit, source, description } of catalogue) {
    assert.match(name, /^[a-z0-9_]+\/[a-z0-9_]+$/);
    assert.notEqual(unit, "", name);
    assert.notEqual(source, "", name);
    assert.match(description, /^[A-Z].*\.$/, name);
  }
});

test("the sampler watches a process and stamps the clock of its parent", linuxOnly, async () => {
  const monitor = await startHardwareMonitor({ intervalMs: 20, gpus: [] });
  try {
    const beforeMs = monotonicMs();
    monitor.watch(process.pid);
    await sleep(250);
    const samples = await monitor.unwatch();
    const afterMs = monotonicMs();
    assert.ok(samples.length >= 5, String(samples.length));
    const times = samples.map((sample) => sample.monotonicMs);
    assert.ok(times.every((time, index) => time > (times[index - 1] ?? beforeMs) && time < afterMs));
    const resident = monitor.features.findIndex((feature) => feature.name === "process/resident_kib");
    assert.ok((samples[1]?.values[resident] ?? 0) > 10_000, "this process is larger than 10 MiB");
    assert.ok(samples.every((sample) => sample.values.length === monitor.features.length));
    const available = monitor.features.length - monitor.unavailable.length;
    assert.ok(available >= 164, `${available} features have values on this machine`);
  } finally {
    await monitor.close();
  }
});

test("a process that ends while it is watched leaves the features of the machine", linuxOnly, async () => {
  const monitor = await startHardwareMonitor({ intervalMs: 10, gpus: [] });
  try {
    const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 150)"]);
    monitor.watch(child.pid ?? 0);
    await once(child, "exit");
    await sleep(100);
    const samples = await monitor.unwatch();
    const index = (name: string) => monitor.features.findIndex((feature) => feature.name === name);
    const last = samples.at(-1);
    assert.equal(last?.values[index("process/resident_kib")], undefined);
    assert.ok((last?.values[index("memory/total_kib")] ?? 0) > 0);
    assert.ok(samples.some((sample) => sample.values[index("process/resident_kib")] !== undefined));
  } finally {
    await monitor.close();
  }
});

test("a sampler that is killed costs its samples, and the next watch has a new one", linuxOnly, async () => {
  const monitor = await startHardwareMonitor({ intervalMs: 10, gpus: [] });
  try {
    monitor.watch(process.pid);
    await sleep(50);
    process.kill(monitor.samplerPid ?? 0, "SIGKILL");
    await sleep(50);
    assert.deepEqual(await monitor.unwatch(), []);
    monitor.watch(process.pid);
    await sleep(1000);
    assert.ok((await monitor.unwatch()).length > 0);
  } finally {
    await monitor.close();
  }
});
