import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { PACKAGE_ROOT } from "../../../src/core/package-root.js";
import { writeRankedDataset } from "../../rank/ranked-dataset.js";

const CLI = join(PACKAGE_ROOT, "dist", "pipeline", "batchwise.js");
const root = mkdtempSync(join(tmpdir(), "batchwise-planner-command-"));
const folder = join(root, "data");
const devices = join(root, "devices.json");
after(() => rmSync(root, { recursive: true, force: true }));
before(async () => {
  await writeRankedDataset(folder);
  const times = {
    max_mini_batch_size: 8,
    latency_ms: { intercept: 2, slope: 1 },
    warmup_ms: { intercept: 9, slope: 1 },
  };
  writeFileSync(devices, JSON.stringify({ devices: [{ name: "d", count: 2, ...times }] }));
});

function planner(...args: string[]) {
  return spawnSync(process.execPath, [CLI, "planner", ...args], { encoding: "utf8", cwd: root });
}

test("planner writes a page beside the dataset, or where it is told", () => {
  const { status, stdout, stderr } = planner(folder);
  assert.deepEqual([status, stdout, stderr], [0, `planner: ${join(folder, "planner.html")}\n`, ""]);
  const html = readFileSync(join(folder, "planner.html"), "utf8");
  assert.match(html, /^<!doctype html>/);
  assert.ok(!html.includes(root), "without paths");
  const out = join(root, "own.html");
  const told = planner("--devices", devices, "--out", out, "--json");
  assert.deepEqual([told.status, JSON.parse(told.stdout)], [0, { planner: out }]);
  const again = readFileSync(out);
  assert.equal(planner("--devices", devices).stdout, "planner: planner.html\n");
  assert.ok(readFileSync(join(root, "planner.html")).equals(again), "the same devices give the same bytes");
});

test("what it can't plan with it says in one line", () => {
  for (const [args, message] of [
    [[], "planner: needs a dataset's folder or --devices with a device file"],
    [[folder, "--devices", devices], `--devices ${devices}: not allowed together with the dataset ${folder}`],
    [
      [folder, "--out", join(root, "none", "p.html")],
      `--out ${join(root, "none", "p.html")}: its folder does not exist`,
    ],
  ] as const) {
    const { status, stdout, stderr } = planner(...args);
    assert.deepEqual([status, stdout, stderr], [2, "", `batchwise: ${message}\n`]);
  }
  assert.equal(existsSync(join(root, "none")), false);
});
