import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { PlanOutcome } from "../../src/plan/answer/plan-outcome.js";
import { solvePlan } from "../../src/plan/plan.js";
import type { PlanProblem } from "../../src/plan/question/plan-problem.js";
import { everyPlan, type TriedPlan } from "./brute-force.js";
import { capsOf, problems } from "./random-problem.js";

const US_PER_HOUR_MICRO = 3.6e15;
const NANO = 1e9;

/** Holds the answer to a problem against all plans that there are. */
async function check(problem: PlanProblem): Promise<void> {
  const { caps = {}, maxSizes } = problem;
  const plans = everyPlan(problem).filter(
    ({ cost, energyNj, powerMw, sizes }) =>
      (caps.cost === undefined || cost <= Math.floor(caps.cost * US_PER_HOUR_MICRO)) &&
      (caps.energyJ === undefined || energyNj <= Math.floor(caps.energyJ * NANO)) &&
      (caps.powerW === undefined || powerMw <= Math.floor(caps.powerW * 1000)) &&
      (maxSizes === undefined || sizes.length <= maxSizes),
  );
  const outcome = await solvePlan(problem);
  assert.equal(outcome.status, plans.length > 0 ? "optimal" : "infeasible");
  if (outcome.status === "infeasible") return;
  const best = Math.min(...plans.map((plan) => objectiveValue(problem, plan)));
  assert.equal(answerValue(problem, outcome), best);
  assert.equal(outcome.proven, true);
  if (outcome.earliestProven) {
    const earliest = Math.min(
      ...plans.filter((plan) => objectiveValue(problem, plan) === best).map(({ finishUs }) => finishUs),
    );
    assert.equal(outcome.finishUs, earliest);
  }
}

function objectiveValue({ objective }: PlanProblem, { devices, images, cost, energyNj }: TriedPlan): number {
  const total = images.reduce((sum, count) => sum + count, 0);
  return { devices, images: -total, cost, energy: energyNj }[objective];
}

function answerValue({ objective }: PlanProblem, outcome: PlanOutcome): number {
  if (outcome.status === "infeasible") return Number.NaN;
  const { devices, images, cost = 0, energyJ = 0 } = outcome;
  return {
    devices: devices.length,
    images: -images,
    cost: Math.round(cost * US_PER_HOUR_MICRO),
    energy: Math.round(energyJ * NANO),
  }[objective];
}

const VARIANTS: [name: string, runs: number, variant: fc.Arbitrary<PlanProblem>][] = [
  ["fewest devices", 500, problems(1)],
  [
    "most images",
    500,
    problems(1).map((problem) => ({ ...problem, objective: "images", workloads: [{ name: "w0", images: 0 }] })),
  ],
  [
    "fewest devices with a shorter last mini-batch",
    300,
    problems(1).map((problem) => ({ ...problem, shorterLast: true })),
  ],
  ["fewest devices with one mini-batch size", 200, problems(1).map((problem) => ({ ...problem, miniBatchSize: 2 }))],
  ["fewest devices with one size that is chosen", 200, problems(1).map((problem) => ({ ...problem, maxSizes: 1 }))],
  ["fewest devices with two sizes", 60, problems(1).map((problem) => ({ ...problem, maxSizes: 2 }))],
  ["fewest devices for two workloads", 150, problems(2)],
  ["most images of two workloads", 80, problems(2).map((problem) => ({ ...problem, objective: "images" }))],
  ["least reserved cost", 100, problems(1).map((problem) => ({ ...problem, objective: "cost" }))],
  ["least reserved cost for two workloads", 100, problems(2).map((problem) => ({ ...problem, objective: "cost" }))],
  ["least busy cost", 100, problems(1).map((problem) => ({ ...problem, objective: "cost", billing: "busy" }))],
  [
    "least busy cost for two workloads",
    60,
    problems(2).map((problem) => ({ ...problem, objective: "cost", billing: "busy" })),
  ],
  ["least energy", 120, problems(1).map((problem) => ({ ...problem, objective: "energy" }))],
  ["least energy for two workloads", 80, problems(2).map((problem) => ({ ...problem, objective: "energy" }))],
  ["best effort at least cost", 80, problems(1).map((problem) => ({ ...problem, objective: "cost", timeUs: "none" }))],
  [
    "best effort at least energy",
    80,
    problems(1).map((problem) => ({ ...problem, objective: "energy", timeUs: "none" })),
  ],
  [
    "fewest devices under a cap",
    150,
    problems(1).chain((problem) => capsOf(problem).map((caps) => ({ ...problem, caps }))),
  ],
  [
    "most images under a cap",
    100,
    problems(1).chain((problem) => capsOf(problem).map((caps) => ({ ...problem, objective: "images" as const, caps }))),
  ],
  [
    "least cost under a cap",
    80,
    problems(2).chain((problem) => capsOf(problem).map((caps) => ({ ...problem, objective: "cost" as const, caps }))),
  ],
];

for (const [name, runs, variant] of VARIANTS) {
  test(`${name}: the answer is the best of all plans that there are, and infeasible exactly when there is none`, async () => {
    await fc.assert(fc.asyncProperty(variant, check), { numRuns: runs, seed: 5 });
  });
}
