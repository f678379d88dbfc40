import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";
import { readPart } from "../../src/dataset/part-file.js";
import { trialsTable } from "../../src/dataset/tables.js";
import { plannedTrials } from "../../src/design/cells.js";
import { readDesign } from "../../src/design/design.js";
import { writeTinyDesign } from "./tiny-design.js";

const CLI = join(PACKAGE_ROOT, "dist", "pipeline", "batchwise.js");
const folder = mkdtempSync(join(tmpdir(), "batchwise-snakemake-"));
after(() => rmSync(folder, { recursive: true }));
const design = writeTinyDesign(folder, 1);
const skip =
  spawnSync("snakemake", ["--version"]).status !== 0 && "snakemake is not installed (Debian package snakemake)";

function submit(...more: string[]) {
  const args = ["submit", "snakemake", "--design", design, "--shards", "2", ...more];
  return spawnSync(process.execPath, [CLI, ...args], { encoding: "utf8", cwd: folder });
}

test("snakemake measures each shard, merges them to the design and reports, and has nothing to do when it runs again", {
  skip,
  timeout: 120_000,
}, () => {
  const out = join(folder, `it's {braces} "quotes" \\ $(touch injected)\n" + open("injected", "w")`);
  const asked = ["--out", out, "--parallelism", "2", "--time-limit", "3min"];
  const printed = submit(...asked);
  assert.equal(printed.status, 0, printed.stderr);
  assert.match(printed.stdout, /^ {8}runtime=3,$/m);
  const done = submit(...asked, "--run", "--json");
  assert.equal(done.status, 0, done.stderr);
  const { text, submitted } = JSON.parse(done.stdout);
  assert.equal(text, printed.stdout);
  assert.equal(readFileSync(join(out, "Snakefile"), "utf8"), printed.stdout);
  assert.match(submitted[0], /^the merged dataset and its report are in /);
  const rows = readPart(join(out, "whole"), trialsTable).map(({ trialId }) => trialId);
  assert.deepEqual(
    rows.toSorted(),
    plannedTrials(readDesign(design))
      .map(({ trialId }) => trialId)
      .toSorted(),
  );
  assert.ok(existsSync(join(out, "whole", "report.html")));
  assert.deepEqual(
    readdirSync(folder).filter((name) => name === "injected"),
    [],
  );
  const again = submit(...asked, "--run");
  assert.equal(again.status, 0, again.stderr);
  assert.match(again.stderr, /Nothing to be done/);
});

test("a Snakefile keeps shards apart by a resource of the machine, unless they may share one", () => {
  assert.match(submit().stdout, /^ {8}machine=1,$/m);
  const shared = submit("--no-exclusive");
  assert.equal(shared.status, 0, shared.stderr);
  assert.doesNotMatch(shared.stdout, /machine=/);
  assert.match(shared.stdout, /^workdir: ".*\/data\/tiny"$/m, "where nothing is said");
});
