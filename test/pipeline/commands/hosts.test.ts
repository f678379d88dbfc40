import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { PACKAGE_ROOT } from "../../../src/core/package-root.js";
import { seededRandom } from "../../../src/core/seeded-random.js";
import { fleetOf } from "../../../src/fleet/fleet.js";
import { readDeviceFile } from "../../../src/plan/question/device-file.js";
import { writeTrials } from "../../dataset/write-trials.js";
import { simulatedTrials } from "../../fit/simulated-device.js";
import { refusal } from "../refusal.js";

const CLI = join(PACKAGE_ROOT, "dist", "pipeline", "batchwise.js");
const folder = mkdtempSync(join(tmpdir(), "batchwise-hosts-"));
after(() => rmSync(folder, { recursive: true }));
const merged = join(folder, "merged");

function batchwise(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return stdout;
}

/** Half as fast again as the first host, whose trials are more. */
const SLOWER = 1.5;

before(async () => {
  const random = seededRandom(8, "two hosts");
  for (const [host, factor, numbers] of [
    ["aaaa", 1, [1, 2, 3]],
    ["bbbb", SLOWER, [4, 5]],
  ] as const) {
    const trials = numbers.flatMap((trial) =>
      simulatedTrials(Number.POSITIVE_INFINITY).map((row) => ({
        ...{ ...row, host, runId: `run-${host}`, trial, trialId: `${row.trialId}-${trial}` },
        steadyMedianMs: (row.steadyMedianMs ?? 0) * factor * Math.exp(0.02 * random.normal()),
        firstInferenceMs: (row.firstInferenceMs ?? 0) * factor * Math.exp(0.02 * random.normal()),
      })),
    );
    await writeTrials(join(folder, host), { trials });
    const path = join(folder, host, "datapackage.json");
    const known = JSON.parse(readFileSync(path, "utf8"));
    const runs = [{ run_id: `run-${host}`, host, started_at: "2026-11-24T00:00:00Z" }];
    writeFileSync(path, JSON.stringify({ ...known, provenance: { ...known.provenance, runs } }));
  }
});

test("a merge says that hosts are apart, a fit, too, and a plan takes the one that it is asked for", async () => {
  const said =
    /host bbbb takes 1\.\d+ times \(95 %: 1\.\d+ to 1\.\d+\) the latency and 1\.\d+ times .* the warm-up of host aaaa over 12 cells of several hosts: apart, with a level of its own$/m;
  assert.match(batchwise("dataset", "merge", join(folder, "bbbb"), join(folder, "aaaa"), "--out", merged), said);
  const { devices } = JSON.parse(batchwise("fit", merged, "--json"));
  assert.deepEqual(
    devices[0].hosts.map(({ host, verdict }: Record<string, string>) => [host, verdict]),
    [
      ["aaaa", "first"],
      ["bbbb", "apart"],
    ],
  );
  const asked = ["--size", "224", "--devices", "1", "--budget", "60s", "--json"];
  const plan = JSON.parse(batchwise("plan", "relaxed", merged, ...asked, "--host", "bbbb"));
  assert.equal(plan.question.sources[0].host, "bbbb");
  assert.equal(plan.devices[0].type, "cpu-1t-bbbb");
  const first = JSON.parse(batchwise("plan", "relaxed", merged, ...asked));
  assert.equal(first.question.sources[0].host, undefined);
  const ratio = first.devices[0].images / plan.devices[0].images;
  assert.ok(Math.abs(ratio / SLOWER - 1) < 0.05, String(ratio));
  const wrong = ["plan", "relaxed", merged, ...asked.slice(0, -1), "--host", "cccc"];
  assert.match(await refusal(wrong), /^host cccc: no trial of cpu-1t ended well on it, allowed are aaaa, bbbb$/);
});

test("verdicts are on the host with most trials, and that is said with how far the others are", () => {
  assert.match(
    batchwise("claims", merged),
    /^cpu-1t: host bbbb takes 1\.\d+ times .*apart, with a level of its own\ncpu-1t: verdicts are on host aaaa, the trials of others/m,
  );
  const { hosts } = JSON.parse(batchwise("claims", merged, "--json"));
  assert.deepEqual(
    hosts.map(({ device, hosts: own }: { device: string; hosts: { verdict: string }[] }) => [device, own[1]?.verdict]),
    [["cpu-1t", "apart"]],
  );
});

test("the hosts of a dataset are types of device of their own in a device file", async () => {
  const file = join(folder, "devices.json");
  const device = (name: string, host: string) => ({ name, count: 4, dataset: "merged", host });
  writeFileSync(file, JSON.stringify({ devices: [device("quick", "aaaa"), device("slow", "bbbb")] }));
  const fleet = fleetOf(readDeviceFile(file), { inputSizePx: 224 });
  const [quick, slow] = fleet.types({ kind: "typical" }, "loaded").map(({ choices }) => choices[0]?.at(-1));
  assert.ok(quick !== undefined && slow !== undefined);
  assert.equal(slow.miniBatchSize, quick.miniBatchSize);
  assert.ok(Math.abs(slow.latencyUs / quick.latencyUs / SLOWER - 1) < 0.03, `${slow.latencyUs} ${quick.latencyUs}`);
});
