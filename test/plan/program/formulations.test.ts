import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import fc from "fast-check";
import { compactFormulation, countFormulation } from "../../../src/plan/program/compact-formulation.js";
import { toLpFormat, toMpsFormat } from "../../../src/plan/program/export-program.js";
import { formulate } from "../../../src/plan/program/formulate.js";
import type { IntegerProgram } from "../../../src/plan/program/integer-program.js";
import { literalFormulation } from "../../../src/plan/program/literal-formulation.js";
import { configurationsOf, mostCapable } from "../../../src/plan/question/configuration.js";
import { latestFinishUs } from "../../../src/plan/question/deadline.js";
import type { PlanProblem } from "../../../src/plan/question/plan-problem.js";
import { mostImages, solveClosedForm } from "../../../src/plan/solve/closed-form.js";
import { checked } from "../../../src/plan/solve/program-answer.js";
import { SOLVER_NAMES } from "../../../src/plan/solve/solver.js";
import { solveInThread } from "../../../src/plan/solve/solver-thread.js";
import { problems } from "../random-problem.js";

const folder = mkdtempSync(join(tmpdir(), "batchwise-test-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const LIMIT_MS = 5000;

test("closed form, literal and both compact formulations agree, with both solvers", async () => {
  const study = problems(1).chain((problem) =>
    fc.constantFrom<PlanProblem>(problem, { ...problem, objective: "images", workloads: [{ name: "w0", images: 0 }] }),
  );
  await fc.assert(
    fc.asyncProperty(study, async (problem) => {
      const form = solveClosedForm(problem);
      const fewest = form?.counts.reduce((sum, [count = 0]) => sum + count, 0);
      const most = mostImages(problem.types, latestFinishUs(problem.timeUs));
      const expected = problem.objective === "devices" ? fewest : most;
      const configurations = configurationsOf(problem);
      const programs = [
        literalFormulation(problem, configurations).program,
        countFormulation(problem, configurations).program,
        countFormulation(problem, mostCapable(problem)).program,
        compactFormulation(problem, configurations).program,
      ];
      for (const program of programs) {
        if (program.variables.length === 0) continue;
        for (const solver of SOLVER_NAMES) {
          const answer = checked(program, solver, await solveInThread(solver, program, LIMIT_MS));
          assert.equal(answer === undefined ? undefined : Number(answer.objective), expected, solver);
        }
      }
    }),
    { numRuns: 40, seed: 3 },
  );
});

const glpsol = spawnSync("glpsol", ["--version"]).status === 0;

test("exported programs have the same optimum in GLPK, in both formats and formulations", {
  skip: glpsol ? false : "glpsol is not installed (Debian package glpk-utils)",
}, async () => {
  const variants = problems(2).chain((two) =>
    fc.constantFrom<PlanProblem>(
      { ...two, objective: "energy" },
      { ...two, objective: "images" },
      {
        ...two,
        workloads: two.workloads.slice(0, 1),
        types: two.types.map((type) => ({ ...type, choices: type.choices.slice(0, 1) })),
      },
    ),
  );
  for (const problem of fc.sample(variants, { numRuns: 12, seed: 4 })) {
    const programs = [formulate(problem).program];
    if (problem.objective === "devices") programs.push(literalFormulation(problem, configurationsOf(problem)).program);
    for (const program of programs) {
      if (program.variables.length === 0) continue;
      const answer = checked(program, "highs", await solveInThread("highs", program, LIMIT_MS));
      const expected = answer === undefined ? undefined : Number(answer.objective);
      assert.equal(optimumInGlpk("--lp", toLpFormat(program), program), expected);
      const sign = program.direction === "max" ? -1 : 1;
      const mps = optimumInGlpk("--freemps", toMpsFormat(program), program);
      assert.equal(mps === undefined ? undefined : sign * mps, expected);
    }
  }
});

/** The optimum that GLPK finds for a model's text, or undefined if it finds it infeasible. */
function optimumInGlpk(format: "--lp" | "--freemps", text: string, program: IntegerProgram): number | undefined {
  const [model, solution] = [join(folder, "model.txt"), join(folder, "solution.txt")];
  writeFileSync(model, text);
  rmSync(solution, { force: true });
  const { status, stdout } = spawnSync("glpsol", [format, model, "--write", solution], { encoding: "utf8" });
  assert.equal(status, 0, stdout);
  const [, columns, state, value] = /^s mip \d+ (\d+) (\w) (\S+)$/m.exec(readFileSync(solution, "utf8")) ?? [];
  if (state !== "o") return undefined;
  assert.equal(Number(columns), program.variables.length);
  return Number(value);
}
