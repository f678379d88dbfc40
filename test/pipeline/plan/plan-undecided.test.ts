import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { PACKAGE_ROOT } from "../../../src/core/package-root.js";

const CLI = join(PACKAGE_ROOT, "dist", "pipeline", "batchwise.js");
const folder = mkdtempSync(join(tmpdir(), "batchwise-undecided-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/**
 * Devices that classify one mini-batch of an even number of images each and cost as much as they classify. An odd
 * number of images at a cost of as much can't be had, but near misses are so many that no search comes to an end in
 * steps.
 */
const SIZES = [2014, 2038, 2062, 2078, 2102, 2134, 2166, 2206, 2218, 2234, 2246, 2266, 2302, 2326, 2342, 2374];
const file = join(folder, "even.json");
writeFileSync(
  file,
  JSON.stringify({
    devices: SIZES.map((size) => ({
      name: `d${size}`,
      count: 9,
      max_uses: 0,
      latency_ms: { [size]: 10 },
      warmup_ms: { [size]: 10 },
      energy_per_mini_batch_j: { [size]: 1 },
      price_per_hour: size,
    })),
  }),
);

function plan(...args: string[]) {
  const all = ["plan", "soft", "--devices", file, "--deadline", "1h", "--images", "66667"];
  return spawnSync(process.execPath, [CLI, ...all, ...args], { encoding: "utf8" });
}

test("a question that is left undecided exits with 1 and says so on a line", () => {
  const { status, stdout, stderr } = plan("--max-cost", "66667", "--max-energy-j", "1000", "--time-limit", "0.05");
  assert.equal(status, 1, stdout + stderr);
  assert.equal(stdout, "");
  assert.equal(
    stderr,
    "batchwise: plan: neither a plan nor that there is none was found in the time, allow more with --time-limit\n",
  );
});

test("a limit of which it stays open whether it binds is said to be open", () => {
  const limits = ["--max-cost", "66667", "--max-energy-j", "1"];
  const { status, stdout, stderr } = plan(...limits);
  assert.equal(status, 3, stderr);
  assert.match(stdout, /^infeasible: /m);
  assert.match(stdout, /^limit that may bind: --max-energy-j 1; what there would be without it is not known$/m);
  const { binding_limits } = JSON.parse(plan(...limits, "--json").stdout);
  assert.deepEqual(
    binding_limits.filter(({ limit }: { limit: string }) => limit === "--max-energy-j 1"),
    [{ limit: "--max-energy-j 1" }],
  );
});
