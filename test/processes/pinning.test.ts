import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";
import { allowedCores, canPin, coresFor, pinnedCommand } from "../../src/processes/pinning.js";

const cores = allowedCores();
const linuxOnly = { skip: process.platform !== "linux" && "cores are pinned with taskset" };
/** Prints the cores that the kernel lets a process use, as the kernel writes them: "0-1,3". */
const SHOW =
  'process.stdout.write(/^Cpus_allowed_list:\\s*(\\S+)/m.exec(require("fs").readFileSync("/proc/self/status", "utf8"))[1])';
const PINNING = pathToFileURL(join(PACKAGE_ROOT, "dist", "src", "processes", "pinning.js"));

function output(program: string, ...args: string[]): string {
  return spawnSync(program, args, { encoding: "utf8" }).stdout;
}

test("this process may use as many cores as the system says, each once", () => {
  assert.equal(cores.length, availableParallelism());
  assert.equal(new Set(cores).size, cores.length);
});

test("a pinned command runs on its cores alone", linuxOnly, () => {
  assert.equal(canPin(), true, "util-linux has taskset");
  for (const core of [cores[0] ?? 0, cores.at(-1) ?? 0]) {
    const { program, args } = pinnedCommand([core], process.execPath, ["-e", SHOW]);
    assert.equal(output(program, ...args), String(core));
  }
  const all = pinnedCommand(cores, process.execPath, ["-e", SHOW]);
  assert.equal(output(all.program, ...all.args), output(process.execPath, "-e", SHOW));
});

test("without taskset and setpriv a command is the command itself", () => {
  const show = `import(${JSON.stringify(PINNING)}).then((m) => console.log(JSON.stringify(m.pinnedCommand([0], "program", ["a", "b"]))))`;
  const { stdout } = spawnSync(process.execPath, ["-e", show], { encoding: "utf8", env: { PATH: "/nowhere" } });
  assert.deepEqual(JSON.parse(stdout), { program: "program", args: ["a", "b"] });
});

test("a process that was started on some cores knows which", linuxOnly, () => {
  const show = `import(${JSON.stringify(PINNING)}).then(({ allowedCores }) => console.log(JSON.stringify(allowedCores())))`;
  const last = cores.at(-1) ?? 0;
  assert.deepEqual(JSON.parse(output("taskset", "--cpu-list", String(last), process.execPath, "-e", show)), [last]);
});

test("devices side by side get cores of their own", () => {
  const ones = coresFor(new Array(cores.length).fill(1));
  assert.deepEqual(
    ones,
    cores.map((core) => [core]),
  );
  assert.deepEqual(coresFor([cores.length]), [cores]);
  assert.deepEqual(coresFor([]), []);
});

test("more threads than the quota of a container gives are refused, of one device as of several", () => {
  assert.deepEqual(coresFor([1], 1.5), [cores.slice(0, 1)]);
  assert.throws(() => coresFor([1], 0.5), {
    name: "UserError",
    message: "a device with 1 thread: needs 1 core, the control group's quota gives 0.5",
  });
});

test("more threads than cores are refused with both numbers", () => {
  const has = cores.length;
  assert.throws(() => coresFor([has, 1]), {
    name: "UserError",
    message: `2 devices side by side with ${has} + 1 threads: need ${has + 1} cores, this machine has ${has}`,
  });
});
