import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { readHunks } from "../../bench/mutants/changed-lines.js";
import { coveringTests } from "../../bench/mutants/coverage.js";
import { coveredRanges, holds, union } from "../../bench/mutants/covered-ranges.js";
import { drawMutants } from "../../bench/mutants/draw-mutants.js";
import { editsOf } from "../../bench/mutants/edits-of.js";
import type { Verdict } from "../../bench/mutants/judge-mutant.js";
import { applyEdit, type Mutant } from "../../bench/mutants/mutant.js";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";

/** The texts that a snippet may become. */
function mutationsOf(code: string): string[] {
  return editsOf(code)
    .map((edit) => applyEdit(code, edit))
    .sort();
}

/** Code and what it may become, by hand. */
const MUTATIONS: readonly (readonly [code: string, ...becomes: string[]])[] = [
  ["x = a < b", ";", "x = a <= b", "x = a > b"],
  ["x = a >= b", ";", "x = a > b"],
  ["x = a !== b", ";", "x = a === b"],
  ["x = -a + 2", ";", "x = a + 2", "x = -a - 2", "x = -a + 3"],
  ["x = 'a' + b", ";", 'x = "" + b'],
  ["x = a * 1", ";", "x = a / 1", "x = a * 0"],
  ["x = 10n", ";", "x = 11n"],
  ["x = 99", ";", "x = 100"],
  ["x = 1e6", ";", "x = 2000000"],
  ["x = 1n", ";", "x = 0n"],
  ["x += y--", ";", "x -= y--", "x += y++"],
  ["x = a && b", ";", "x = a || b"],
  ["x = a ?? b", ";", "x = a", "x = b"],
  ["x = !a", ";", "x = a"],
  ["x = true", ";", "x = false"],
  ["x = a ? b : c", ";", "x = !(a) ? b : c", "x = true ? b : c", "x = false ? b : c"],
  ["x = f(a, b, c)", ";", "x = f(b, a, c)"],
  ["x = Math.ceil(a)", ";", "x = Math.floor(a)"],
  ["x = Math.max(a, b)", ";", "x = Math.min(a, b)"],
  ["x = a.filter(f).some(g)", ";", "x = a.some(g)", "x = a.filter(f).every(g)"],
  ["x = (await a)?.map(f)", ";", "x = (await a)"],
  ["x = [a, ...b]", ";", "x = [...b]", "x = [a]"],
  ["x = { a, ...b }", ";", "x = { a }"],
  ["x = { 'a-b': `c` }", ";", "x = { 'a-b': \"\" }"],
  [
    "if (a === b) throw new Error('c')",
    "if (a !== b) throw new Error('c')",
    "if (true) throw new Error('c')",
    "if (false) throw new Error('c')",
    "if (a === b) ;",
    'if (a === b) throw new Error("")',
  ],
  [
    "function f() { if (a) { return; } }",
    "function f() { if (!(a)) { return; } }",
    "function f() { if (true) { return; } }",
    "function f() { if (false) { return; } }",
    "function f() { if (a) { ; } }",
  ],
  ["function f() { return a; }", "function f() { return undefined; }"],
  ["while (a) f()", "while (!(a)) f()", "while (false) f()", "while (a) ;"],
  ["'use strict'; import a from 'b'; export { c } from 'd'; // 1 < 2"],
];

for (const [code, ...becomes] of MUTATIONS) {
  test(`what ${code} may become`, () => {
    assert.deepEqual(mutationsOf(code), [...becomes].sort());
  });
}

test("an offset counts as executed as the innermost range that holds it says, in any process", () => {
  const ranges = (...list: [number, number, number][]) => ({
    ranges: list.map(([startOffset, endOffset, count]) => ({ startOffset, endOffset, count })),
  });
  const covered = coveredRanges({
    url: "file:///a.js",
    functions: [ranges([0, 100, 1]), ranges([60, 90, 0]), ranges([10, 50, 3], [10, 15, 0], [20, 40, 0], [25, 30, 2])],
  });
  assert.deepEqual(covered, [
    [0, 10],
    [15, 20],
    [25, 30],
    [40, 60],
    [90, 100],
  ]);
  assert.deepEqual(
    [19, 20, 29, 30].map((offset) => holds(covered, offset)),
    [true, false, true, false],
  );
  assert.deepEqual(
    union(covered, [
      [15, 41],
      [95, 120],
    ]),
    [
      [0, 10],
      [15, 60],
      [90, 120],
    ],
  );
});

test("test files that execute a mutant are run nearest first, then quickest first, and no others", () => {
  const covered = { "dist/src/plan/plan.js": [[0, 100]] as [number, number][] };
  const tests = [
    { file: "dist/test/fit/quick.test.js", ms: 1, covered },
    { file: "dist/test/plan/slow.test.js", ms: 9, covered },
    { file: "dist/test/plan/quick.test.js", ms: 2, covered },
    { file: "dist/test/plan/other.test.js", ms: 1, covered: {} },
    { file: "dist/test/plan/plan.test.js", ms: 99, covered },
  ];
  const edit = { start: 3, end: 4, replacement: "", operator: "statement", weight: 1 };
  const mutant = {
    ...edit,
    file: "dist/src/plan/plan.js",
    folder: "plan",
    place: "src/plan/plan.ts:1",
    was: "",
    becomes: "",
  };
  assert.deepEqual(
    coveringTests(mutant, tests).map(({ file }) => file.slice("dist/test/".length)),
    ["plan/plan.test.js", "plan/quick.test.js", "plan/slow.test.js", "fit/quick.test.js"],
  );
});

test("the same seed draws the same mutants, a longer draw begins with the shorter one", () => {
  const mutants = ["plan", "fit"].flatMap((folder) =>
    Array.from({ length: 30 }, (_, start): Mutant => {
      const place = `src/${folder}/a.ts:${start}`;
      const edit = { start, end: start + 1, replacement: "", operator: "statement", weight: 1 };
      return { ...edit, file: `dist/src/${folder}/a.js`, folder, place, was: "", becomes: "" };
    }),
  );
  const places = (seed: number) => [...drawMutants(mutants, seed)].map(({ place }) => place);
  assert.deepEqual(places(1), places(1));
  assert.notDeepEqual(places(1), places(2));
  assert.deepEqual([...places(1)].sort(), mutants.map(({ place }) => place).sort());
});

test("folders are drawn in proportion to their lines, and mutants to their weight", () => {
  const mutants = [...Array(4000).keys()].map((start): Mutant => {
    const folder = start % 4 === 0 ? "fit" : "plan";
    const weight = start % 2 === 0 ? 1 : 0.25; // all of fit weigh 1
    const edit = { start, end: start + 1, replacement: "", operator: "statement", weight };
    return {
      ...edit,
      file: `dist/src/${folder}/a.js`,
      folder,
      place: `src/${folder}/a.ts:${start}`,
      was: "",
      becomes: "",
    };
  });
  const draw = drawMutants(mutants, 1);
  const drawn = Array.from({ length: 400 }, () => draw.next().value as Mutant);
  const plan = drawn.filter(({ folder }) => folder === "plan");
  // 300 of 400 lie in plan, give or take; there 1000 weigh 1 and 2000 weigh 1/4, so two thirds of the first are heavy.
  assert.ok(Math.abs(plan.length - 300) < 40, `${plan.length} of 400 in plan`);
  const heavy = plan.filter(({ weight }) => weight === 1).length / plan.length;
  assert.ok(Math.abs(heavy - 2 / 3) < 0.1, `${heavy} of plan heavy`);
});

test("the lines that a diff adds are named, those that it only removes are not", () => {
  const diff =
    "+++ b/src/a.ts\n@@ -3 +3,2 @@ f\n-x\n+y\n+z\n@@ -9,2 +9,0 @@\n-v\n-w\n+++ b/src/b.ts\n@@ -0,0 +1 @@\n+u";
  assert.deepEqual(readHunks(diff), ["src/a.ts:3", "src/a.ts:4", "src/b.ts:1"]);
});

/** Two modules and two tests; one runs its module in a child process and looks at nothing. */
const PROJECT: Readonly<Record<string, string>> = {
  "package.json": '{"type":"module"}',
  "dist/src/sizes/smaller.js":
    "// one mutant of two is listed as equivalent\nexport const isSmaller = (a, b) => a < b;\n",
  "dist/src/words/own.js": "export const isOwn = process.pid === process.ppid;\n",
  "dist/test/smaller.test.js": `
    import assert from "node:assert/strict";
    import { test } from "node:test";
    import { isSmaller } from "../src/sizes/smaller.js";
    test("two is smaller than three", () => assert.ok(isSmaller(2, 3)));`,
  "dist/test/own.test.js": `
    import { spawnSync } from "node:child_process";
    import { test } from "node:test";
    test("nothing is looked at", () => { spawnSync(process.execPath, ["dist/src/words/own.js"]); });`,
  "bench/mutants/equivalent.json": JSON.stringify([
    {
      file: "dist/src/sizes/smaller.js",
      was: "export const isSmaller = (a, b) => a < b;",
      becomes: "export const isSmaller = (a, b) => a <= b;",
      reason: "nothing is equal here",
    },
  ]),
};

test("a mutant that a test notices is killed, one that none notices survives, and the next run begins where it ended", () => {
  const folder = mkdtempSync(join(tmpdir(), "mutants-test-"));
  try {
    const [project, out] = [join(folder, "project"), join(folder, "out.json")];
    for (const [file, text] of Object.entries(PROJECT)) {
      mkdirSync(dirname(join(project, file)), { recursive: true });
      writeFileSync(join(project, file), text);
    }
    const bench = (...flags: string[]) => {
      const program = join(PACKAGE_ROOT, "dist", "bench", "mutants.js");
      const args = [program, "--project", project, "--out", out, "--coverage", join(folder, "coverage"), ...flags];
      const { status, stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
      assert.equal(status, 0);
      return stdout;
    };
    const results = () => JSON.parse(readFileSync(out, "utf8")).results;
    // The test that executes the child's line isn't tried at first; the second run tries it.
    bench("--folder", "words", "--slowest", "0");
    assert.deepEqual(results()[0].untried, ["dist/test/own.test.js"]);
    bench("--folder", "words");
    assert.equal("untried" in results()[0], false);
    assert.deepEqual(
      results().map(({ outcome, place, becomes }: Mutant & Verdict) => [outcome, place, becomes]),
      [["survived", "dist/src/words/own.js:1", "export const isOwn = process.pid !== process.ppid;"]],
    );
    // A verdict that is there already is believed, even this one.
    writeFileSync(out, readFileSync(out, "utf8").replace('"survived"', '"not covered"'));
    const printed = bench();
    const killed = results().find(({ becomes }: Mutant) => becomes.endsWith("a > b;"));
    assert.deepEqual(
      [killed.outcome, killed.by, killed.test, killed.place],
      ["killed", "dist/test/smaller.test.js", "two is smaller than three", "dist/src/sizes/smaller.js:2"],
    );
    assert.match(printed, /^sizes +2 +1 +1 +0 +0 +100\.0$/m);
    assert.match(printed, /^words +1 +0 +0 +0 +1 +0\.0$/m);
    assert.match(printed, /^all +3 +1 +1 +0 +1 +50\.0$/m);
    assert.equal(
      readFileSync(join(project, "dist/src/sizes/smaller.js"), "utf8"),
      PROJECT["dist/src/sizes/smaller.js"],
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
