import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { PACKAGE_ROOT } from "../../../src/core/package-root.js";
import { writeTinyModel } from "./tiny-model.js";

const CLI = join(PACKAGE_ROOT, "dist", "pipeline", "batchwise.js");
const folder = mkdtempSync(join(tmpdir(), "batchwise-places-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const model = join(folder, "tiny.onnx");
writeTinyModel(model, "uint8", ["N", "H", "W", 3], [1, 2]);
const design = join(folder, "design.json");
writeFileSync(design, JSON.stringify({ name: "places", model, input_sizes_px: [24], mini_batch_sizes: [1] }));
const file = join(folder, "file");
writeFileSync(file, "");

/** How a command ends; it is killed where it never does. */
function call(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  return spawnSync(process.execPath, [CLI, ...args], {
    encoding: "utf8",
    env: { ...process.env, ...env },
    timeout: 60_000,
    killSignal: "SIGKILL",
  });
}

for (const [out, reason] of [
  ["/proc/nope", "no such file or directory"],
  ["/dev/full", "not a directory"],
  [file, "not a directory"],
  [join(file, "below"), "not a directory"],
] as const) {
  test(`sweep --out ${out.replace(folder, "…")} ends at once with the path and the reason`, () => {
    const { status, stderr, stdout } = call(["sweep", "--design", design, "--out", out]);
    assert.deepEqual(
      { status, stderr, stdout },
      { status: 2, stderr: `batchwise: dataset ${out}: ${reason}\n`, stdout: "" },
    );
  });
}

test("without a folder for temporary files a sweep says which one is missing, and leaves nothing behind", () => {
  const out = join(folder, "no-temporary");
  const { status, stderr } = call(["sweep", "--design", design, "--out", out], { TMPDIR: "/nope" });
  const reason = "no such file or directory, another one can be named in TMPDIR";
  assert.deepEqual({ status, stderr }, { status: 2, stderr: `batchwise: temporary folder /nope: ${reason}\n` });
  assert.ok(!existsSync(out));
});

test("a place for figures that can't be written is refused before anything is drawn", () => {
  const dataset = join(PACKAGE_ROOT, "data", "other-host");
  const figures = call(["figures", dataset, "--out", join(file, "figures")]);
  assert.deepEqual(
    [figures.status, figures.stderr],
    [2, `batchwise: folder ${join(file, "figures")}: not a directory\n`],
  );
});

test("what can't be printed is one line and no stack trace", { skip: !existsSync("/dev/full") }, () => {
  const full = openSync("/dev/full", "w");
  const { status, stderr } = spawnSync(process.execPath, [CLI, "fit", join(PACKAGE_ROOT, "data", "other-host")], {
    encoding: "utf8",
    stdio: ["ignore", full, "pipe"],
  });
  closeSync(full);
  assert.equal(status, 1);
  assert.equal(stderr.trim().split("\n").at(-1), "batchwise: output: no space left on device");
});

for (const [found, reason] of [
  [
    'throw Object.assign(new Error("ENOENT: no such file or directory, open"), { code: "ENOENT" })',
    "no such file or directory",
  ],
  ['throw Object.assign(new Error("EACCES: permission denied, open"), { code: "EACCES" })', "permission denied"],
  ['return ""', "is empty"],
] as const) {
  test(`where of /proc/cpuinfo it is said "${reason}", running a model is refused in one line without the runtime's own`, {
    skip: process.platform !== "linux" && "there is a /proc on Linux alone",
  }, () => {
    const changed = `import fs from "node:fs";
      import { syncBuiltinESMExports } from "node:module";
      const read = fs.readFileSync;
      fs.readFileSync = (path, ...more) => { if (path === "/proc/cpuinfo") { ${found}; } return read(path, ...more); };
      syncBuiltinESMExports();`;
    const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(changed)}`;
    const out = join(folder, "no-proc");
    const { status, stderr } = call(["sweep", "--design", design, "--out", out], { NODE_OPTIONS });
    const line = `batchwise: /proc/cpuinfo: ${reason}, running a model needs it: mount /proc\n`;
    assert.deepEqual({ status, stderr, made: existsSync(out) }, { status: 2, stderr: line, made: false });
  });
}

test("where too few processes may be started, running a model is refused in one line", {
  skip: process.platform !== "linux" && "there is a /proc on Linux alone",
}, () => {
  // As of a user who is not root, and of no other process.
  const changed = `import fs from "node:fs";
    import { syncBuiltinESMExports } from "node:module";
    const { readFileSync, readdirSync } = fs;
    const texts = { limits: "Max processes 25 25 processes", status: "Uid: 4711 4711\\nThreads: 11" };
    const changed = (path) => texts[String(path).match(/^.proc.\\d+.(limits|status)$/)?.[1]];
    fs.readFileSync = (path, ...more) => changed(path) ?? readFileSync(path, ...more);
    fs.readdirSync = (path, ...more) => path === "/proc" ? [String(process.pid)] : readdirSync(path, ...more);
    syncBuiltinESMExports();`;
  const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(changed)}`;
  const out = join(folder, "few-processes");
  const { status, stderr } = call(["sweep", "--design", design, "--out", out], { NODE_OPTIONS });
  const line =
    "batchwise: processes: 14 more may be started (ulimit -u, pids.max), at least 40 are needed, threads among them\n";
  assert.deepEqual({ status, stderr, made: existsSync(out) }, { status: 2, stderr: line, made: false });
});

test("a machine without taskset, setpriv and grep measures all the same, and says nothing of them", {
  skip: process.platform !== "linux" && "needs a PATH",
}, () => {
  const bin = join(folder, "bin");
  mkdirSync(bin);
  symlinkSync(process.execPath, join(bin, "node"));
  const out = join(folder, "bare");
  const short = join(folder, "short.json");
  const cell = { input_sizes_px: [24], mini_batch_sizes: [1], trials: 1, idle_ms: 0, pulse: false };
  const device = { devices: [{ threads: 1 }], stopping: { max_inferences: 10 } };
  writeFileSync(short, JSON.stringify({ name: "bare", model, ...cell, ...device }));
  const { status, stderr } = call(["sweep", "--design", short, "--out", out], { PATH: bin });
  assert.equal(status, 0, stderr);
  for (const line of stderr.trim().split("\n")) assert.match(line, /^(1\/1 |machine: )/);
});

for (const [mib, command, status, needed] of [
  [1000, ["fit", join(PACKAGE_ROOT, "data", "other-host")], 1, 1536],
  [2000, ["sweep", "--design", design, "--out", join(folder, "narrow")], 2, 2560],
] as const) {
  test(`with ${mib} MiB of address space ${command[0]} ends with one line`, {
    skip: process.platform !== "linux" && "sets limits with prlimit",
  }, () => {
    const limited = [`--as=${mib * 2 ** 20}`, process.execPath, CLI, ...command];
    const ended = spawnSync("prlimit", limited, { encoding: "utf8", timeout: 60_000 });
    const line = `address space: limited to ${mib} MiB (ulimit -v), at least ${needed} MiB are needed`;
    assert.deepEqual([ended.status, ended.stderr, ended.stdout], [status, `batchwise: ${line}\n`, ""]);
  });
}

test("with the address space that is needed at least a command works", {
  skip: process.platform !== "linux" && "sets limits with prlimit",
}, () => {
  const design = ["design", "show", join(PACKAGE_ROOT, "pipeline", "designs", "quick.json")];
  const { status, stderr } = spawnSync("prlimit", [`--as=${1536 * 2 ** 20}`, process.execPath, CLI, ...design], {
    encoding: "utf8",
  });
  assert.deepEqual([status, stderr], [0, ""]);
});

for (const descriptors of [20, 24, 30, 40, 60]) {
  test(`with ${descriptors} file descriptors a command works, or ends with one line`, {
    skip: process.platform !== "linux" && "sets limits with prlimit",
  }, () => {
    const limited = [`--nofile=${descriptors}`, process.execPath, CLI, "fit", join(PACKAGE_ROOT, "data", "other-host")];
    const { status, stderr } = spawnSync("prlimit", limited, { encoding: "utf8", timeout: 60_000 });
    if (status === 0) return;
    assert.equal(status, 1);
    assert.match(stderr, /^batchwise: .*too many open files.*\n$/);
  });
}
