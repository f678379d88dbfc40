import assert from "node:assert/strict";
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";

const root = mkdtempSync(join(tmpdir(), "batchwise-build-"));
after(() => rmSync(root, { recursive: true, force: true }));
for (const folder of ["tools", "pipeline", "src"]) mkdirSync(join(root, folder));
for (const name of ["build.mjs", "digest-of.mjs", "run.mjs"]) {
  copyFileSync(join(PACKAGE_ROOT, "tools", name), join(root, "tools", name));
}
/** In place of the bundler, which needs its sources. */
writeFileSync(join(root, "tools", "bundle.mjs"), "");
/** In place of the compiler, which takes seconds: the sources are JavaScript, and one that says so does not compile. */
mkdirSync(join(root, "node_modules", "typescript", "bin"), { recursive: true });
writeFileSync(
  join(root, "node_modules", "typescript", "bin", "tsc"),
  `const { mkdirSync, readdirSync, readFileSync, writeFileSync } = require("node:fs");
   const out = process.argv[process.argv.indexOf("--outDir") + 1];
   for (const folder of ["src", "pipeline"]) {
     mkdirSync(out + "/" + folder, { recursive: true });
     for (const name of readdirSync(folder).filter((each) => each.endsWith(".ts"))) {
       const source = readFileSync(folder + "/" + name, "utf8");
       writeFileSync(out + "/" + folder + "/" + name.replace(/ts$/, "js"), source);
       if (source.includes("mistake")) { console.log(name + ": a mistake"); process.exitCode = 2; }
     }
   }`,
);
writeFileSync(join(root, "package.json"), JSON.stringify({ type: "module" }));
const { build: buildIn } = await import(pathToFileURL(join(root, "tools", "build.mjs")).href);
const build = (): string | undefined => buildIn(root, () => undefined);
/** Starts a worker for each line that it reads, and tells what the worker and a module that it loads late say. */
writeFileSync(
  join(root, "pipeline", "starter.ts"),
  `import { execFileSync } from "node:child_process";
   import { createInterface } from "node:readline";
   import { fileURLToPath } from "node:url";
   console.log("ready", ...process.argv.slice(2));
   for await (const _ of createInterface({ input: process.stdin })) {
     const worker = execFileSync(process.execPath, [fileURLToPath(new URL("../src/worker.js", import.meta.url))]);
     const { late } = await import("./late.js");
     console.log(worker.toString().trim(), late);
   }`,
);
const VERSIONS = ["one", "two", "three", "four"];

test("what was started before a build starts processes of its own version after it", async () => {
  write("one");
  assert.equal(build(), undefined);
  setAge(0);
  const starter = start("a", "--b");
  assert.equal(await lineOf(starter), "ready a --b");
  for (const [index, version] of VERSIONS.slice(1).entries()) {
    write(version);
    assert.equal(build(), undefined);
    setAge(index + 1);
  }
  starter.stdin.write("\n");
  assert.equal(await lineOf(starter), "one one");

  const later = start();
  await lineOf(later);
  later.stdin.write("\n");
  assert.equal(await lineOf(later), "four four");
  await Promise.all([end(starter), end(later)]);
});

test("a build that fails leaves the one before", async () => {
  writeFileSync(join(root, "src", "worker.ts"), "mistake");
  assert.match(build() ?? "", /worker\.ts: a mistake/);
  assert.equal(inDist(), "four");
  const starter = start();
  await lineOf(starter);
  starter.stdin.write("\n");
  assert.equal(await lineOf(starter), "four four");
  await end(starter);
});

test("builds that nothing runs from go, but for the newest three", () => {
  write("six");
  assert.equal(build(), undefined);
  const kept = builds().map(
    (folder) => readFileSync(join(root, folder, "src", "worker.js"), "utf8").match(/"(.*)"/)?.[1],
  );
  assert.deepEqual(kept.sort(), ["four", "six", "three"]);
});

test("two builds at once both succeed and leave one", async () => {
  write("seven");
  const both = [0, 1].map(() => spawn(process.execPath, ["--input-type=module", "--eval", BUILD], { cwd: root }));
  const codes = await Promise.all(both.map(async (child) => (await once(child, "exit"))[0]));
  assert.deepEqual(codes, [0, 0]);
  assert.equal(inDist(), "seven");
  assert.deepEqual(
    readdirSync(root).filter((name) => /^dist-.*-/.test(name)),
    [],
  );
});

test("what npm runs stands where the user does, and what that starts stays where it was put", () => {
  writeFileSync(join(root, "pipeline", "where.ts"), "console.log(process.cwd());");
  assert.equal(build(), undefined);
  const user = realpathSync(mkdtempSync(join(root, "user-")));
  const whereWith = (script: string | undefined) => {
    const { npm_lifecycle_script: _, INIT_CWD: __, ...others } = process.env;
    const env = { ...others, INIT_CWD: user, ...(script !== undefined && { npm_lifecycle_script: script }) };
    const args = [join(root, "tools", "run.mjs"), "pipeline/where.js"];
    return spawnSync(process.execPath, args, { cwd: root, env, encoding: "utf8" }).stdout.trim();
  };
  const { scripts } = JSON.parse(readFileSync(join(PACKAGE_ROOT, "package.json"), "utf8"));
  assert.equal(whereWith(scripts.batchwise), user);
  assert.equal(whereWith(scripts.test), realpathSync(root), "a test that starts it is no user");
  assert.equal(whereWith(undefined), realpathSync(root));
});

const BUILD = `import { build } from "./tools/build.mjs";
  const failure = build(process.cwd(), () => {});
  if (failure !== undefined) { console.log(failure); process.exitCode = 1; }`;

function write(version: string): void {
  writeFileSync(join(root, "src", "worker.ts"), `console.log("${version}");`);
  writeFileSync(join(root, "pipeline", "late.ts"), `export const late = "${version}";`);
}

function start(...args: string[]): ChildProcessWithoutNullStreams {
  const run = [join(root, "tools", "run.mjs"), "pipeline/starter.js", ...args];
  return spawn(process.execPath, run, { stdio: "pipe" });
}

async function lineOf(child: ChildProcessWithoutNullStreams): Promise<string> {
  const [said] = await Promise.race([once(child.stdout, "data"), once(child, "exit")]);
  return String(said).trim();
}

async function end(child: ChildProcessWithoutNullStreams): Promise<void> {
  const ended = once(child, "exit");
  child.stdin.end();
  await ended;
}

function builds(): string[] {
  return readdirSync(root).filter((name) => /^dist-[0-9a-f]{16}$/.test(name));
}

/** When the newest build was made: builds follow each other too fast here for the clocks of some file systems. */
function setAge(time: number): void {
  const digest = readFileSync(join(root, "dist", ".batchwise-set-up"), "utf8");
  utimesSync(join(root, `dist-${digest.slice(0, 16)}`, ".batchwise-set-up"), time, time);
}

function inDist(): string | undefined {
  return readFileSync(join(root, "dist", "src", "worker.js"), "utf8").match(/"(.*)"/)?.[1];
}
