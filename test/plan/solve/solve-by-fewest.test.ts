import assert from "node:assert/strict";
import { test } from "node:test";
import { isFeasible } from "../../../bench/proofs/exhaustive.js";
import { problemOf } from "../../../bench/proofs/question.js";
import { randomQuestion } from "../../../bench/proofs/random-question.js";
import { countsOf, dealByCounts, dealByGroups } from "../../../src/plan/answer/deal-images.js";
import { measurePlan } from "../../../src/plan/answer/measure-plan.js";
import { solvePlan } from "../../../src/plan/plan.js";
import { answerable } from "../../../src/plan/question/answerable.js";
import { latestFinishUs } from "../../../src/plan/question/deadline.js";
import { type DeviceType, deviceType, forWorkloads } from "../../../src/plan/question/device-type.js";
import { countsOnly, type PlanProblem } from "../../../src/plan/question/plan-problem.js";
import { solveByFewest } from "../../../src/plan/solve/solve-by-fewest.js";
import { solveProblem } from "../../../src/plan/solve/solve-problem.js";

/** The plan that stands in, held against every limit of its question. */
async function standIn(problem: PlanProblem) {
  const solved = await solveByFewest(problem);
  if (solved === undefined) return undefined;
  const { groups } = solved;
  const deadlineUs = latestFinishUs(problem.timeUs);
  const devices = countsOnly(problem)
    ? dealByCounts(problem, countsOf(problem, groups), deadlineUs)
    : dealByGroups(problem, groups);
  return { devices, measure: measurePlan(problem, devices) };
}

test("the stand-in fulfils every limit, and without caps and most sizes there is one where there is any plan", async () => {
  for (let index = 0; index < 300; index++) {
    const problem = answerable(problemOf(randomQuestion(41, index)));
    const { caps = {}, maxSizes, workloads } = problem;
    if (workloads.every(({ images }) => images === 0)) continue;
    const isFree = maxSizes === undefined && Object.values(caps).every((cap) => cap === undefined);
    const plan = await standIn(problem);
    if (!isFeasible(problem)) assert.equal(plan, undefined, `question ${index}`);
    else if (isFree) assert.ok(plan !== undefined, `question ${index}`);
  }
});

/** Six types for four workloads: 1,536 mini-batch sizes in all, too many to be solved at once. */
const TYPES: DeviceType[] = Array.from({ length: 6 }, (_, type) =>
  forWorkloads(
    Array.from({ length: 4 }, (__, workload) =>
      deviceType({
        name: `t${type}`,
        count: 20 + 5 * type,
        maxMiniBatchSize: 64,
        latencyMs: (size) => 1 + 0.7 * type + 0.3 * workload + (0.37 + 0.11 * type + 0.07 * workload) * size,
        warmupMs: (size) => 40 + 13 * type + 7 * workload + 1.1 * size,
        pricePerHour: 1 + 0.37 * type,
        idleW: 20 + type,
        energyPerMiniBatchJ: (size) => 0.3 + 0.1 * type + (0.05 + 0.01 * workload) * size,
      }),
    ),
  ),
);
const LARGE: PlanProblem = {
  types: TYPES,
  workloads: [50_000, 70_000, 40_000, 60_000].map((images, index) => ({ name: `w${index}`, images })),
  timeUs: 5_000_000,
  objective: "energy",
  maxSizes: 1,
  caps: { cost: 0.5 },
};

test("where the time ends every search a plan of fewest devices is given, and nothing is called proven", async () => {
  const plan = await solvePlan(LARGE, { limitMs: 1 });
  assert.ok(plan.status === "feasible");
  assert.equal(plan.solver, "fewest devices");
  assert.equal(plan.proven, false);
  assert.equal(new Set(plan.devices.map(({ miniBatchSize }) => miniBatchSize)).size, 1);
  assert.ok((plan.cost ?? 1) <= 0.5);
});

test("of single mini-batch sizes the one with the best objective is taken", async () => {
  // 80 images take 40 J with mini-batches of the size that saves, 80 J with the other, and the cap leaves no room for
  // both.
  for (const saving of [1, 8]) {
    const type = deviceType({
      name: "d",
      count: 4,
      maxMiniBatchSize: 8,
      miniBatchSizes: [1, 8],
      latencyMs: (size) => size,
      warmupMs: (size) => size,
      energyPerMiniBatchJ: (size) => size * (size === saving ? 0.5 : 1),
    });
    const asked: PlanProblem = {
      types: [type],
      workloads: [{ name: "images", images: 80 }],
      timeUs: 1_000_000,
      objective: "energy",
      caps: { energyJ: 100 },
    };
    assert.equal((await standIn(asked))?.measure.energyNj, 40_000_000_000n, `mini-batches of ${saving} save`);
  }
});

test("for no images there is no plan of fewest devices, rather than one without any", async () => {
  const asked: PlanProblem = { ...LARGE, workloads: [{ name: "w0", images: 0 }], objective: "images" };
  assert.equal(await solveByFewest(asked), undefined);
});

test("what is too large to be solved in steps is unknown at once where only steps are allowed", async () => {
  const { maxSizes: _, ...large } = LARGE;
  const asked = answerable({ ...large, objective: "cost", billing: "busy" });
  assert.deepEqual(await solveProblem(asked, { search: "steps" }), {
    groups: undefined,
    answer: { status: "unknown" },
  });
});

test("where the time ends every search, what the whole numbers of devices can't classify is infeasible all the same", async () => {
  const [first] = TYPES;
  assert.ok(first !== undefined);
  const types = [{ ...first, count: 8 }];
  const timeUs = 5_000_000;
  // 2.4, 2.4 and 2.9 devices: eight would do if they came in fractions, and nine are needed.
  const workloads = [2.4, 2.4, 2.9, 0].map((devices, index) => {
    const capacities = (first.choices[index] ?? []).map(
      ({ miniBatchSize, warmupUs, latencyUs }) => miniBatchSize * (1 + Math.floor((timeUs - warmupUs) / latencyUs)),
    );
    return { name: `w${index}`, images: Math.max(1, Math.floor(devices * Math.max(...capacities))) };
  });
  const problem: PlanProblem = { types, workloads: workloads.slice(0, 3), timeUs, objective: "cost", billing: "busy" };
  const ofThree = { ...problem, types: types.map((type) => ({ ...type, choices: type.choices.slice(0, 3) })) };
  const plan = await solvePlan(ofThree, { limitMs: 1 });
  assert.equal(plan.status, "infeasible");
});
