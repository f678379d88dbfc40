import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";

const BENCH = join(PACKAGE_ROOT, "dist", "bench", "dataset.js");
const folder = mkdtempSync(join(tmpdir(), "batchwise-bench-"));
after(() => rmSync(folder, { recursive: true }));

test("the dataset bench makes a dataset that is resumed, closed and sound, and tells what each step took", () => {
  const args = [BENCH, "--out", folder, "--rows", "1500", "--steps", "generate,resume,close,check", "--json"];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  const { results } = JSON.parse(stdout);
  assert.deepEqual(
    results.map(({ says }: { says: string }) => says),
    ["1500 rows", "1001 lines dropped", "2 trials", "sound"],
  );
  for (const { what, seconds, cpuSeconds, peakMib } of results) {
    assert.ok(seconds > 0 && cpuSeconds > 0, what);
    assert.ok(peakMib > 20 && peakMib < 512, `${what}: ${peakMib} MiB`);
  }
});
