import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { processMemory, resetPeakMemory } from "../../src/measure/process-memory.js";

const linuxOnly = { skip: process.platform !== "linux" && "reads the kernel files of Linux" };

function own() {
  const memory = processMemory(process.pid);
  assert.ok(memory);
  return memory;
}

test("a process's memory is what Node knows of it, in MiB", () => {
  const { residentMib, peakMib } = own();
  const knownMib = process.memoryUsage.rss() / 2 ** 20;
  assert.ok(Math.abs(residentMib - knownMib) < 0.2 * knownMib, `${residentMib} is not ${knownMib}`);
  assert.ok(peakMib >= residentMib);
});

test("the peak remembers what was given back, until it is set back", linuxOnly, async () => {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  collect();
  const before = own();
  let large: Buffer | undefined = Buffer.alloc(200 * 2 ** 20, 1);
  assert.equal(large[1], 1);
  assert.ok(own().residentMib > before.residentMib + 150);
  large = undefined;
  collect();
  // V8 gives the memory of buffers back from a thread of its own.
  for (let turn = 0; turn < 10_000 && own().residentMib > before.residentMib + 100; turn++) {
    await setImmediate();
    collect();
  }
  const { residentMib, peakMib } = own();
  assert.ok(residentMib < before.residentMib + 100, String(residentMib));
  assert.ok(peakMib > before.residentMib + 150, String(peakMib));
  resetPeakMemory();
  assert.ok(own().peakMib < before.residentMib + 100);
});

test("a process that has ended has no memory", () => {
  assert.equal(processMemory(spawnSync(process.execPath, ["-e", ""]).pid), undefined);
});
