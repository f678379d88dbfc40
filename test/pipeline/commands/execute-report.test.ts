import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { PACKAGE_ROOT } from "../../../src/core/package-root.js";
import { openExecutions } from "../../../src/execute/executions-writer.js";
import { executionRow } from "../../execute/execution-row.js";

const CLI = join(PACKAGE_ROOT, "dist", "pipeline", "batchwise.js");
const MEASURED = join(PACKAGE_ROOT, "test", "fixtures", "three-cells");
const folder = mkdtempSync(join(tmpdir(), "batchwise-report-"));
after(() => rmSync(folder, { recursive: true, force: true }));

test("a report holds predicted against measured finishes, plan by plan and in all, and is drawn", async () => {
  const [dataset, out] = [join(folder, "executed"), join(folder, "figures")];
  const executions = openExecutions(dataset, MEASURED);
  await executions.append([
    executionRow("a", 1, { measuredFinishMs: 1250, predictedLowMs: 900, predictedHighMs: 1100, deadline: "missed" }),
    executionRow("a", 2, { measuredFinishMs: 900, predictedLowMs: 900, predictedHighMs: 1100, deadline: "met" }),
    executionRow("b", 1, { measuredFinishMs: 1020, predictedLowMs: 900, predictedHighMs: 1100 }),
    executionRow("c", 1, { detail: "it failed", deadline: "missed" }),
  ]);
  executions.close();
  const args = ["execute", "--report", dataset, "--figures", out];
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  const [report = "", files = ""] = stdout.split(/(?<=prediction interval\n)/);
  // By hand: ratios 1.25, 0.9 and 1.02 are off by 25, 10 and 2 %; two of three finishes are inside.
  assert.equal(
    report,
    [
      "plan  devices  predicted  measured  deadline",
      "a           2        1 s  1.25 s    missed  ",
      "b           1        1 s  1.02 s    none    ",
      "c           1        1 s  failed    missed  ",
      "",
      "3 plans, 3 devices: measured is 102.0 % of predicted in the median, off by 10.0 %; 66.7 % fell into the 90 % prediction interval",
      "",
    ].join("\n"),
  );
  assert.deepEqual(
    files.trim().split("\n").sort(),
    readdirSync(out)
      .map((name) => join(out, name))
      .sort(),
  );
  assert.equal(readFileSync(join(out, "calibration.csv"), "utf8").trim().split("\n").length, 1 + 3);
});

for (const [args, message] of [
  [["--report", MEASURED], /holds no executions/],
  [["--figures", folder], /--figures: allowed with --report only/],
  [[], /no plan is given, allowed without one is --report/],
] as const) {
  test(`execute ${args.map((arg) => arg.replace(PACKAGE_ROOT, ".").replace(folder, "DIR")).join(" ")} is refused`, () => {
    const { status, stderr } = spawnSync(process.execPath, [CLI, "execute", ...args], { encoding: "utf8" });
    assert.equal(status, 2);
    assert.match(stderr, message);
  });
}
