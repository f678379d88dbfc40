import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { isRunning, runningProcess } from "../../src/core/running-process.js";

const linuxOnly = { skip: process.platform !== "linux" && "reads the kernel files of Linux" };

test("a process runs until it has ended", async () => {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  await once(child, "spawn");
  const found = runningProcess(child.pid ?? 0);
  assert.ok(found);
  assert.equal(found.pid, child.pid);
  assert.equal(isRunning(found), true);
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
  assert.equal(isRunning(found), false);
  assert.equal(runningProcess(found.pid), undefined);
});

test("a later process with the same id is another process", linuxOnly, () => {
  const own = runningProcess(process.pid);
  assert.ok(own);
  assert.equal(isRunning({ ...own, started: String(Number(own.started) - 1) }), false);
});

test("a process is told by the start that the kernel gives, whatever its name", linuxOnly, () => {
  const before = process.title;
  process.title = "a) 1 Z b";
  try {
    // Oracle: proc(5), field 22 of /proc/<pid>/stat; the name ends with the last parenthesis.
    const stat = readFileSync("/proc/self/stat", "latin1");
    const fields = stat.slice(stat.lastIndexOf(")")).split(" ");
    assert.deepEqual(runningProcess(process.pid), { pid: process.pid, started: fields[22 - 2] });
    assert.match(fields[22 - 2] ?? "", /^\d{3,}$/);
  } finally {
    process.title = before;
  }
});

test("a process that has ended and waits for its parent does not run", linuxOnly, async () => {
  // A shell may wait for its child; the program that takes the shell's place does not, so that the child becomes a
  // zombie.
  const parent = spawn("sh", ["-c", "sleep 1000 & echo $!; exec sleep 1000"], { stdio: ["ignore", "pipe", "ignore"] });
  const [text] = await once(parent.stdout, "data");
  const pid = Number(String(text).trim());
  while (readFileSync(`/proc/${parent.pid}/comm`, "latin1").trim() !== "sleep") await nextTurn();
  process.kill(pid, "SIGKILL");
  const state = () => readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1]?.[0];
  while (state() !== "Z") await nextTurn();
  assert.equal(runningProcess(pid), undefined);
  parent.kill("SIGKILL");
});
