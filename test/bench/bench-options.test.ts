import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";

const { scripts } = JSON.parse(readFileSync(join(PACKAGE_ROOT, "package.json"), "utf8")) as {
  readonly scripts: Readonly<Record<string, string>>;
};

for (const name of Object.keys(scripts).filter((script) => script.startsWith("bench:"))) {
  test(`${name} refuses what it was called with in a line with 2, before it measures anything`, () => {
    const program = join(PACKAGE_ROOT, "dist", "bench", `${name.slice("bench:".length)}.js`);
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, "--unknown"], { encoding: "utf8" });
    assert.deepEqual([status, stdout], [2, ""], stderr);
    assert.match(stderr, new RegExp(`^${name}: .*option.*\n$`));
  });
}
