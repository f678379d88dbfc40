import assert from "node:assert/strict";
import { fork, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { monotonicMs } from "../../../src/core/clock.js";
import { PACKAGE_ROOT } from "../../../src/core/package-root.js";
import { catalogueFor } from "../../../src/hardware/catalogue.js";
import { cautionsFrom } from "../../../src/hardware/cautions.js";
import {
  type HardwareMonitor,
  type HardwareSample,
  startHardwareMonitor,
} from "../../../src/hardware/sampling/monitor.js";

const LONGEST_SPAN_MS = 20_000;

/** What a watch of some time gives; of twice the time, and so on, until that is enough: a busy machine samples late. */
async function watched<Result>(
  spanMs: number,
  watch: (spanMs: number) => Promise<Result>,
  isEnough: (result: Result) => boolean,
): Promise<Result> {
  const result = await watch(spanMs);
  return isEnough(result) || spanMs > LONGEST_SPAN_MS ? result : await watched(2 * spanMs, watch, isEnough);
}

/** At least so many samples of a process. */
async function samplesOf(monitor: HardwareMonitor, pid: number, least: number): Promise<HardwareSample[]> {
  const watch = async (spanMs: number) => {
    monitor.watch(pid);
    await sleep(spanMs);
    return await monitor.unwatch();
  };
  return await watched(50, watch, ({ length }) => length >= least);
}

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
    const samples = await samplesOf(monitor, process.pid, 5);
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
    const index = (name: string) => monitor.features.findIndex((feature) => feature.name === name);
    const hasProcess = (sample: HardwareSample | undefined) =>
      sample?.values[index("process/resident_kib")] !== undefined;
    const samples = await watched(
      150,
      async (spanMs) => {
        const child = spawn(process.execPath, ["-e", `setTimeout(() => {}, ${spanMs})`]);
        monitor.watch(child.pid ?? 0);
        await once(child, "exit");
        await sleep(spanMs);
        return await monitor.unwatch();
      },
      (found) => found.some(hasProcess) && !hasProcess(found.at(-1)),
    );
    const last = samples.at(-1);
    assert.ok(last !== undefined && !hasProcess(last));
    assert.ok((last?.values[index("memory/total_kib")] ?? 0) > 0);
    assert.ok(samples.some(hasProcess));
  } finally {
    await monitor.close();
  }
});

test("a feature that had a value in one watch is not called unavailable after another", linuxOnly, async () => {
  const monitor = await startHardwareMonitor({ intervalMs: 10, gpus: [] });
  const missing = () => monitor.unavailable.map(({ name }) => name);
  try {
    const child = spawnSync(process.execPath, ["-e", ""]); // a process that is gone
    await samplesOf(monitor, child.pid, 2);
    assert.ok(missing().includes("process/major_faults_per_s"), "what a process that is gone has is not known");
    await samplesOf(monitor, process.pid, 2);
    await samplesOf(monitor, child.pid, 2);
    assert.ok(!missing().includes("process/major_faults_per_s"));
  } finally {
    await monitor.close();
  }
});

test("a sampler that is killed is started again in the same watch, which says so", linuxOnly, async () => {
  const monitor = await startHardwareMonitor({ intervalMs: 10, gpus: [] });
  try {
    monitor.watch(process.pid);
    const first = monitor.samplerPid;
    process.kill(first ?? 0, "SIGKILL");
    while (monitor.samplerPid === first) await nextTurn();
    assert.ok((await monitor.unwatch()).length > 0, "the new one samples");
    assert.ok(monitor.interrupted);
    assert.ok((await samplesOf(monitor, process.pid, 1)).length > 0);
    assert.ok(!monitor.interrupted, "the next watch was whole");
  } finally {
    await monitor.close();
  }
});

test(
  "a sampler that is killed on its start is started again, and one that never starts is an error",
  linuxOnly,
  async () => {
    const starting = startHardwareMonitor({ intervalMs: 10, gpus: [] });
    const [child] = childrenOf(process.pid);
    process.kill(child ?? 0, "SIGKILL");
    const monitor = await starting;
    assert.ok(monitor.samplerPid !== undefined && monitor.samplerPid !== child);
    assert.ok((await samplesOf(monitor, process.pid, 1)).length > 0);
    await monitor.close();

    let ended = false;
    const never = startHardwareMonitor({ intervalMs: 10, gpus: [] }).finally(() => {
      ended = true;
    });
    never.catch(() => undefined);
    for (; !ended; await nextTurn()) for (const pid of childrenOf(process.pid)) process.kill(pid, "SIGKILL");
    await assert.rejects(never, { message: "hardware sampler ended with SIGKILL on its start" });
  },
);

/** The processes that a process has started. */
function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
}

test(
  "a sampler that stands still, as when the machine sleeps, goes on without a burst, and a caution says so",
  linuxOnly,
  async () => {
    const intervalMs = 10;
    const monitor = await startHardwareMonitor({ intervalMs, gpus: [] });
    try {
      const sampler = monitor.samplerPid ?? 0;
      const { samples, times, gaps, longest } = await watched(
        150,
        async (spanMs) => {
          monitor.watch(process.pid);
          await sleep(spanMs);
          process.kill(sampler, "SIGSTOP");
          await sleep(300);
          process.kill(sampler, "SIGCONT");
          await sleep(spanMs);
          const found = await monitor.unwatch();
          const at = found.map((sample) => sample.monotonicMs);
          const between = at.slice(1).map((time, index) => time - (at[index] ?? Number.NaN));
          return { samples: found, times: at, gaps: between, longest: between.indexOf(Math.max(...between)) };
        },
        (found) => found.gaps.length > 0 && found.longest < found.gaps.length - 1,
      );
      assert.ok((gaps[longest] ?? 0) > 200, String(gaps[longest]));
      assert.ok(longest < gaps.length - 1, "it goes on after the gap");
      const spanMs = (times.at(-1) ?? 0) - (times[0] ?? 0);
      assert.ok(
        times.length <= spanMs / intervalMs - 20,
        `${times.length} samples in ${spanMs} ms: those missed stay missed`,
      );
      const cautions = cautionsFrom(monitor.features, samples).map(({ tag }) => tag);
      assert.ok(cautions.includes("samples_missed"));
    } finally {
      await monitor.close();
    }
  },
);

test("what another user's process refuses is empty, with the reason, and the rest is there", linuxOnly, (context) => {
  const folder = mkdtempSync(join(tmpdir(), "batchwise-test-"));
  // Root may read everything, so the look at root's process is that of a user who may not.
  const asNobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const recorder = pathToFileURL(join(PACKAGE_ROOT, "dist/src/hardware/sampling/recorder.js")).href;
  const sources = pathToFileURL(join(PACKAGE_ROOT, "dist/src/hardware/kernel/linux-sources.js")).href;
  const look = `
    const { openRecorder, featuresOf } = await import(${JSON.stringify(recorder)});
    const { LINUX_SOURCES } = await import(${JSON.stringify(sources)});
    const opened = openRecorder(LINUX_SOURCES, { procRoot: "/proc", sysRoot: "/sys", pid: 1 });
    opened.record();
    const { values } = opened.record();
    const names = featuresOf(LINUX_SOURCES).map(({ name }) => name);
    const missing = opened.unavailable().filter(({ name }) => name.startsWith("process/"));
    console.log(JSON.stringify({ missing, totalKib: values[names.indexOf("memory/total_kib")] }));
  `;
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--input-type=module", "--eval", look], {
    encoding: "utf8",
    cwd: folder,
    ...asNobody,
  });
  rmSync(folder, { recursive: true });
  if (status !== 0 && /EACCES|permission denied/i.test(stderr)) {
    context.skip("another user can't read this project's folder");
    return;
  }
  assert.equal(status, 0, stderr);
  const { missing, totalKib } = JSON.parse(stdout) as { missing: { name: string; reason: string }[]; totalKib: number };
  const refused = missing.find(({ name }) => name === "process/read_calls");
  assert.match(refused?.reason ?? "", /^\/proc\/1\/io: permission denied$/);
  assert.ok(totalKib > 0);
});

test("a sampler whose parent is gone before it is ready ends without a word", linuxOnly, async () => {
  const script = join(PACKAGE_ROOT, "dist", "src", "hardware", "sampling", "sampler-process.js");
  const child = fork(script, [], { stdio: ["ignore", "ignore", "pipe", "ipc"], serialization: "advanced" });
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const ended = once(child, "exit");
  const drained = child.stderr && once(child.stderr, "end");
  child.send({ kind: "start", options: { intervalMs: 100 } });
  child.disconnect();
  const [code] = await ended;
  await drained;
  assert.deepEqual([code, said], [0, ""]);
});
