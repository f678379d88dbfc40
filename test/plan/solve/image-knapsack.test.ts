import assert from "node:assert/strict";
import { test } from "node:test";
import { configurationsOf } from "../../../src/plan/question/configuration.js";
import { deviceType } from "../../../src/plan/question/device-type.js";
import { undominated } from "../../../src/plan/question/dominance.js";
import type { PlanProblem } from "../../../src/plan/question/plan-problem.js";
import { solveImageKnapsack } from "../../../src/plan/solve/image-knapsack.js";
import { solveKnapsackOfSome } from "../../../src/plan/solve/knapsack-of-some.js";

function asking(images: number, count: number, timeUs = 10_000_000): PlanProblem {
  const types = [1, 2].map((slope) =>
    deviceType({
      name: `slope${slope}`,
      count,
      maxMiniBatchSize: 64,
      latencyMs: (size) => 2 / slope + slope * size,
      warmupMs: (size) => 50 + slope * size,
      energyPerMiniBatchJ: (size) => 3 / slope + 0.1 * slope * size,
      idleW: 5,
    }),
  );
  return { types, workloads: [{ name: "images", images }], timeUs, objective: "energy" };
}

test("more images than the devices can classify are said to be without a plan", () => {
  const problem = asking(1000, 1, 200_000);
  const answer = solveImageKnapsack(problem, undominated(configurationsOf(problem)));
  assert.deepEqual(answer, { groups: undefined, objective: 0n });
});

test("what is too much for the dynamic program is left to others before it is begun", () => {
  const problem = asking(10_000_000, 1_000_000);
  assert.equal(solveImageKnapsack(problem, undominated(configurationsOf(problem))), undefined);
});

test("over some of the sizes the dynamic program's plan is proven to be near the best, at prices of whole devices", async () => {
  const problem = asking(150_000, 40);
  const configurations = undominated(configurationsOf(problem));
  const solved = await solveKnapsackOfSome(problem, configurations, 0.001);
  assert.ok(solved !== undefined);
  assert.equal(solved.answer.solver, "dynamic programming");
  assert.equal(solved.answer.proven, true);
  assert.ok(solved.answer.bound !== undefined && solved.answer.bound <= solved.answer.objective);
});

test("bills whose sums numbers would not hold exactly are left to others", () => {
  const type = deviceType({
    name: "d",
    count: 2,
    maxUses: 0,
    maxMiniBatchSize: 1,
    latencyMs: () => 1,
    warmupMs: () => 1,
    energyPerMiniBatchJ: () => 0.000_000_007, // 7 nJ: the other energy is no multiple of it
    warmupEnergyJ: () => 8_999_999.999,
  });
  const asked = (images: number): PlanProblem => ({
    types: [type],
    workloads: [{ name: "images", images }],
    timeUs: "none",
    objective: "energy",
  });
  const one = asked(1);
  assert.equal(solveImageKnapsack(one, configurationsOf(one))?.objective, 8_999_999_999_000_000n);
  const two = asked(2);
  assert.equal(solveImageKnapsack(two, configurationsOf(two)), undefined);
});
