import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import fs, { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { runningProcess } from "../../src/core/running-process.js";
import { lockFolder } from "../../src/dataset/folder-lock.js";

const folder = mkdtempSync(join(tmpdir(), "batchwise-lock-"));
after(() => rmSync(folder, { recursive: true }));
const path = join(folder, "sweep.lock");

test("a folder is locked by one process until it lets go", () => {
  const lock = lockFolder(folder);
  assert.equal(JSON.parse(readFileSync(path, "utf8")).pid, process.pid);
  assert.throws(() => lockFolder(folder), {
    name: "UserError",
    message: `dataset ${folder}: is being measured by process ${process.pid}, wait for it or stop it`,
  });
  lock.release();
  assert.equal(existsSync(path), false);
  const openFiles = () => (process.platform === "linux" ? readdirSync("/proc/self/fd").length : 0);
  const before = openFiles();
  lockFolder(folder).release();
  assert.equal(openFiles(), before);
});

test("a lock whose process has ended is taken over, and so is one that a crash has torn", async () => {
  const holder = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  await once(holder, "spawn");
  writeFileSync(path, JSON.stringify(runningProcess(holder.pid ?? 0)));
  assert.throws(() => lockFolder(folder), new RegExp(`measured by process ${holder.pid},`));
  const ended = once(holder, "exit");
  holder.kill("SIGKILL");
  await ended;
  for (const left of [readFileSync(path, "utf8"), '{"pid":', JSON.stringify({ pid: process.pid, started: "1" })]) {
    writeFileSync(path, left);
    const lock = lockFolder(folder);
    assert.equal(JSON.parse(readFileSync(path, "utf8")).pid, process.pid);
    lock.release();
  }
});

test("a lock that comes back as soon as it is taken away belongs to another process", () => {
  const real = fs.unlinkSync;
  fs.unlinkSync = () => undefined; // as if another process made the file again at once
  syncBuiltinESMExports();
  try {
    writeFileSync(path, "torn");
    assert.throws(() => lockFolder(folder), /another process took its lock at the same moment, try again/);
  } finally {
    fs.unlinkSync = real;
    syncBuiltinESMExports();
    rmSync(path);
  }
});

test("a folder that can't be written to is no lock of another process", () => {
  assert.throws(() => lockFolder(join(folder, "nowhere")), /ENOENT: no such file or directory, open/);
});
