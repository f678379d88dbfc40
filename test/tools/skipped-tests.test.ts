import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";

test("every test that was skipped is named with its reason, and no other", (context) => {
  const folder = mkdtempSync(join(tmpdir(), "batchwise-skipped-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "some.test.mjs");
  writeFileSync(
    file,
    `import { describe, test } from "node:test";
     test("runs", () => {});
     test("fails", () => { throw new Error("no"); });
     test("needs a thing", { skip: "no thing" }, () => {});
     test("is left out", { skip: true }, () => {});
     describe("a group", { skip: "no compiler" }, () => { test("in it", () => {}); });
     test("finds out", (context) => context.skip("no git"));`,
  );
  const reporter = join(PACKAGE_ROOT, "tools", "skipped-tests.mjs");
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const args = ["--test", `--test-reporter=${reporter}`, "--test-reporter-destination=stdout", file];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", env });
  const named = stdout.trim().split("\n");
  assert.deepEqual(
    named,
    ["needs a thing: no thing", "is left out", "a group: no compiler", "finds out: no git"],
    stderr,
  );
});
