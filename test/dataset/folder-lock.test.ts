import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";
import { runningProcess } from "../../src/core/running-process.js";
import { lockFolder } from "../../src/dataset/folder-lock.js";

const folder = mkdtempSync(join(tmpdir(), "batchwise-lock-"));
after(() => rmSync(folder, { recursive: true }));
const path = join(folder, "sweep.lock");
const withKernelLocks = { skip: process.platform === "win32" && "needs flock" };

/** A process that runs a script with `lockFolder` and the folder at hand. */
function running(script: string): ChildProcess {
  const lock = pathToFileURL(join(PACKAGE_ROOT, "dist", "src", "dataset", "folder-lock.js"));
  const source = `
    import { closeSync, openSync, unlinkSync } from "node:fs";
    import { lockFolder } from ${JSON.stringify(lock)};
    const folder = ${JSON.stringify(folder)};
    ${script}`;
  return spawn(process.execPath, ["--input-type=module", "--eval", source], { stdio: ["ignore", "pipe", "inherit"] });
}

test("a folder is locked by one process until it lets go", () => {
  const openFiles = () => (process.platform === "linux" ? readdirSync("/proc/self/fd").length : 0);
  const lock = lockFolder(folder);
  const before = openFiles();
  assert.equal(JSON.parse(readFileSync(path, "utf8")).pid, process.pid);
  assert.throws(() => lockFolder(folder), {
    name: "UserError",
    message: `dataset ${folder}: is being measured by process ${process.pid}, wait for it or stop it`,
  });
  assert.equal(openFiles(), before, "a refusal leaves nothing open");
  lock.release();
  assert.equal(existsSync(path), false);
  lockFolder(folder).release();
  assert.equal(openFiles(), before - (process.platform === "linux" ? 1 : 0));
});

test("the lock is the kernel's: what the file says neither holds it nor gives it away", withKernelLocks, async () => {
  const holder = running(`lockFolder(folder); console.log("locked"); setInterval(() => {}, 1000);`);
  await once(holder.stdout ?? holder, "data");
  assert.throws(() => lockFolder(folder), new RegExp(`measured by process ${holder.pid}, wait`));
  // As a process of another container is seen: by an id that here is nobody's, or somebody else's.
  for (const said of ['{"pid":', JSON.stringify({ pid: 2 ** 30, started: "1" })]) {
    writeFileSync(path, said);
    assert.throws(() => lockFolder(folder), /is being measured by (another process|process 1073741824), wait/);
  }
  const ended = once(holder, "exit");
  holder.kill("SIGKILL");
  await ended;
  for (const left of ["", '{"pid":', JSON.stringify(runningProcess(process.ppid))]) {
    writeFileSync(path, left);
    const lock = lockFolder(folder);
    assert.equal(JSON.parse(readFileSync(path, "utf8")).pid, process.pid);
    lock.release();
  }
});

test("of processes that come at the same moment one has the lock, over and over", withKernelLocks, async () => {
  writeFileSync(path, JSON.stringify({ pid: 2 ** 30, started: "1" }));
  const script = `
    const marker = folder + "/inside";
    let taken = 0;
    while (taken < 100) {
      try {
        const lock = lockFolder(folder);
        closeSync(openSync(marker, "wx")); // there is one already if somebody else is inside, too
        unlinkSync(marker);
        lock.release();
        taken++;
      } catch (error) {
        if (error.name !== "UserError") throw error;
      }
    }`;
  const ends = await Promise.all(Array.from({ length: 4 }, () => once(running(script), "exit")));
  assert.deepEqual(ends, new Array(4).fill([0, null]));
  assert.equal(existsSync(path), false);
});

test("a folder that can't be written to is no lock of another process", () => {
  assert.throws(() => lockFolder(join(folder, "nowhere")), /ENOENT: no such file or directory, open/);
});
