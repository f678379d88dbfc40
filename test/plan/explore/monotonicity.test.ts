import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { solvePlan } from "../../../src/plan/plan.js";
import { latestFinishUs } from "../../../src/plan/question/deadline.js";
import type { PlanProblem } from "../../../src/plan/question/plan-problem.js";
import { problems } from "../random-problem.js";

/** Larger is worse; a problem without a plan is worst. */
async function badness(problem: PlanProblem): Promise<number> {
  const outcome = await solvePlan(problem);
  if (outcome.status === "infeasible") return Number.POSITIVE_INFINITY;
  switch (problem.objective) {
    case "devices":
      return outcome.devices.length;
    case "images":
      return -outcome.images;
    case "cost":
      // The price of an hour of what is used: more time makes the same devices cost more.
      return (outcome.cost ?? 0) / latestFinishUs(problem.timeUs);
    case "energy":
      return outcome.energyJ ?? 0;
  }
}

const objectives = fc.constantFrom("devices" as const, "images" as const, "cost" as const);
const asked = fc
  .integer({ min: 1, max: 2 })
  .chain((workloads) =>
    fc
      .tuple(problems(workloads), objectives)
      .map(([problem, objective]): PlanProblem & { timeUs: number } => ({ ...problem, objective })),
  );

const MORE: [what: string, grow: (problem: PlanProblem & { timeUs: number }) => PlanProblem][] = [
  ["time", (problem) => ({ ...problem, timeUs: problem.timeUs + 7 })],
  ["devices", (problem) => ({ ...problem, types: problem.types.map((type) => ({ ...type, count: type.count + 1 })) })],
  [
    "memory",
    (problem) => ({
      ...problem,
      types: problem.types.map((type) => ({
        ...type,
        choices: type.choices.map((table) => {
          const last = table.at(-1);
          if (last === undefined) return table;
          return [
            ...table,
            {
              ...last,
              miniBatchSize: last.miniBatchSize + 1,
              latencyUs: last.latencyUs + 1,
              warmupUs: last.warmupUs + 1,
            },
          ];
        }),
      })),
    }),
  ],
];

for (const [what, grow] of MORE) {
  test(`more ${what} never makes a plan worse`, async () => {
    await fc.assert(
      fc.asyncProperty(asked, async (problem) => {
        const [before, later] = [await badness(problem), await badness(grow(problem))];
        assert.ok(later <= before * (1 + Math.sign(before) * 1e-12), `${later} after ${before}`);
      }),
      { numRuns: 60, seed: 7 },
    );
  });
}
