import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { PACKAGE_ROOT } from "../../../src/core/package-root.js";
import { writeRankedDataset } from "../../rank/ranked-dataset.js";

const CLI = join(PACKAGE_ROOT, "dist", "pipeline", "batchwise.js");
const root = mkdtempSync(join(tmpdir(), "batchwise-report-command-"));
const folder = join(root, "data");
after(() => rmSync(root, { recursive: true, force: true }));
before(() => writeRankedDataset(folder));

function report(...args: string[]) {
  return spawnSync(process.execPath, [CLI, "report", ...args], { encoding: "utf8" });
}

test("report writes a page beside the dataset, or where it is told", () => {
  const { status, stdout, stderr } = report(folder);
  assert.equal(status, 0, stderr);
  assert.equal(stdout, `report: ${join(folder, "report.html")}\n`);
  const page = readFileSync(join(folder, "report.html"), "utf8");
  assert.match(page, /^<!doctype html>/);
  const out = join(root, "compared.html");
  const compared = report(folder, folder, "--out", out, "--json");
  assert.deepEqual(JSON.parse(compared.stdout), { report: out });
  assert.match(readFileSync(out, "utf8"), /<h2 id="compared-heading">Compared: A is data, B is data<\/h2>/);
});

test("a page that can't be written and a folder without a dataset are told in a line, before anything is computed", () => {
  const nowhere = join(root, "nowhere", "report.html");
  const { status, stderr } = report(folder, "--out", nowhere);
  assert.deepEqual([status, stderr], [2, `batchwise: --out ${nowhere}: its folder does not exist\n`]);
  const taken = report(folder, "--out", root);
  assert.deepEqual([taken.status, taken.stderr], [2, `batchwise: --out ${root}: is a folder\n`]);
  const none = report(join(root, "none"));
  assert.equal(none.status, 2);
  assert.match(none.stderr, /^batchwise: .*none.*\n$/);
  assert.ok(!existsSync(join(root, "none")));
});
