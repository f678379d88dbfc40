import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { PACKAGE_ROOT } from "../../../src/core/package-root.js";
import { writeTrials } from "../../dataset/write-trials.js";
import { tableTrials } from "../../fit/simulated-device.js";

const CLI = join(PACKAGE_ROOT, "dist", "pipeline", "batchwise.js");
const DATA = join(PACKAGE_ROOT, "data");
const scratch = mkdtempSync(join(tmpdir(), "batchwise-compare-"));
after(() => rmSync(scratch, { recursive: true, force: true }));

/** Sessions of two hosts with one and with two threads; the second host takes 0.7 of the first one's time. */
const folder = join(scratch, "dataset");
await writeTrials(folder, {
  trials: [1, 2].flatMap((threads) =>
    ["first", "second"].flatMap((host) => {
      const factor = (host === "second" ? 0.7 : 1) / threads;
      return tableTrials({ 1: 10 * factor, 2: 16 * factor, 4: 28 * factor }).map((trial) => ({
        ...{ ...trial, trialId: `${threads}-${host}-${trial.trialId}`, runId: host, host, threads },
      }));
    }),
  ),
  devices: [1, 2].map((threads) => ({ provider: "cpu", threads })),
});

function compare(...args: string[]) {
  return spawnSync(process.execPath, [CLI, "compare", ...args], { encoding: "utf8" });
}

test("another host is twice as slow while steady and twice as fast at first: compare says so, where, why, and ends with 1 on request", () => {
  const { status, stdout, stderr } = compare(
    join(DATA, "reference-cpu"),
    join(DATA, "other-host"),
    "--fail-on",
    "slower",
  );
  assert.deepEqual([status, stderr], [1, ""]);
  // Ratios by numpy: means of logarithms of the trials that ended well, over the 17 cells of both.
  assert.match(stdout, /^latency L +1\.776 +1\.\d+ to 1\.\d+ +slower/m);
  assert.match(stdout, /^warm-up W +0\.524 +0\.\d+ to 0\.\d+ +faster/m);
  assert.match(stdout, /^steady inferences take 1\.78 times as long in B as in A, first ones 0\.52 times /m);
  assert.match(stdout, /the same work takes 1\.7\d times the CPU time in B/);
  assert.match(
    stdout,
    /memory that is touched for the first time costs less in B: .* 10\.1 µs a fault in A, 2\.2 µs in B/,
  );
  assert.match(stdout, /^ended well on one side only; the memory limit is 1100 MiB in A, 512 MiB in B$/m);
  assert.match(stdout, /^ +320 +8 {2}ok +out of memory *$/m);
  assert.match(stdout, /^ +320 +8 +2 {2}does not run .* changes *$/m);
  assert.match(stdout, /^machine kernel +6\.18\.44-fc-v782 +6\.18\.44-fc-v657 *$/m);
  assert.match(stdout, /^--fail-on slower: something is, so this ends with 1$/m);
  assert.match(stdout, /^A and B are one session each: two sessions of the same machine differ by more than/m);
});

test("devices and sessions of one dataset are compared as JSON with a figure, and what is only faster does not fail", () => {
  const figures = join(scratch, "figures");
  const { status, stdout, stderr } = compare(
    ...[
      folder,
      folder,
      "--device",
      "cpu-2t",
      "--device-a",
      "cpu-1t",
      "--device-b",
      "cpu-2t",
      "--session-a",
      "first",
      "--session-b",
      "second",
    ],
    ...["--margin", "10", "--fail-on", "slower", "--figures", figures, "--json"],
  );
  assert.equal(status, 0, stderr);
  const { a, b, margin, failed, quantities, figures: files } = JSON.parse(stdout);
  assert.deepEqual(
    [a.device, a.hosts, a.trials, b.device, b.hosts, b.trials],
    ["cpu-1t", ["first"], 9, "cpu-2t", ["second"], 9],
  );
  assert.deepEqual([margin, failed], [0.1, false]);
  const [latency] = quantities;
  assert.deepEqual([latency.quantity, latency.overall.verdict], ["latency_ms", "faster"]);
  assert.ok(Math.abs(latency.overall.ratio - 0.35) < 1e-9);
  assert.deepEqual(
    latency.cells.map(({ mini_batch_size, trials_a, verdict }: Record<string, unknown>) => [
      mini_batch_size,
      trials_a,
      verdict,
    ]),
    [1, 2, 4].map((size) => [size, 3, "faster"]),
  );
  assert.ok(files.length === 7 && files.every((file: string) => existsSync(file)));
});
