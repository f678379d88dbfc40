import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { PACKAGE_ROOT } from "../../../src/core/package-root.js";
import type { IntegerProgram } from "../../../src/plan/program/integer-program.js";
import { searchInThread, solveInThread } from "../../../src/plan/solve/solver-thread.js";

const folder = mkdtempSync(join(tmpdir(), "batchwise-solver-thread-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Three x at least are seven: three. */
const PROGRAM: IntegerProgram = {
  direction: "min",
  unit: "units",
  variables: [{ name: "x", upper: 9, integer: true, objective: 2n }],
  rows: [{ name: "seven", terms: [[0, 3n]], lower: 7n }],
};

/** What a script prints in a process whose threads can't start until it says so. */
function withoutThreads(script: string): string {
  const [preload, main] = [join(folder, "preload.mjs"), join(folder, "main.mjs")];
  const blocked = join(folder, "blocked");
  writeFileSync(blocked, "");
  writeFileSync(
    preload,
    `import { existsSync } from "node:fs";
     import { isMainThread } from "node:worker_threads";
     if (!isMainThread && existsSync(${JSON.stringify(blocked)})) throw new Error("no room");`,
  );
  const thread = pathToFileURL(join(PACKAGE_ROOT, "dist", "src", "plan", "solve", "solver-thread.js"));
  writeFileSync(
    main,
    `import { rmSync } from "node:fs";
     import { solveInThread } from ${JSON.stringify(thread)};
     const program = ${JSON.stringify(PROGRAM, (_, value) => (typeof value === "bigint" ? `${value}n` : value)).replaceAll(/"(\d+n)"/g, "$1")};
     const unblock = () => rmSync(${JSON.stringify(blocked)});
     ${script}`,
  );
  return spawnSync(process.execPath, ["--import", pathToFileURL(preload).href, main], { encoding: "utf8" }).stdout;
}

for (const name of ["highs", "javascript-lp-solver"] as const) {
  test(`${name} that can't be started says why, and the next call tries again`, () => {
    const said = withoutThreads(`
      for (const time of [1, 2]) {
        await solveInThread("${name}", program, 60_000).catch(({ message }) => console.log(message));
      }
      unblock();
      console.log((await solveInThread("${name}", program, 60_000)).values.join());`);
    const refused = `solver ${name}: can't be started: no room`;
    assert.deepEqual(said.trim().split("\n"), [refused, refused, "3"]);
  });
}

test("no time is enough for nothing, without a thread", async () => {
  assert.deepEqual(await solveInThread("highs", PROGRAM, 0), { status: "stopped" });
  assert.deepEqual(await searchInThread(PROGRAM, { maxNodes: 10, limitMs: 0 }), { status: "stopped", hurried: true });
});

test("what this project's own code throws in a thread is not taken for a solver that found nothing", async () => {
  const broken = { ...PROGRAM, rows: undefined } as unknown as IntegerProgram;
  await assert.rejects(solveInThread("highs", broken, 60_000), /^Error: solver highs: TypeError: /);
  await assert.rejects(searchInThread(broken, { maxNodes: 10, limitMs: 60_000 }), /^Error: solver highs: TypeError: /);
  assert.deepEqual((await solveInThread("highs", PROGRAM, 60_000)).values, [3], "the thread goes on");
});

test("a program that HiGHS itself refuses claims nothing", async () => {
  const variables = [{ name: "x", upper: Number.NaN, integer: true, objective: 2n }];
  assert.deepEqual(await solveInThread("highs", { ...PROGRAM, variables }, 60_000), { status: "stopped" });
});
