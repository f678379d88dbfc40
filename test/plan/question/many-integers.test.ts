import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { solvePlan } from "../../../src/plan/plan.js";
import { formulate } from "../../../src/plan/program/formulate.js";
import { objectiveOf, violatedRow } from "../../../src/plan/program/integer-program.js";
import { withinCaps } from "../../../src/plan/question/cap-limits.js";
import { configurationsOf } from "../../../src/plan/question/configuration.js";
import { type DeviceType, deviceType, forWorkloads } from "../../../src/plan/question/device-type.js";
import type { Objective, PlanProblem } from "../../../src/plan/question/plan-problem.js";
import { pairsOf } from "../../../src/plan/solve/bound-by-counts.js";
import { startClock } from "../../../src/plan/solve/clock.js";
import { consistsOfBlocks, relaxationOf } from "../../../src/plan/solve/count-blocks.js";
import { searchCounts } from "../../../src/plan/solve/count-search.js";
import { checked, isWithin } from "../../../src/plan/solve/program-answer.js";
import { roundedValues } from "../../../src/plan/solve/rounded-stage.js";
import { solveProgram } from "../../../src/plan/solve/solve-program.js";
import { solveInThread } from "../../../src/plan/solve/solver-thread.js";
import { firstStage, withCounts } from "../../../src/plan/solve/stage-programs.js";
import { solveInTwoStages } from "../../../src/plan/solve/two-stages.js";
import { problems } from "../random-problem.js";

/** More than any search here takes on any machine: each ends by itself. */
const LIMIT_MS = 600_000;
const TIME_US = 10_000_000;

interface FleetRow {
  readonly count: number;
  readonly slope: number;
  readonly price: number;
  readonly idle: number;
}

/** Devices whose functions are lines, for workloads of which each is heavier than the one before. */
function fleet(rows: readonly FleetRow[], workloads: number, maxMiniBatchSize: number): DeviceType[] {
  return rows.map(({ count, slope, price, idle }, index) =>
    forWorkloads(
      Array.from({ length: workloads }, (_, workload) =>
        deviceType({
          name: `type${index}`,
          count,
          maxUses: 1000,
          maxMiniBatchSize,
          latencyMs: (size) => 2 + index + slope * (1 + 0.7 * workload) * size,
          warmupMs: (size) => 150 + slope * (1 + workload) * size,
          pricePerHour: price,
          idleW: idle,
          energyPerMiniBatchJ: (size) => 0.4 + 0.1 * slope * (1 + workload) * size,
        }),
      ),
    ),
  );
}

/** Workloads that take a share of what the fleet can do. */
function loaded(types: DeviceType[], objective: Objective, share: number): PlanProblem {
  const workloads = (types[0]?.choices ?? []).map((_, index) => ({ name: `w${index}`, images: 1 }));
  const { variables, rows } = formulate({ types, workloads, timeUs: TIME_US, objective: "images" }).program;
  const images = rows
    .filter(({ lower }) => lower !== undefined)
    .map(({ terms }) => terms.reduce((sum, [index, own]) => sum + Number(own) * (variables[index]?.upper ?? 0), 0));
  return {
    types,
    workloads: workloads.map(({ name }, index) => ({
      name,
      images: Math.max(1, Math.round((share * (images[index] ?? 0)) / workloads.length)),
    })),
    timeUs: TIME_US,
    objective,
  };
}

const rows = fc.array(
  fc.record({
    count: fc.integer({ min: 1, max: 12 }),
    slope: fc.double({ min: 0.5, max: 4, noNaN: true }),
    price: fc.integer({ min: 100, max: 400 }).map((cents) => cents / 100),
    idle: fc.integer({ min: 20, max: 80 }),
  }),
  { minLength: 3, maxLength: 4 },
);

const counted = fc
  .tuple(rows, fc.constantFrom<Objective>("devices", "cost", "images"), fc.double({ min: 0.1, max: 1.05, noNaN: true }))
  .map(([own, objective, share]) => loaded(fleet(own, 3, 32), objective, share));

test("the search over counts finds what HiGHS finds, and infeasible where HiGHS does", async () => {
  let infeasible = 0;
  await fc.assert(
    fc.asyncProperty(counted, async (problem) => {
      const { program } = formulate(problem);
      assert.ok(consistsOfBlocks(program));
      const relaxed = await solveInThread("highs", relaxationOf(program), LIMIT_MS);
      const oracle = await solveInThread("highs", program, LIMIT_MS);
      if (relaxed.status === "infeasible") {
        infeasible++;
        assert.equal(oracle.status, "infeasible");
        return;
      }
      const claim = searchCounts(program, relaxed.duals ?? [], 20_000_000);
      const expected = checked(program, "highs", oracle);
      assert.equal(claim.status, expected === undefined ? "infeasible" : "optimal");
      if (claim.values === undefined) return;
      assert.equal(violatedRow(program, claim.values), undefined);
      assert.equal(objectiveOf(program, claim.values), expected?.objective);
    }),
    { numRuns: 60, seed: 8 },
  );
  assert.ok(infeasible > 0);
});

test("the search over counts is right at any prices, and gives up after its steps", async () => {
  const worse = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 7, maxLength: 7 });
  const few = fc.constant(loaded(fleet(fleetOf(3, 2), 2, 8), "devices", 0.5));
  await fc.assert(
    fc.asyncProperty(few, worse, async (problem, duals) => {
      const { program } = formulate(problem);
      const expected = await solveProgram(program);
      const claim = searchCounts(program, duals, 20_000_000);
      assert.ok(claim.values !== undefined && expected.status === "solved");
      assert.equal(objectiveOf(program, claim.values), expected.objective);
      assert.equal(searchCounts(program, duals, 5).status, "stopped");
    }),
    { numRuns: 30, seed: 9 },
  );
});

test("four workloads for two devices are infeasible, though fractions of devices would do", async () => {
  const types = fleet(fleetOf(2, 1), 4, 8);
  const workloads = Array.from({ length: 4 }, (_, index) => ({ name: `w${index}`, images: 1 }));
  const { program } = formulate({ types, workloads, timeUs: TIME_US, objective: "devices" });
  const relaxed = await solveInThread("highs", relaxationOf(program), LIMIT_MS);
  assert.equal(searchCounts(program, relaxed.duals ?? [], 20_000_000).status, "infeasible");
  assert.deepEqual(await solveProgram(program), { status: "infeasible" });
});

test("in two stages, the bound holds and the answer is a plan, at most as good as the best one", async () => {
  let equal = 0;
  const easy = problems(2).map((problem) => ({
    ...problem,
    workloads: problem.workloads.map(({ name, images }) => ({ name, images: Math.ceil(images / 4) })),
  }));
  const exact = easy.chain((problem) =>
    fc.constantFrom<PlanProblem>(
      { ...problem, objective: "energy" },
      { ...problem, objective: "cost", billing: "busy" },
      { ...problem, objective: "energy", timeUs: "none" },
      { ...problem, caps: { powerW: 0.5 } },
    ),
  );
  await fc.assert(
    fc.asyncProperty(exact, fc.constantFrom(0, 0.02, 0.2), async (problem, gap) => {
      const best = await solveProgram(formulate(problem).program);
      const configurations = withinCaps(problem, configurationsOf(problem));
      const { solved: staged } = await solveInTwoStages(problem, configurations, startClock(LIMIT_MS), gap);
      if (staged === undefined || best.status !== "solved") {
        assert.ok(staged === undefined || best.status === "solved");
        return;
      }
      const { objective, bound, proven } = staged.answer;
      assert.equal(proven, isWithin(objective, bound, gap));
      assert.ok(bound !== undefined && bound <= best.objective, `bound ${bound} of ${best.objective}`);
      assert.ok(objective >= best.objective);
      if (objective === best.objective) equal++;
    }),
    { numRuns: 180, seed: 10 },
  );
  assert.ok(equal > 30, `${equal}`);
});

test("what is rounded fulfils the program, and is off by a device and a mini-batch of each pair at most", async () => {
  let covered = 0;
  const some = fc
    .tuple(rows, fc.double({ min: 0.1, max: 0.95, noNaN: true }))
    .map(([own, share]) => loaded(fleet(own, 2, 24), "energy", share));
  await fc.assert(
    fc.asyncProperty(some, async (problem) => {
      const pairs = pairsOf(configurationsOf(problem));
      const first = firstStage(problem, pairs);
      const staged = await solveInThread("highs", first.program, LIMIT_MS);
      const used = pairs
        .map((pair, index) => ({ ...pair, count: Math.round(staged.values?.[first.counts[index] ?? 0] ?? 0) }))
        .filter(({ count }) => count > 0);
      const relaxed = await solveInThread("highs", withCounts(problem, used, false).program, LIMIT_MS);
      const values = roundedValues(problem, used, relaxed.values ?? [], "energy");
      if (values === undefined) return;
      covered++;
      const { program } = withCounts(problem, used, true);
      assert.equal(violatedRow(program, values), undefined);
      const amount = (at: readonly number[]) =>
        program.variables.reduce((sum, { objective }, index) => sum + Number(objective) * (at[index] ?? 0), 0);
      const dearest = used.map(({ configurations }) =>
        Math.max(
          ...configurations.map(
            ({ firstEnergyNj, furtherEnergyNj, schedule }) =>
              Number(firstEnergyNj) + (schedule.furtherMiniBatches + 1) * Number(furtherEnergyNj),
          ),
        ),
      );
      const lost = amount(values) - amount(relaxed.values ?? []);
      assert.ok(lost <= dearest.reduce((sum, one) => sum + one, 0), `${lost}`);
    }),
    { numRuns: 100, seed: 12 },
  );
  assert.ok(covered > 60, `${covered}`);
});

/** Alike rows, of which each is slower and cheaper. */
function fleetOf(types: number, count: number): FleetRow[] {
  return Array.from({ length: types }, (_, index) => ({
    count,
    slope: 0.7 + 0.4 * index,
    price: 3.2 / (1 + 0.5 * index),
    idle: 60 - 5 * index,
  }));
}

test("six types that share four workloads: counts are proven, and energy is bounded to within 0.2 %", async () => {
  for (const objective of ["devices", "cost", "energy"] as const) {
    const problem = loaded(fleet(fleetOf(6, 160), 4, 64), objective, 0.4);
    const plan = await solvePlan(problem, { limitMs: LIMIT_MS });
    assert.ok(plan.status !== "infeasible" && (plan.proven || objective === "energy"), objective);
    const value = { devices: plan.devices.length, cost: plan.cost ?? 0, energy: plan.energyJ ?? 0 }[objective];
    const { bound = 0 } = plan;
    assert.ok(bound <= value && value <= bound * (objective === "energy" ? 1.002 : 1), `${value}`);
    for (const { name, images } of problem.workloads) {
      const own = plan.devices.filter(({ workload }) => workload === name);
      assert.ok(own.reduce((sum, device) => sum + device.images, 0) >= images);
    }
  }
});
