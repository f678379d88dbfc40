// Whether the tests notice mistakes: random mutants of the built code (a flipped comparison, a dropped statement, two
// arguments swapped, …), each run against the test files that execute its place. A small sampler in place of StrykerJS,
// which has no runner for node:test, and whose runner for TAP loses coverage and mutant in child processes and worker
// threads (each trial here is one), and which brings a few dozen packages.
// Run: npm run bench:mutants [-- --seed 1 --count 200 --folder dataset --changed HEAD~3 --pipeline --jobs 2
// --slowest 60 --out FILE.json --coverage DIR]
// The first run of a build runs each test file once for its coverage, which takes as long as the tests do. With --out a
// run that was interrupted goes on where it was. --slowest leaves out test files that take more seconds: a
// survivor may be one that only these notice, and a later run without it tries just these.
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { PACKAGE_ROOT } from "../src/core/package-root.js";
import { UserError } from "../src/core/user-error.js";
import { hashOfBuild } from "./mutants/built-files.js";
import { coverageOfTests } from "./mutants/coverage-of-tests.js";
import { equivalents } from "./mutants/equivalents.js";
import { judgeMutants } from "./mutants/judge-mutants.js";
import { killAllOf } from "./mutants/kill-all-of.js";
import { mutantsTable, resultLine } from "./mutants/mutants-table.js";
import { copyProject } from "./mutants/project-copy.js";
import { keyOf, type Result, readResults, writeResults } from "./mutants/results.js";
import { sampleMutants } from "./mutants/sample-mutants.js";

const { values: flags } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    count: { type: "string", default: "200" },
    folder: { type: "string" },
    changed: { type: "string" },
    pipeline: { type: "boolean", default: false },
    jobs: { type: "string", default: "2" },
    slowest: { type: "string" },
    out: { type: "string" },
    coverage: { type: "string", default: join(tmpdir(), "mutants-coverage") },
    project: { type: "string", default: PACKAGE_ROOT },
  },
});
const { project, out, folder, changed, pipeline } = flags;
const [seed, count, jobs] = [Number(flags.seed), Number(flags.count), Number(flags.jobs)];
const slowestMs = flags.slowest === undefined ? Number.POSITIVE_INFINITY : 1000 * Number(flags.slowest);

const hash = hashOfBuild(project);
const mutants = sampleMutants(project, { seed, count, folder, changed, pipeline });
if (mutants.length === 0) {
  console.error(
    `mutants: none drawn${folder ? ` in folder ${folder}` : ""}${changed ? ` in what differs from ${changed}` : ""}`,
  );
  process.exit(1);
}
const known = readResults(out, seed, hash);
const isEquivalent = equivalents(project);
const { copies, remove } = copyProject(project, jobs);
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    end();
    console.error(`mutants: ended by ${signal}`);
    process.exit(130);
  });
}
try {
  const tests = await coverageOfTests(copies, join(flags.coverage, hash));
  const results: Result[] = [];
  const add = (result: Result) => {
    results.push(result);
    known.set(keyOf(result), result);
    writeResults(out, { seed, hash, results: [...known.values()] });
    console.log(resultLine(result));
  };
  const open = mutants.flatMap((mutant) => {
    const before = isEquivalent(mutant) ? { ...mutant, outcome: "equivalent" as const } : known.get(keyOf(mutant));
    if (before === undefined) return [mutant];
    const untried = ("untried" in before && before.untried) || [];
    if (tests.coverages.some(({ file, ms }) => ms <= slowestMs && untried.includes(file)))
      return [{ ...mutant, untried }];
    add(before);
    return [];
  });
  await judgeMutants(copies, open, tests, slowestMs, (mutant, verdict) => add({ ...mutant, ...verdict }));
  print(results);
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(`mutants: ${error.message}`);
  process.exitCode = 1;
} finally {
  end();
}

function end(): void {
  for (const { root } of copies) killAllOf(root, undefined);
  remove();
}

function print(results: readonly Result[]): void {
  const { columns, values } = mutantsTable(results);
  console.log();
  for (const row of [columns, ...values]) {
    console.log(row.map((cell, place) => (place === 0 ? String(cell).padEnd(12) : String(cell).padStart(13))).join(""));
  }
  const alive = results.filter(({ outcome }) => outcome === "survived" || outcome === "not covered");
  if (alive.length > 0) console.log();
  for (const result of alive.sort((a, b) => (a.place < b.place ? -1 : 1))) console.log(resultLine(result));
}
