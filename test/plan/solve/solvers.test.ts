import assert from "node:assert/strict";
import { test } from "node:test";
import type { IntegerProgram } from "../../../src/plan/program/integer-program.js";
import { highsLibrary } from "../../../src/plan/solve/highs-library.js";
import { solveWithHighs } from "../../../src/plan/solve/highs-solver.js";
import { solveWithJavascriptLpSolver } from "../../../src/plan/solve/javascript-lp-solver.js";

const SOLVERS = { "javascript-lp-solver": solveWithJavascriptLpSolver, highs: solveWithHighs };

/** No row limits x, only its own bound does. */
const PROGRAM: IntegerProgram = {
  direction: "max",
  unit: "units",
  variables: [
    { name: "x", upper: 3, integer: true, objective: 5n },
    { name: "y", upper: 10, integer: true, objective: 2n },
  ],
  rows: [{ name: "y", terms: [[1, 2n]], upper: 9n }],
};

test("the event loop stays alive while HiGHS is loaded, and not after", async () => {
  const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === "Timeout").length;
  const before = timers();
  const loading = highsLibrary();
  assert.equal(timers(), before + 1);
  assert.equal(await loading, await highsLibrary());
  assert.equal(timers(), before);
});

for (const [name, solve] of Object.entries(SOLVERS)) {
  test(`${name} keeps the bounds of variables that no row limits`, async () => {
    const { status, values } = await solve(PROGRAM, 60_000, 0);
    assert.equal(status, "optimal");
    assert.deepEqual(values, [3, 4]);
  });
}
