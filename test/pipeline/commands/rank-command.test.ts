import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { PACKAGE_ROOT } from "../../../src/core/package-root.js";

const CLI = join(PACKAGE_ROOT, "dist", "pipeline", "batchwise.js");
const REFERENCE = join(PACKAGE_ROOT, "data", "reference-cpu");
const folder = mkdtempSync(join(tmpdir(), "batchwise-rank-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Three trials of each of eight cells of the reference dataset. */
before(() => {
  copyFileSync(join(REFERENCE, "datapackage.json"), join(folder, "datapackage.json"));
  for (const table of ["trials", "inferences", "images", "hardware"]) {
    mkdirSync(join(folder, table));
    const lines = readFileSync(join(REFERENCE, table, "part-0.csv"), "utf8").split(/(?<=\n)/);
    const kept = lines.filter((line) => /^(trial_id|cpu-2t-(64|128|224|320)px-[18]mb-[123]),/.test(line));
    writeFileSync(join(folder, table, "part-0.csv"), kept.join(""));
  }
});

function rank(...args: string[]) {
  const ended = spawnSync(process.execPath, [CLI, "rank", folder, ...args], { encoding: "utf8" });
  assert.equal(ended.status, 0, ended.stderr);
  return ended;
}

interface Ranking {
  readonly question: string;
  readonly trees: number;
  readonly dropped: readonly { readonly name: string; readonly reason: string }[];
  readonly features: readonly { readonly rank: number; readonly known_before: boolean }[];
}

function ranking(...args: string[]): Ranking {
  return JSON.parse(rank(...args, "--json").stdout);
}

test("predict ranks only what is known before the first inference, with as many trees and the seed that are given", () => {
  const [first, second] = ["2", "3"].map((seed) => ranking("--trees", "2", "--seed", seed));
  assert.deepEqual([first?.question, first?.trees], ["predict", 2]);
  assert.ok((first?.features.length ?? 0) > 15 && first?.features.every(({ known_before }) => known_before));
  assert.deepEqual(
    first?.features.map(({ rank: place }) => place),
    first?.features.map((_, index) => index + 1),
  );
  const constant = first?.dropped.find(({ name }) => name === "model/parameters");
  assert.equal(constant?.reason, "constant", "every column that is left out is listed with its reason");
  assert.notDeepEqual(second?.features, first?.features, "other samples and permutations");
});

test("a tree may be given few features only", () => {
  const [all, one, half] = [[], ["--max-features", "1"], ["--max-features", "0.5"]].map((args) =>
    ranking("--trees", "2", ...args),
  );
  assert.notDeepEqual(one?.features, all?.features);
  assert.notDeepEqual(half?.features, one?.features);
  const tooMany = spawnSync(process.execPath, [CLI, "rank", folder, "--max-features", "9999"], { encoding: "utf8" });
  assert.equal(tooMany.status, 2);
  assert.match(tooMany.stderr, /^batchwise: maxFeatures 9999: allowed are 1 to \d+, or a share between 0 and 1\n$/);
});

test("explain ranks every feature, in a table of the most important ones with what checks it", () => {
  const { stdout, stderr } = rank("--question", "explain", "--trees", "2");
  assert.match(stdout, /^ +\d+ {2}\S+__(first_change|steady_mean|steady_max)/m);
  assert.match(stdout, /^\d+ groups of features; columns dropped: /m);
  assert.match(stdout, /^2 trees, out-of-bag R² /m);
  assert.match(stdout, /^second forest: \d+ of the top 15 shared/m);
  assert.equal(stderr, "1/2 trees\n2/2 trees\n");
});
