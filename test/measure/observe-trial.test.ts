import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { DeviceConfiguration } from "../../src/design/design.js";
import type { Feature } from "../../src/hardware/reading/feature.js";
import { featureGroup } from "../../src/hardware/reading/feature-group.js";
import type { HardwareMonitor, HardwareSample } from "../../src/hardware/sampling/monitor.js";
import { probeFeatures } from "../../src/hardware/sampling/probe.js";
import { observedFeatures, observeTrial, unavailableFeatures } from "../../src/measure/observe-trial.js";
import type { TrialOptions } from "../../src/measure/trial.js";
import { allowedCores } from "../../src/processes/pinning.js";
import { playing, SPEC, telling } from "./played-trial.js";

const cores = allowedCores();
const pinnedOnly = {
  skip: process.platform !== "linux" ? "reads the kernel files of Linux" : cores.length < 2 && "needs two cores",
};

const ALONE: DeviceConfiguration = { provider: "cpu", threads: 1, concurrent: 1 };
const TWO: DeviceConfiguration = { provider: "cpu", threads: 1, concurrent: 2 };

const group = featureGroup("g", "machine", "test");
const FEATURES = [group.gauge("a", "1", "", "A."), group.gauge("b", "1", "", "B.")];

/** A monitor that gives prepared samples, and remembers what it was asked. */
function monitorOf(features: readonly Feature[] = [], samples: readonly HardwareSample[] = [], interrupted = false) {
  const asked: string[] = [];
  let pid = 0;
  const monitor: HardwareMonitor = {
    features,
    unavailable: [{ name: "g/b", reason: "not here" }],
    samplerPid: undefined,
    interrupted,
    watch(watched) {
      asked.push("watch");
      pid = watched;
    },
    async unwatch() {
      asked.push("unwatch");
      return [...samples];
    },
    async close() {},
  };
  return { monitor, asked, watchedPid: () => pid };
}

function observe(
  device: DeviceConfiguration,
  scripts: Parameters<typeof playing>[0],
  { monitor } = monitorOf(),
  options: Partial<TrialOptions> = {},
) {
  return playing(scripts, () => observeTrial(monitor, SPEC, device, { timeoutMs: 60_000, ...options }));
}

/** The processes that run companions of this one, with the cores that they may use. */
function companions(): { pid: number; cores: string }[] {
  return readdirSync("/proc").flatMap((name) => {
    try {
      const command = readFileSync(`/proc/${name}/cmdline`, "latin1");
      const status = readFileSync(`/proc/${name}/status`, "latin1");
      if (!command.includes("companion-process.js") || !status.includes(`PPid:\t${process.pid}\n`)) return [];
      return [{ pid: Number(name), cores: /^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1] ?? "" }];
    } catch {
      return []; // no process, or one that has ended
    }
  });
}

const STEADY = telling({ event: "steady" });
const FIRST = telling(
  { event: "phase", phase: "first", atMs: 5 },
  { event: "inferences", inferences: [{ startedAtMs: 6, latencyMs: 2 }] },
);
const WELL = `${FIRST}; ${telling({
  ...{ event: "done", stoppedBy: "interval", relativeHalfWidth: 0, finiteOutputs: true, peakMemoryMib: 1 },
})}; process.exit(0)`;

test("what sampler and probe saw is joined in the order of time, by the features' names", async () => {
  const values = [7, ...new Array(probeFeatures().length - 1).fill(null)];
  const probed = telling({ event: "probe", atMs: 20, values });
  const samples = [
    { monotonicMs: 10, values: [1, undefined] },
    { monotonicMs: 30, values: [2, 3] },
  ];
  const watching = monitorOf(FEATURES, samples);
  const seen = await observe(ALONE, { "trial-process.js": `${probed}; ${WELL}` }, watching);
  assert.deepEqual(
    seen.samples.map(({ instrument, atMs }) => [instrument, atMs]),
    [
      ["sampler", 10],
      ["probe", 20],
      ["sampler", 30],
    ],
  );
  assert.deepEqual(seen.samples[0]?.values, { "g/a": 1, "g/b": undefined });
  assert.deepEqual(seen.samples[2]?.values, { "g/a": 2, "g/b": 3 });
  const inside = Object.entries(seen.samples[1]?.values ?? {});
  assert.deepEqual(
    inside.map(([name]) => name),
    probeFeatures().map(({ name }) => name),
  );
  assert.deepEqual(
    inside.filter(([, value]) => value !== undefined),
    [[probeFeatures()[0]?.name, 7]],
  );
  assert.deepEqual(watching.asked, ["watch", "unwatch"]);
  assert.deepEqual([seen.outcome.status, seen.cautions], ["ok", []]);
});

test("a trial whose sampler was ended and started again says so once", async () => {
  const at = (monotonicMs: number) => ({ monotonicMs, values: [1, undefined] });
  const gap = [0, 10, 20, 900].map(at); // of which samples are missing anyway
  const seen = await observe(ALONE, { "trial-process.js": WELL }, monitorOf(FEATURES, gap, true));
  assert.deepEqual(seen.cautions, [
    "samples missed: the sampler was ended and started again, look who ended it: the kernel does where memory runs out",
  ]);
});

test("a trial that is told to stop is no longer watched", async () => {
  const watching = monitorOf();
  const stop = new AbortController();
  const deviceMemoryMib = () => {
    stop.abort(new Error("enough"));
    return undefined;
  };
  const running = observe(ALONE, { "trial-process.js": "await stay()" }, watching, {
    signal: stop.signal,
    deviceMemoryMib,
  });
  await assert.rejects(running, { message: "enough" });
  assert.deepEqual(watching.asked, ["watch", "unwatch"]);
});

/** Ten samples of a second in which everything together used one core, and the trial and the sampler nothing. */
function oneBusyCore() {
  const names = ["user", "nice", "system", "irq", "softirq", "steal"].map((state) => `cpu/${state}_s`);
  const all = ["monitor/interval_ms", ...names, "process/user_s", "process/system_s", "monitor/cpu_s"];
  const features = all.map((name) => ({ ...group.gauge("x", "1", "", "For the test."), name }));
  const samples = Array.from({ length: 11 }, (_, index) => ({
    monotonicMs: 1000 * index,
    values: [index === 0 ? undefined : 1000, index, ...new Array(8).fill(0)],
  }));
  return monitorOf(features, samples);
}

test(
  "a core that others keep busy is a caution, and one that the devices beside it keep busy is none",
  pinnedOnly,
  async () => {
    const alone = await observe(ALONE, { "trial-process.js": WELL }, oneBusyCore());
    assert.deepEqual(alone.cautions, [
      "other load: other processes used 1.00 cores, stop other work on this machine, or measure when it is idle",
    ]);
    const scripts = { "trial-process.js": WELL, "companion-process.js": `${STEADY}; await stay()` };
    assert.deepEqual((await observe(TWO, scripts, oneBusyCore())).cautions, []);
  },
);

test(
  "a trial with fewer threads than cores has its cores alone, and one with all of them is not pinned",
  pinnedOnly,
  async () => {
    const allowedOf = async (threads: number) => {
      const seen: string[] = [];
      const deviceMemoryMib = (pid: number) => {
        seen.push(/^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1] ?? "");
        if (seen.length >= 4) process.kill(pid, "SIGTERM");
        return undefined;
      };
      await observe({ ...ALONE, threads }, { "trial-process.js": "await stay()" }, monitorOf(), { deviceMemoryMib });
      return seen.at(-1);
    };
    const all = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync("/proc/self/status", "latin1"))?.[1];
    assert.equal(await allowedOf(1), String(cores[0]));
    assert.equal(await allowedOf(cores.length), all);
  },
);

test(
  "the devices beside a trial run on cores of their own before it starts, and have ended after it",
  pinnedOnly,
  async () => {
    const beside: { pid: number; cores: string }[] = [];
    let own = "";
    const watching = monitorOf();
    const deviceMemoryMib = (pid: number) => {
      own = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1] ?? "";
      if (beside.length < 4) beside.push(...companions());
      else process.kill(pid, "SIGTERM");
      return undefined;
    };
    const scripts = { "trial-process.js": "await stay()", "companion-process.js": `${STEADY}; await stay()` };
    await observe(TWO, scripts, watching, { deviceMemoryMib });
    assert.deepEqual([...new Set(beside.map((one) => one.cores))], [String(cores[1])]);
    assert.equal(own, String(cores[0]));
    assert.deepEqual(companions(), []);
  },
);

test("a trial beside which a device fails from the start is not started and gets its failure", pinnedOnly, async () => {
  const failing = 'tell({ event: "failed", status: "out_of_memory", detail: "no room" }); process.exit(1)';
  const watching = monitorOf();
  const { outcome, samples } = await observe(
    TWO,
    { "trial-process.js": WELL, "companion-process.js": failing },
    watching,
  );
  assert.deepEqual([outcome.status, outcome.detail], ["out_of_memory", "a device beside it: no room"]);
  assert.deepEqual([outcome.inferences, samples, watching.asked], [[], [], []]);
});

test("a device beside a trial that needs more than a buffer of WebGPU holds is out of memory", pinnedOnly, async () => {
  // What WebGPU wrote to standard error, and what ONNX Runtime threw after it.
  const words = "WebGPU device error(2): Buffer size (3185049600) exceeds the max buffer size limit (1073741824).\n";
  const failing = telling({ event: "failed", status: "crashed", detail: "raw_hash_map<>::at" });
  const beside = async (script: string) => {
    const { outcome } = await observe(TWO, { "trial-process.js": WELL, "companion-process.js": script });
    return [outcome.status, outcome.detail];
  };
  assert.deepEqual(await beside(`${failing}; write(${JSON.stringify(words)}); process.exit(1)`), [
    "out_of_memory",
    "a device beside it: WebGPU: Buffer size (3185049600) exceeds the max buffer size limit (1073741824).",
  ]);
  assert.deepEqual(await beside(`${failing}; process.exit(1)`), ["crashed", "a device beside it: raw_hash_map<>::at"]);
});

const ENDS: [how: string, script: string, detail: string][] = [
  ["exits", "process.exit(4)", "a device beside it: exit code 4"],
  ["is killed", 'die("SIGKILL"); await stay()', "a device beside it: signal SIGKILL"],
];

for (const [how, script, detail] of ENDS) {
  test(`a trial beside which a device ${how} before it is steady gets that failure`, pinnedOnly, async () => {
    const { outcome } = await observe(TWO, { "trial-process.js": WELL, "companion-process.js": script });
    assert.deepEqual([outcome.status, outcome.detail], ["crashed", detail]);
  });
}

test("a trial during which a device beside it ends keeps what it measured, with that failure", pinnedOnly, async () => {
  const folder = mkdtempSync(join(tmpdir(), "batchwise-beside-"));
  const told = join(folder, "told");
  let beside: number | undefined;
  let isOver = false;
  const deviceMemoryMib = (pid: number) => {
    if (!existsSync(told) || isOver) return undefined;
    if (beside === undefined) {
      beside = companions()[0]?.pid ?? pid;
      process.kill(beside, "SIGKILL");
    } else if (!existsSync(`/proc/${beside}`)) {
      // The trial would go on; it ends after the device beside it, not while that is ending.
      isOver = true;
      process.kill(pid, "SIGKILL");
    }
    return undefined;
  };
  const scripts = {
    "trial-process.js": `${FIRST}; mark(${JSON.stringify(told)}); await stay()`,
    "companion-process.js": `${STEADY}; await stay()`,
  };
  const { outcome } = await observe(TWO, scripts, monitorOf(), { deviceMemoryMib });
  rmSync(folder, { recursive: true });
  assert.deepEqual([outcome.status, outcome.detail], ["crashed", "a device beside it: signal SIGKILL"]);
  assert.deepEqual(outcome.inferences, [{ startedAtMs: 6, latencyMs: 2 }]);
});

test("a device beside a trial that is not steady in time is a timeout, and has ended", pinnedOnly, async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const scripts = { "trial-process.js": WELL, "companion-process.js": "await stay()" };
  const running = observe(TWO, scripts, monitorOf(), { timeoutMs: 700 });
  while (companions().length === 0) await new Promise(setImmediate);
  t.mock.timers.tick(700);
  const { outcome } = await running;
  assert.deepEqual([outcome.status, outcome.detail], ["timeout", "a device beside it: not steady after 700 ms"]);
  assert.deepEqual(companions(), []);
});

test("a sweep that is told to stop ends the devices beside the trial, too", pinnedOnly, async () => {
  const stop = new AbortController();
  const scripts = { "trial-process.js": WELL, "companion-process.js": "await stay()" };
  const running = observe(TWO, scripts, monitorOf(), { signal: stop.signal });
  while (companions().length === 0) await new Promise(setImmediate);
  stop.abort(new Error("enough"));
  await assert.rejects(running, { message: "enough" });
  assert.deepEqual(companions(), []);
});

test("the features of a dataset are the monitor's, then the probe's, each once", () => {
  const [shared] = probeFeatures();
  assert.ok(shared);
  const { monitor } = monitorOf([...FEATURES, shared]);
  const names = observedFeatures(monitor).map(({ name }) => name);
  const others = probeFeatures().flatMap(({ name }) => (name === shared.name ? [] : [name]));
  assert.deepEqual(names, ["g/a", "g/b", shared.name, ...others]);
});

test("features without a value are those of earlier runs, of the probe and of the monitor, with the newest reason", () => {
  const { monitor } = monitorOf(FEATURES);
  const found = unavailableFeatures(monitor, [
    { name: "g/b", reason: "not then" },
    { name: "g/c", reason: "gone" },
    { name: "g/a", reason: "too early" },
  ]);
  const reasons = new Map(found.map(({ name, reason }) => [name, reason]));
  assert.equal(reasons.get("g/b"), "not here");
  assert.equal(reasons.get("g/c"), "gone");
  assert.equal(reasons.get("g/a"), undefined, "it has had a value since");
  assert.equal(reasons.size, found.length);
  const rates = [...reasons.keys()].filter((name) => name.endsWith("_per_s"));
  const known = rates.filter((name) => !reasons.has(name.replace(/_per_s$/, "")));
  assert.deepEqual(known, [], "a rate has a value from the second look on, where its counter has");
});
