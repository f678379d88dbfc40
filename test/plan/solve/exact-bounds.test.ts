import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type IntegerProgram, objectiveOf, type Term, violatedRow } from "../../../src/plan/program/integer-program.js";
import { configurationsOf } from "../../../src/plan/question/configuration.js";
import { byTypeAndWorkload } from "../../../src/plan/question/dominance.js";
import { boundByCounts, type Pair } from "../../../src/plan/solve/bound-by-counts.js";
import { branchAndBound } from "../../../src/plan/solve/branch-and-bound.js";
import { exactColumns, provesEmpty, weakDualityBound } from "../../../src/plan/solve/exact-bound.js";
import { highsLibrary } from "../../../src/plan/solve/highs-library.js";
import { solveProblem } from "../../../src/plan/solve/solve-problem.js";
import { boundTightener } from "../../../src/plan/solve/tighten-bounds.js";
import { problems } from "../random-problem.js";

const highs = await highsLibrary();

const coefficient = fc.integer({ min: -9, max: 9 }).map(BigInt);
/** Programs of three variables from 0 to 4: every point of the box can be tried. */
const programs = fc
  .record({
    direction: fc.constantFrom("min" as const, "max" as const),
    costs: fc.array(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), { minLength: 3, maxLength: 3 }),
    uppers: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 3, maxLength: 3 }),
    rows: fc.array(
      fc.record({
        terms: fc.array(coefficient, { minLength: 3, maxLength: 3 }),
        lower: fc.option(fc.integer({ min: -10, max: 30 }).map(BigInt), { nil: undefined }),
        upper: fc.option(fc.integer({ min: -10, max: 30 }).map(BigInt), { nil: undefined }),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  })
  .map(
    ({ direction, costs, uppers, rows }): IntegerProgram => ({
      direction,
      unit: "units",
      variables: costs.map((objective, index) => ({
        name: `x${index}`,
        upper: uppers[index] ?? 0,
        integer: true,
        objective,
      })),
      rows: rows.map(({ terms, lower, upper }, index) => ({
        name: `r${index}`,
        terms: terms.map((value, place): Term => [place, value]).filter(([, value]) => value !== 0n),
        ...(lower !== undefined && { lower }),
        ...(upper !== undefined && { upper }),
      })),
    }),
  );

/** The oracle: every point of the box that fulfils every row. */
function solutionsOf(program: IntegerProgram): number[][] {
  let points: number[][] = [[]];
  for (const { upper } of program.variables) {
    points = points.flatMap((point) => Array.from({ length: upper + 1 }, (_, value) => [...point, value]));
  }
  return points.filter((point) => violatedRow(program, point) === undefined);
}

function bestOf(program: IntegerProgram): bigint | undefined {
  const values = solutionsOf(program).map((point) => objectiveOf(program, point));
  return values.reduce<bigint | undefined>(
    (best, value) => (best === undefined || (program.direction === "min" ? value < best : value > best) ? value : best),
    undefined,
  );
}

/** Twice x and three times y are seven or more: x and y are best 2 and 1, or 1 and 2 for as much. */
const PAIR: IntegerProgram = {
  direction: "min",
  unit: "units",
  variables: ["x", "y"].map((name, index) => ({ name, upper: 4, integer: true, objective: BigInt(index + 1) })),
  rows: [
    {
      name: "seven",
      terms: [
        [0, 2n],
        [1, 3n],
      ],
      lower: 7n,
    },
  ],
};

const multipliers = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 4, maxLength: 4 });
const box = ({ variables }: IntegerProgram) =>
  [new Float64Array(variables.length), Float64Array.from(variables, ({ upper }) => upper)] as const;

test("no multipliers of rows, however wrong, give a bound that a solution beats or empty a program that has one", () => {
  let informative = 0;
  fc.assert(
    fc.property(programs, multipliers, (program, values) => {
      const best = bestOf(program);
      const exact = exactColumns(program);
      const bound = weakDualityBound(exact, values, ...box(program));
      if (best === undefined) return;
      assert.equal(provesEmpty(exact, values, ...box(program)), false);
      const least = program.direction === "min" ? best : -best;
      assert.ok(bound === undefined || bound <= least, `${bound} for ${least}`);
      if (bound === least) informative++;
    }),
    { numRuns: 3000, seed: 11 },
  );
  assert.ok(informative > 0);
});

test("a variable that the rows pay for in full bounds nothing, however large it may be", () => {
  // min 2x with 2x + 3y ≥ 7: the row as it is pays for all of x, and y costs 3 less than nothing.
  const exact = exactColumns({ ...PAIR, variables: PAIR.variables.map((own) => ({ ...own, objective: 2n })) });
  assert.equal(weakDualityBound(exact, [1], [0, 0], [Number.POSITIVE_INFINITY, 4]), 7n - 4n);
  assert.equal(weakDualityBound(exact, [1], [0, 0], [4, Number.POSITIVE_INFINITY]), undefined);
});

test("branch and bound finds the best of all solutions, or that there is none", () => {
  let infeasible = 0;
  fc.assert(
    fc.property(programs, (program) => {
      const best = bestOf(program);
      const { status, values, bound } = branchAndBound(highs, program, { maxNodes: 10_000, limitMs: 60_000 });
      if (best === undefined) {
        infeasible++;
        assert.equal(status, "infeasible");
        return;
      }
      assert.equal(status, "optimal");
      assert.ok(values !== undefined && violatedRow(program, values) === undefined);
      assert.equal(objectiveOf(program, values), best);
      assert.equal(bound, best);
    }),
    { numRuns: 1000, seed: 12 },
  );
  assert.ok(infeasible > 50, `${infeasible}`);
});

test("branch and bound that is ended early bounds every solution and calls nothing optimal that is not", () => {
  let ended = 0;
  fc.assert(
    fc.property(programs, fc.integer({ min: 0, max: 3 }), fc.boolean(), (program, maxNodes, isLate) => {
      const best = bestOf(program);
      const options = { maxNodes, limitMs: isLate ? -1 : 60_000 };
      const { status, values, bound, hurried } = branchAndBound(highs, program, options);
      // A clock that is over ends it before its first relaxation.
      if (isLate) assert.deepEqual([status, values, bound, hurried], ["stopped", undefined, undefined, maxNodes > 0]);
      else assert.equal(hurried, false);
      if (status === "stopped") ended++;
      if (status === "infeasible") assert.equal(best, undefined);
      if (status === "optimal") assert.equal(values && objectiveOf(program, values), best);
      if (bound === undefined || best === undefined) return;
      assert.ok(program.direction === "min" ? bound <= best : bound >= best, `${bound} for ${best}`);
    }),
    { numRuns: 1000, seed: 13 },
  );
  assert.ok(ended > 100, `${ended}`);
});

test("a time that is over ends branch and bound before its first relaxation, and it says so", () => {
  const { variables } = PAIR;
  assert.deepEqual(branchAndBound(highs, PAIR, { maxNodes: 1000, limitMs: -1 }), { status: "stopped", hurried: true });
  const known = { maxNodes: 1000, limitMs: -1, known: 10n };
  assert.deepEqual(branchAndBound(highs, PAIR, known), { status: "stopped", hurried: true });
  const { status, values, bound } = branchAndBound(highs, PAIR, { maxNodes: 1000, limitMs: 60_000 });
  assert.deepEqual([status, values?.length, bound], ["optimal", variables.length, 4n]);
});

test("with a gap branch and bound may end earlier, but its bound holds and its answer is within the gap", () => {
  let apart = 0;
  fc.assert(
    fc.property(programs, fc.constantFrom(0.05, 0.3, 0.8), (program, gap) => {
      const best = bestOf(program);
      const { status, values, bound } = branchAndBound(highs, program, { maxNodes: 10_000, limitMs: 60_000, gap });
      if (best === undefined) return;
      assert.equal(status, "optimal");
      assert.ok(values !== undefined && bound !== undefined);
      const found = objectiveOf(program, values);
      assert.ok(program.direction === "min" ? bound <= best : bound >= best, `${bound} for ${best}`);
      const distance = Number(found > bound ? found - bound : bound - found);
      assert.ok(distance <= gap * Math.abs(Number(found)), `${found} and ${bound}`);
      if (bound !== found) apart++;
    }),
    { numRuns: 1000, seed: 15 },
  );
  assert.ok(apart > 10, `${apart}`);
});

test("a known solution is called optimal exactly if no solution is better", () => {
  fc.assert(
    fc.property(programs, fc.nat(), (program, lot) => {
      const solutions = solutionsOf(program);
      const solution = solutions[lot % Math.max(1, solutions.length)];
      if (solution === undefined) return;
      const known = objectiveOf(program, solution);
      const { status, values } = branchAndBound(highs, program, { maxNodes: 10_000, limitMs: 60_000, known });
      assert.equal(status, "optimal");
      assert.equal(values === undefined, known === bestOf(program));
      if (values !== undefined) assert.equal(objectiveOf(program, values), bestOf(program));
    }),
    { numRuns: 500, seed: 14 },
  );
});

test("bounds of variables are drawn in without losing a solution", () => {
  let tightened = 0;
  fc.assert(
    fc.property(programs, (program) => {
      const [lower, upper] = box(program);
      const kept = boundTightener(program).tighten(lower, upper, undefined);
      const solutions = solutionsOf(program);
      if (!kept) assert.equal(solutions.length, 0);
      for (const point of kept ? solutions : []) {
        assert.ok(point.every((value, index) => value >= (lower[index] ?? 0) && value <= (upper[index] ?? 0)));
      }
      if (upper.some((value, index) => value < (program.variables[index]?.upper ?? 0))) tightened++;
    }),
    { numRuns: 2000, seed: 15 },
  );
  assert.ok(tightened > 100);
});

test("a bound by counts holds at any prices of an image", async () => {
  let close = 0;
  const asked = problems(2).chain((problem) =>
    fc.tuple(
      fc.constantFrom(
        { ...problem, objective: "energy" as const },
        { ...problem, objective: "cost" as const, billing: "busy" as const },
      ),
      fc.array(fc.double({ min: 0, max: 200, noNaN: true }), { minLength: 2, maxLength: 2 }),
    ),
  );
  await fc.assert(
    fc.asyncProperty(asked, async ([problem, prices]) => {
      const { groups, answer } = await solveProblem(problem, { gap: 0 });
      if (groups === undefined) return;
      const pairs = [...byTypeAndWorkload(configurationsOf(problem))].map(
        ([name, own]): Pair => ({
          name,
          type: own[0]?.type ?? 0,
          workload: own[0]?.workload ?? 0,
          configurations: own,
        }),
      );
      const bound = await boundByCounts(problem, pairs, problem.objective, prices, answer.objective, 0);
      assert.ok(bound === undefined || bound <= answer.objective, `${bound} for ${answer.objective}`);
      if (bound !== undefined && Number(bound) > 0.8 * Number(answer.objective)) close++;
    }),
    { numRuns: 200, seed: 16 },
  );
  assert.ok(close > 3, `${close}`);
});
