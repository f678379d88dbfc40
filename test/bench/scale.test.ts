import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";

const BENCH = join(PACKAGE_ROOT, "dist", "bench", "scale.js");
const folder = mkdtempSync(join(tmpdir(), "batchwise-scale-"));
after(() => rmSync(folder, { recursive: true }));

test("the scale bench writes shards of which one is killed and goes on, and merges them to the design", () => {
  const args = [BENCH, "--out", folder, "--trials", "1000", "--shards", "2", "--json"];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  const { results } = JSON.parse(stdout);
  assert.deepEqual(
    results.map(({ says }: { says: string }) => says),
    [
      "1012 trials, anchors among them",
      "2 shards, one of them killed half way",
      "253 trials went on after 253",
      "1012 trials, 0 missing, complete",
      "sound",
    ],
  );
  for (const { what, peakMib } of results) assert.ok(peakMib > 20 && peakMib < 512, `${what}: ${peakMib} MiB`);
});
