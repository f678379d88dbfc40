import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { makeScratchFolder } from "../../src/core/scratch-folder.js";

const root = mkdtempSync(join(tmpdir(), "batchwise-scratch-test-"));
after(() => rmSync(root, { recursive: true }));
const MODULE = new URL("../../src/core/scratch-folder.js", import.meta.url).href;
const OWNER = `
  const { makeScratchFolder } = await import(${JSON.stringify(MODULE)});
  process.stdout.write(makeScratchFolder().path);
  setInterval(() => {}, 1000);`;

test("a folder of a process that was killed is removed by the next start, and those of living processes stay", async () => {
  const env = { ...process.env, TMPDIR: root };
  const owner = spawn(process.execPath, ["--input-type=module", "-e", OWNER], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [told] = await once(owner.stdout, "data");
  const left = String(told);
  mkdirSync(join(root, "batchwise-scratch-of-unknown")); // perhaps just being made
  const before = process.env.TMPDIR;
  process.env.TMPDIR = root;
  try {
    const first = makeScratchFolder();
    assert.ok(existsSync(left) && existsSync(first.path), "its owner lives");
    const second = makeScratchFolder();
    assert.ok(existsSync(first.path), "one process may have several");
    owner.kill("SIGKILL");
    await once(owner, "exit");
    const third = makeScratchFolder();
    assert.ok(!existsSync(left), "its owner is gone");
    for (const folder of [first, second, third]) folder.remove();
    assert.deepEqual(readdirSync(root), ["batchwise-scratch-of-unknown"]);
  } finally {
    process.env.TMPDIR = before ?? "/tmp";
  }
});

test("a folder whose owner was killed before it had a lock goes when it is old, and only if it is empty", () => {
  const place = mkdtempSync(join(root, "old-"));
  const hourAgoS = Date.now() / 1000 - 3600;
  for (const name of ["empty", "full", "young"]) {
    const path = join(place, `batchwise-scratch-${name}`);
    mkdirSync(path);
    if (name === "full") writeFileSync(join(path, "file"), "");
    if (name !== "young") utimesSync(path, hourAgoS, hourAgoS);
  }
  const make = `(await import(${JSON.stringify(MODULE)})).makeScratchFolder().remove();`;
  const env = { ...process.env, TMPDIR: place };
  assert.equal(spawnSync(process.execPath, ["--input-type=module", "-e", make], { env }).status, 0);
  assert.deepEqual(readdirSync(place).sort(), ["batchwise-scratch-full", "batchwise-scratch-young"]);
});

test("a folder that another start takes for one without an owner before its lock is had is made again", () => {
  const make = `import fs from "node:fs";
    import { syncBuiltinESMExports } from "node:module";
    const open = fs.openSync;
    let taken;
    fs.openSync = (path, ...more) => {
      const file = open(path, ...more);
      if (taken === undefined && String(path).endsWith("owner.lock")) {
        taken = path.slice(0, -"/owner.lock".length);
        fs.rmSync(taken, { recursive: true });
      }
      return file;
    };
    syncBuiltinESMExports();
    const { makeScratchFolder } = await import(${JSON.stringify(MODULE)});
    const { path } = makeScratchFolder();
    process.stdout.write(JSON.stringify([taken !== undefined && taken !== path, fs.existsSync(path)]));`;
  const env = { ...process.env, TMPDIR: mkdtempSync(join(root, "taken-")) };
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", make], {
    env,
    encoding: "utf8",
  });
  assert.deepEqual(stdout === "" ? stderr : JSON.parse(stdout), [true, true]);
});

test("where no temporary folder can be made the command says which, on one line", () => {
  const make = `await import(${JSON.stringify(MODULE)}).then((m) => m.makeScratchFolder()).catch((e) => console.log(e.name, e.message));`;
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", make], {
    env: { ...process.env, TMPDIR: "/nope" },
    encoding: "utf8",
  });
  const reason = "no such file or directory, another one can be named in TMPDIR";
  assert.equal(stdout, `UserError temporary folder /nope: ${reason}\n`);
});
