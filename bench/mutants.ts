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
import { Command } from "commander";
import { PACKAGE_ROOT } from "../src/core/package-root.js";
import { UserError } from "../src/core/user-error.js";
import { benchOptions, FROM_ZERO, whole } from "./bench-options.js";
import { hashOfBuild } from "./mutants/built-files.js";
import { coverageOfTests } from "./mutants/coverage-of-tests.js";
import { equivalents } from "./mutants/equivalents.js";
import { judgeMutants } from "./mutants/judge-mutants.js";
import { killAllOf } from "./mutants/kill-all-of.js";
import { mutantsTable, resultLine } from "./mutants/mutants-table.js";
import { copyProject } from "./mutants/project-copy.js";
import { keyOf, type Result, readResults, writeResults } from "./mutants/results.js";
import { type Sample, sampleMutants } from "./mutants/sample-mutants.js";

interface Options extends Omit<Sample, "pipeline"> {
  readonly pipeline?: boolean;
  readonly jobs: number;
  readonly slowest?: number;
  readonly out?: string;
  readonly coverage: string;
  readonly project: string;
}

const options = benchOptions<Options>(
  new Command("bench:mutants")
    .description("break the built code in random places, and count which mistakes the tests notice")
    .option("--seed <number>", "of the draw", whole(FROM_ZERO), 1)
    .option("--count <number>", "how many mutants to draw", whole(), 200)
    .option("--folder <name>", "of src, in place of all of them")
    .option("--changed <commit>", "only lines that differ from it")
    .option("--pipeline", "of the command line, too")
    .option("--jobs <number>", "mutants at a time", whole(), 2)
    .option("--slowest <seconds>", "leave out test files that take longer", whole(FROM_ZERO))
    .option("--out <file>", "keep the results there, and go on from it")
    .option("--coverage <dir>", "where the tests' coverage is kept", join(tmpdir(), "mutants-coverage"))
    .option("--project <dir>", "whose built code and tests are meant", PACKAGE_ROOT),
);
const { project, out, folder, changed, pipeline = false, seed, count, jobs, slowest } = options;
const slowestMs = slowest === undefined ? Number.POSITIVE_INFINITY : 1000 * slowest;

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
  const tests = await coverageOfTests(copies, join(options.coverage, hash));
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
