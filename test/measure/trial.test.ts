import assert from "node:assert/strict";
import fs, { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { runningProcess } from "../../src/core/running-process.js";
import { runTrial, type TrialOptions } from "../../src/measure/trial.js";
import type { TrialEvent, TrialSpec } from "../../src/measure/trial-protocol.js";
import { playing, SPEC, telling } from "./played-trial.js";

const linuxOnly = { skip: process.platform !== "linux" && "reads the kernel files of Linux" };

const MEASURED: TrialEvent[] = [
  { event: "prepared", decodeMs: 1, resizeMs: 2, tensorMs: 3 },
  { event: "phase", phase: "idle", atMs: 10 },
  { event: "probe", atMs: 11, values: [1, null] },
  { event: "phase", phase: "load", atMs: 20 },
  { event: "loaded", loadMs: 5 },
  { event: "phase", phase: "first", atMs: 30 },
  { event: "inferences", inferences: [{ startedAtMs: 31, latencyMs: 8 }] },
  { event: "phase", phase: "steady", atMs: 40 },
  {
    event: "inferences",
    inferences: [
      { startedAtMs: 41, latencyMs: 4 },
      { startedAtMs: 46, latencyMs: 4.5 },
    ],
  },
];
const DONE: TrialEvent = {
  event: "done",
  stoppedBy: "interval",
  relativeHalfWidth: 0.005,
  finiteOutputs: true,
  peakMemoryMib: 77,
};
/** What is kept of MEASURED, however the trial ends. */
const KEPT = {
  phases: [
    { phase: "idle", atMs: 10 },
    { phase: "load", atMs: 20 },
    { phase: "first", atMs: 30 },
    { phase: "steady", atMs: 40 },
  ],
  inferences: [
    { startedAtMs: 31, latencyMs: 8 },
    { startedAtMs: 41, latencyMs: 4 },
    { startedAtMs: 46, latencyMs: 4.5 },
  ],
  probes: [MEASURED[2]],
  prepared: MEASURED[0],
  loadMs: 5,
};

async function played(script: string, options: Partial<TrialOptions> = {}, spec: Partial<TrialSpec> = {}) {
  const { seenMemoryMib, ...outcome } = await playing({ "trial-process.js": script }, () =>
    runTrial({ ...SPEC, ...spec }, { timeoutMs: 60_000, ...options }),
  );
  return outcome;
}

/** Runs something while the kernel's count of out-of-memory kills grows with every look at it. */
async function whileTheKernelKills<Result>(run: () => Promise<Result>): Promise<Result> {
  const real = fs.readFileSync;
  let kills = 9; // a text comparison would say that 9 is more than 10
  const counting = (path: fs.PathOrFileDescriptor, options?: BufferEncoding) =>
    path === "/proc/vmstat" ? `oom_kill_disable 0\noom_kill ${kills++}\nx 1\n` : real(path, options);
  fs.readFileSync = counting as typeof real;
  syncBuiltinESMExports();
  try {
    return await run();
  } finally {
    fs.readFileSync = real;
    syncBuiltinESMExports();
  }
}

test("what a trial tells is its outcome", async () => {
  const outcome = await played(`${telling(...MEASURED, DONE)}; process.exit(0)`);
  assert.deepEqual(outcome, { ...KEPT, done: DONE, status: "ok" });
});

test("a trial that has told its end is ok, however its process ends after it", async () => {
  const outcome = await played(`${telling(...MEASURED, DONE)}; die("SIGSEGV"); await stay()`);
  assert.equal(outcome.status, "ok");
  assert.equal(outcome.detail, undefined);
});

const ENDS: [how: string, script: string, status: string, detail: string][] = [
  ["exits with a code", "process.exit(3)", "crashed", "exit code 3"],
  ["exits with last words", 'write("a\\nno such luck\\n"); process.exit(3)', "crashed", "exit code 3: no such luck"],
  ["is ended by a signal", 'die("SIGKILL"); await stay()', "crashed", "signal SIGKILL"],
  [
    "says bad_alloc",
    'write("what():  std::bad_alloc\\nx\\n"); process.exit(6)',
    "out_of_memory",
    "what(): std::bad_alloc",
  ],
  [
    "fails by itself",
    'tell({ event: "failed", status: "unsupported", detail: "no such operator" }); process.exit(1)',
    "unsupported",
    "no such operator",
  ],
];

/** What WebGPU wrote to standard error, and what ONNX Runtime threw after it. */
const BEYOND_A_BUFFER: [words: string, thrown: string, detail: string][] = [
  [
    "\u001b[1;31m2026-11-27 07:28:16.3 [E:onnxruntime:onnxruntime-node, webgpu_context.cc:171 operator()] WebGPU device error(3): vkAllocateMemory failed with VK_ERROR_OUT_OF_DEVICE_MEMORY\n - While calling [Device].CreateBuffer([BufferDescriptor]).\n\u001b[m",
    "WebGPU validation failed. [Invalid Buffer (unlabeled)] is invalid due to a previous error.",
    "WebGPU: vkAllocateMemory failed with VK_ERROR_OUT_OF_DEVICE_MEMORY",
  ],
  [
    "WebGPU device error(2): Buffer size (3185049600) exceeds the max buffer size limit (1073741824).\n - While calling [Device].CreateBuffer([BufferDescriptor]).\n",
    "raw_hash_map<>::at",
    "WebGPU: Buffer size (3185049600) exceeds the max buffer size limit (1073741824).",
  ],
];

test("a trial that needs more than a buffer holds is out of memory, though it could only say that it crashed", async () => {
  for (const [words, thrown, detail] of BEYOND_A_BUFFER) {
    const failed = telling({ event: "failed", status: "crashed", detail: thrown });
    const outcome = await played(
      `${telling(...MEASURED)}; write(${JSON.stringify(words)}); ${failed}; process.exit(1)`,
    );
    assert.deepEqual(outcome, { ...KEPT, status: "out_of_memory", detail });
    const unexplained = await played(`${failed}; process.exit(1)`);
    assert.deepEqual([unexplained.status, unexplained.detail], ["crashed", thrown]);
  }
});

for (const [how, script, status, detail] of ENDS) {
  test(`a trial that ${how} is ${status.replaceAll("_", " ")}, and what it measured before is kept`, async () => {
    assert.deepEqual(await played(`${telling(...MEASURED)}; ${script}`), { ...KEPT, status, detail });
  });
}

test("a trial whose heap is full is out of memory, in the words of V8, though a long stack follows them", async () => {
  const fatal = "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory";
  const stack = Array.from(
    { length: 40 },
    (_, frame) => `${frame}: 0x195e376 v8::internal::Heap::CollectGarbage [node]`,
  );
  const words = JSON.stringify(
    ["<--- Last few GCs --->", "", fatal, "----- Native stack trace -----", ...stack].join("\n"),
  );
  const { status, detail } = await played(`write(${words}); die("SIGABRT"); await stay()`);
  assert.deepEqual([status, detail], ["out_of_memory", fatal]);
});

test("a trial that the kernel kills for want of memory is out of memory", linuxOnly, async () => {
  const killed = await whileTheKernelKills(() => played(`${telling(...MEASURED)}; die("SIGKILL"); await stay()`));
  assert.deepEqual(killed, {
    ...KEPT,
    status: "out_of_memory",
    detail: "ended by the kernel's out-of-memory killer",
  });
  const other = await whileTheKernelKills(() => played('die("SIGTERM"); await stay()'));
  assert.deepEqual([other.status, other.detail], ["crashed", "signal SIGTERM"], "the kernel sends SIGKILL");
});

test("a trial that outlives its timeout is ended, and what it measured before is kept", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const folder = mkdtempSync(join(tmpdir(), "batchwise-timeout-"));
  const told = join(folder, "told");
  const script = `${telling(...MEASURED)}; mark(${JSON.stringify(told)}); await stay()`;
  let pid = 0;
  const deviceMemoryMib = (own: number) => {
    pid = own;
    if (existsSync(told)) t.mock.timers.tick(1500);
    return undefined;
  };
  const outcome = await played(script, { timeoutMs: 1500, deviceMemoryMib });
  rmSync(folder, { recursive: true });
  assert.deepEqual(outcome, { ...KEPT, status: "timeout", detail: "longer than 1.5 s" });
  assert.equal(runningProcess(pid), undefined);
});

test(
  "a trial whose memory exceeds its limit is ended with both numbers, and the largest that was seen is kept",
  linuxOnly,
  async () => {
    const script = "const held = Buffer.alloc(300 * 2 ** 20, 1); await stay()";
    const { status, detail, seenMemoryMib } = await playing({ "trial-process.js": script }, () =>
      runTrial({ ...SPEC, memoryLimitMib: 200.4 }, { timeoutMs: 60_000 }),
    );
    assert.equal(status, "out_of_memory");
    const [, seen] = /^memory (\d+) MiB exceeds the limit of 200 MiB$/.exec(detail ?? "") ?? [];
    assert.ok(Number(seen) > 200 && Number(seen) < 450, detail);
    assert.equal(Math.round(seenMemoryMib), Number(seen));
  },
);

test("a GPU's memory is what the limit is of, where it is looked at", async () => {
  const looks = [300, 700.6, 500];
  const deviceMemoryMib = () => looks.shift();
  const ended = await played("await stay()", { deviceMemoryMib }, { memoryLimitMib: 700 });
  assert.equal(ended.detail, "memory 701 MiB exceeds the limit of 700 MiB");
  assert.equal(ended.seenDeviceMemoryMib, 700.6);
});

test("memory up to the limit is allowed, and the largest that was seen is kept", async () => {
  const looks = [300, 700, 500];
  const deviceMemoryMib = (pid: number) => {
    const next = looks.shift();
    if (next === undefined) process.kill(pid, "SIGTERM");
    return next;
  };
  const { status, detail, seenDeviceMemoryMib } = await played(
    "await stay()",
    { deviceMemoryMib },
    { memoryLimitMib: 700 },
  );
  assert.deepEqual([status, detail, seenDeviceMemoryMib], ["crashed", "signal SIGTERM", 700]);
});

test("a trial that is told to stop is ended and has no outcome", async () => {
  const stop = new AbortController();
  let pid = 0;
  const deviceMemoryMib = (own: number) => {
    pid = own;
    stop.abort(new Error("enough"));
    return undefined;
  };
  await assert.rejects(played("await stay()", { signal: stop.signal, deviceMemoryMib }), { message: "enough" });
  assert.equal(runningProcess(pid), undefined);
});

test("a trial that is told to stop before it starts never starts", async () => {
  let started = false;
  const running = played("await stay()", {
    signal: AbortSignal.abort(new Error("enough")),
    onStart: () => (started = true),
  });
  await assert.rejects(running, { message: "enough" });
  assert.equal(started, false);
});

test("a trial runs on its cores alone, in a group of its own", linuxOnly, async () => {
  const seen: string[] = [];
  let group = "";
  const look = (pid: number) => {
    const allowed = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1] ?? "";
    group = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1]?.split(" ")[2] ?? "";
    seen.push(allowed);
    if (seen.length >= 4) process.kill(pid, "SIGTERM");
    return undefined;
  };
  let pid = 0;
  const own = /^Cpus_allowed_list:\s*(\d+)/m.exec(readFileSync("/proc/self/status", "latin1"))?.[1] ?? "";
  await played("await stay()", { cores: [Number(own)], deviceMemoryMib: look, onStart: (started) => (pid = started) });
  assert.deepEqual(seen.at(-1), own);
  assert.equal(group, String(pid), "so that Ctrl-C in a terminal ends the sweep and not the trial");
});
