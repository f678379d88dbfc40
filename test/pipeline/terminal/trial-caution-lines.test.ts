import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { trialCautionLines, trialCautionsAsJson } from "../../../pipeline/terminal/trial-caution-lines.js";
import { PACKAGE_ROOT } from "../../../src/core/package-root.js";
import type { TrialRow } from "../../../src/dataset/tables.js";

const CLI = join(PACKAGE_ROOT, "dist", "pipeline", "batchwise.js");
const trial = (cautions?: string, status = "ok") => ({ status, cautions }) as TrialRow;
const UNSTABLE = "unstable: median known within 3.1 % only, raise max_steady_ms or quiet the machine";
const LOAD = "other load: other processes used 0.50 cores, stop other work on this machine";

test("cautions are counted by kind, the most frequent first, with what to do", () => {
  const trials = [trial(UNSTABLE), trial(`${UNSTABLE}; ${LOAD}`), trial(), trial(LOAD, "crashed")];
  assert.deepEqual(trialCautionLines(trials), [
    "2 of 3 trials have cautions: unstable 2, other load 1 (unstable: raise max_steady_ms or quiet the machine; other load: stop other work on the machine)",
  ]);
  assert.deepEqual(trialCautionLines([trial()]), []);
  const { trials: all, with_cautions, by_kind } = trialCautionsAsJson(trials);
  assert.deepEqual(
    [all, with_cautions, by_kind.map(({ tag, trials: count }) => [tag, count])],
    [
      3,
      2,
      [
        ["unstable", 2],
        ["other load", 1],
      ],
    ],
  );
});

// Oracle: the rows of the dataset, counted with awk: 41 of its trials that ended well have a caution, all of them this
// one.
const EXPECTED =
  /41 of \d+ trials have cautions: unstable 41 \(unstable: raise max_steady_ms or quiet the machine\)\n$/;

for (const args of [
  ["fit"],
  ["claims"],
  ["plan", "soft", "--images", "10000", "--deadline", "60s", "--devices", "32", "--size", "64"],
]) {
  test(`${args[0]} ends with the cautions of its trials`, () => {
    const folder = join(PACKAGE_ROOT, "data", "other-host");
    const call = args[0] === "plan" ? [...args.slice(0, 2), folder, ...args.slice(2)] : [...args, folder];
    const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...call], { encoding: "utf8" });
    assert.equal(status, 0, stderr);
    assert.match(args[0] === "plan" ? stderr : stdout, EXPECTED);
  });
}
