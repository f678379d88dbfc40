import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { makeFolder, removeEmptyFolders, requireWritable } from "../../src/core/make-folder.js";

const root = mkdtempSync(join(tmpdir(), "batchwise-make-"));
after(() => rmSync(root, { recursive: true }));

test("a folder is made with those that it is in, and removed again as far as it is empty", () => {
  const deep = join(root, "a", "b", "c");
  const made = makeFolder(deep);
  assert.deepEqual(made, [join(root, "a"), join(root, "a", "b"), deep]);
  assert.ok(statSync(deep).isDirectory());
  assert.deepEqual(readdirSync(deep), [], "what was written to try it is gone");
  assert.deepEqual(makeFolder(deep), []);
  writeFileSync(join(root, "a", "kept"), "");
  removeEmptyFolders(made);
  assert.deepEqual(readdirSync(join(root, "a")), ["kept"]);
  requireWritable(join(root, "x", "y"));
  assert.ok(!existsSync(join(root, "x")));
});

test("a folder that can't be made or written is refused with its path and the reason, and nothing is left", () => {
  const file = join(root, "file");
  writeFileSync(file, "");
  symlinkSync(join(root, "gone"), join(root, "dangling"));
  for (const [path, reason] of [
    [file, "not a directory"],
    [join(file, "below"), "not a directory"],
    [join(root, "dangling"), "file already exists"],
    ["/proc/nope", "no such file or directory"], // Node's recursive mkdir never ends there
    ["/proc/nope/deeper", "no such file or directory"],
  ] as const) {
    assert.throws(
      () => makeFolder(path, "dataset"),
      { name: "UserError", message: `dataset ${path}: ${reason}` },
      path,
    );
  }
  assert.deepEqual(readdirSync(root).sort(), ["a", "dangling", "file"]);
});
