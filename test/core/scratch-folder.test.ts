import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
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

test("where no temporary folder can be made the command says which, on one line", () => {
  const make = `await import(${JSON.stringify(MODULE)}).then((m) => m.makeScratchFolder()).catch((e) => console.log(e.name, e.message));`;
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", make], {
    env: { ...process.env, TMPDIR: "/nope" },
    encoding: "utf8",
  });
  const reason = "no such file or directory, another one can be named in TMPDIR";
  assert.equal(stdout, `UserError temporary folder /nope: ${reason}\n`);
});
