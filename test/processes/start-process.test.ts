import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";
import { isRunning, runningProcess } from "../../src/core/running-process.js";
import { allowedCores, canPin } from "../../src/processes/pinning.js";
import { endInWords, type ProcessEnd, type StartOptions, startProcess } from "../../src/processes/start-process.js";

const folder = mkdtempSync(join(tmpdir(), "batchwise-start-process-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const WORK = pathToFileURL(join(PACKAGE_ROOT, "dist", "src", "processes", "work-process.js"));

interface Told {
  readonly [key: string]: unknown;
}

/** Runs a script as a process's entry point, to the end of the process. */
async function run(
  script: string,
  work: object = {},
  options: Partial<StartOptions<Told>> = {},
): Promise<{ events: Told[]; end: ProcessEnd }> {
  const entry = join(folder, "entry.mjs");
  writeFileSync(
    entry,
    `import { readFileSync, writeSync } from "node:fs";
     import { isOrphan, tellParent, workGiven } from ${JSON.stringify(WORK)};
     ${script}`,
  );
  const events: Told[] = [];
  const onEvent = (event: Told) => events.push(event);
  const { ended } = startProcess(pathToFileURL(entry), work, { label: "label", onEvent, ...options });
  return { events, end: await ended };
}

test("work of any size arrives, and events come back in order, however long", async () => {
  const paths = Array.from({ length: 20_000 }, (_, index) => `/a/folder/with/images/image-${index}.jpg`);
  const script = `
    const { paths } = workGiven();
    tellParent({ paths: paths.length, last: paths.at(-1), orphan: isOrphan(), label: process.argv[2] });
    tellParent({ long: "é".repeat(300_000) });`;
  const { events, end } = await run(script, { paths });
  assert.deepEqual(events[0], { paths: 20_000, last: paths.at(-1), orphan: false, label: "label" });
  assert.equal(events[1]?.long, "é".repeat(300_000));
  assert.deepEqual([events.length, end.exitCode, end.signal, end.error], [2, 0, null, undefined]);
});

test("half a line of a process that is killed is not heard, what came before is", async () => {
  const script = `tellParent({ whole: 1 }); writeSync(3, '{"whole": 2, "ha'); process.kill(process.pid, "SIGKILL");`;
  const { events, end } = await run(script);
  assert.deepEqual(events, [{ whole: 1 }]);
  assert.equal(endInWords(end), "signal SIGKILL");
});

test("an end is told by exit code or signal and the last words", async () => {
  const { end } = await run(`writeSync(2, "first\\nlast\\n"); process.exit(7);`);
  assert.equal(endInWords(end), "exit code 7: last");
  const coloured = await run(`writeSync(2, "\\u001b[1;31mlast\\twords\\n\\u001b[m\\n"); process.exit(7);`);
  assert.equal(endInWords(coloured.end), "exit code 7: last words", "without the codes of a terminal");
  const much = await run(`writeSync(2, "x".repeat(30_000) + "end");`);
  assert.deepEqual([much.end.stderr.length, much.end.stderr.slice(-4)], [20_000, "xend"]);
  assert.equal(endInWords({ exitCode: null, signal: null, stderr: "", error: "spawn EAGAIN" }), "spawn EAGAIN");
});

test("a process that does not read its work, or whose input nobody needs, ends as any other", async () => {
  const { end } = await run("", { large: "x".repeat(1_000_000) }, { withInput: true });
  assert.deepEqual([end.exitCode, end.error], [0, undefined]);
});

test("a process has a group of its own, so that Ctrl-C does not reach it", {
  skip: process.platform !== "linux" && "needs /proc",
}, async () => {
  const script = `tellParent({ pid: process.pid, group: Number(readFileSync("/proc/self/stat", "utf8").split(") ")[1].split(" ")[2]) });`;
  const { events } = await run(script);
  assert.equal(events[0]?.group, events[0]?.pid);
  assert.notEqual(events[0]?.group, Number(readFileSync("/proc/self/stat", "utf8").split(") ")[1]?.split(" ")[2]));
});

test("a program that can't be started is an end, too", { skip: !canPin() && "needs taskset" }, async () => {
  const before = process.env.PATH;
  process.env.PATH = folder;
  try {
    const { events, end } = await run("", {}, { cores: [0] });
    assert.deepEqual([events, end.exitCode, end.signal], [[], null, null]);
    assert.match(endInWords(end), /ENOENT/);
  } finally {
    process.env.PATH = before;
  }
});

test("a process that hangs ends with whoever started it, however that ends", {
  skip: process.platform !== "linux" && "needs prctl",
}, async () => {
  const hanging = join(folder, "hanging.mjs");
  writeFileSync(
    hanging,
    `import { tellParent } from ${JSON.stringify(WORK)};
     tellParent({ pid: process.pid });
     Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);`, // as a library that waits for a thread it can't have
  );
  const starting = `
    const { startProcess } = await import(${JSON.stringify(new URL("./start-process.js", WORK).href)});
    const onEvent = ({ pid }) => process.stdout.write(String(pid));
    startProcess(new URL(${JSON.stringify(pathToFileURL(hanging).href)}), {}, { label: "hangs", cores: [${allowedCores()[0]}], onEvent });`;
  const parent = spawn(process.execPath, ["--input-type=module", "-e", starting], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [told] = await once(parent.stdout, "data");
  const child = runningProcess(Number(String(told)));
  assert.ok(child !== undefined);
  parent.kill("SIGKILL");
  await once(parent, "exit");
  while (isRunning(child)) await nextTurn();
});
