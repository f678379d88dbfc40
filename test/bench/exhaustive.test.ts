import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { criteriaOf, limitsOf, wholeDown } from "../../bench/proofs/device-uses.js";
import { bestValue, earliestFinishUs } from "../../bench/proofs/exhaustive.js";
import { answerable } from "../../src/plan/question/answerable.js";
import type { PlanProblem } from "../../src/plan/question/plan-problem.js";
import { everyPlan, type TriedPlan } from "../plan/brute-force.js";
import { capsOf, problems } from "../plan/random-problem.js";

type Variant = (problem: PlanProblem & { timeUs: number }) => Partial<{ [K in keyof PlanProblem]: PlanProblem[K] }>;

const VARIANTS: Record<string, Variant> = {
  "fewest devices": () => ({}),
  "most images": () => ({ objective: "images" }),
  "least reserved cost": () => ({ objective: "cost" }),
  "least busy cost": () => ({ objective: "cost", billing: "busy" }),
  "least energy": () => ({ objective: "energy" }),
  "best effort at least cost": () => ({ objective: "cost", timeUs: "none" }),
  "best effort at least energy": () => ({ objective: "energy", timeUs: "none" }),
  "fewest devices, shorter last": () => ({ shorterLast: true }),
  "most images, one size given": () => ({ objective: "images", miniBatchSize: 2 }),
  "least busy cost, one size chosen": () => ({ objective: "cost", billing: "busy", maxSizes: 1 }),
  "least energy, two sizes": () => ({ objective: "energy", maxSizes: 2 }),
};

function objectiveOf({ objective }: PlanProblem, { devices, images, cost, energyNj }: TriedPlan): number {
  return { devices, images: -images.reduce((sum, count) => sum + count, 0), cost, energy: energyNj }[objective];
}

function check(problem: PlanProblem): void {
  answerable(problem);
  const plans = everyPlan(problem).filter(
    (plan) =>
      (problem.maxSizes === undefined || plan.sizes.length <= problem.maxSizes) &&
      limitsOf(problem.caps ?? {}).every(([criterion, limit]) => {
        const { devices, cost, energyNj: energy, powerMw: power } = plan;
        return { devices, cost, energy, power, images: 0 }[criterion] <= limit;
      }),
  );
  const best = bestValue(problem);
  const tried = plans.reduce((least, plan) => Math.min(least, objectiveOf(problem, plan)), Number.POSITIVE_INFINITY);
  if (best === undefined) {
    assert.equal(plans.length, 0);
    return;
  }
  assert.equal(Number(problem.objective === "images" ? -best : best), tried);
  const optimal = plans.filter((plan) => objectiveOf(problem, plan) === tried);
  assert.equal(earliestFinishUs(problem, best), Math.min(...optimal.map(({ finishUs }) => finishUs)));
}

for (const [name, variant] of Object.entries(VARIANTS)) {
  test(`${name}: dynamic programming and trying every plan agree`, () => {
    const one = problems(1).map((problem): PlanProblem => ({ ...problem, ...variant(problem) }) as PlanProblem);
    const two = problems(2).map((problem): PlanProblem => ({ ...problem, ...variant(problem) }) as PlanProblem);
    fc.assert(fc.property(one, check), { numRuns: 200, seed: 11 });
    fc.assert(fc.property(two, check), { numRuns: 30, seed: 12 });
    if (name.includes("shorter")) return;
    const capped = fc.oneof(problems(1), problems(2)).chain((problem) =>
      fc.tuple(capsOf(problem), capsOf(problem)).map(([first, second]): PlanProblem => {
        const caps = { ...first, ...second };
        return { ...problem, ...variant(problem), caps } as PlanProblem;
      }),
    );
    fc.assert(fc.property(capped, check), { numRuns: 120, seed: 13 });
  });
}

test("a cap counts as its decimals say, not as binary rounds them", () => {
  assert.equal(wholeDown(0.29, 100n), 29); // 0.29 · 100 is 28.999999999999996
  assert.equal(wholeDown(1e-6, 3_600_000_000_000_000n), 3_600_000_000);
  assert.equal(wholeDown(12.3456, 1000n), 12_345);
  const problem = { objective: "cost", caps: { cost: 2e-15, powerW: 0.5 } } as unknown as PlanProblem;
  assert.deepEqual(criteriaOf(problem), [
    { criterion: "cost", limit: 7 },
    { criterion: "power", limit: 500 },
  ]);
});
