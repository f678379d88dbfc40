import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PACKAGE_ROOT } from "../../../src/core/package-root.js";
import { planSoft, solvePlan } from "../../../src/plan/plan.js";
import { countFormulation } from "../../../src/plan/program/compact-formulation.js";
import type { IntegerProgram } from "../../../src/plan/program/integer-program.js";
import { literalFormulation } from "../../../src/plan/program/literal-formulation.js";
import { configurationsOf } from "../../../src/plan/question/configuration.js";
import { latestFinishUs } from "../../../src/plan/question/deadline.js";
import { type DeviceType, deviceType, forWorkloads, microsecondsDown } from "../../../src/plan/question/device-type.js";
import type { PlanProblem } from "../../../src/plan/question/plan-problem.js";
import { checked } from "../../../src/plan/solve/program-answer.js";
import { solveProgram } from "../../../src/plan/solve/solve-program.js";
import { solveInThread } from "../../../src/plan/solve/solver-thread.js";

/** Instances where a solver was seen to answer wrongly; see the folder's files for what it claimed. */
function read<T>(name: string): T {
  return JSON.parse(readFileSync(join(PACKAGE_ROOT, "test", "fixtures", "solver-cases", `${name}.json`), "utf8"));
}

interface SoftCase {
  readonly inst: {
    readonly T: number;
    readonly N: number;
    readonly types: readonly { count: number; MB: number; M: number; L: readonly number[]; W: readonly number[] }[];
  };
  readonly optimum: number | null;
}

/** Small times are made larger, so that whole microseconds say the same as the instance's decimals. */
function softProblem({ inst }: SoftCase): PlanProblem {
  const scale = inst.T < 1 ? 1000 : 1;
  return {
    types: inst.types.map(({ count, MB, M, L, W }, index) =>
      deviceType({
        name: `type${index}`,
        count,
        maxUses: M,
        maxMiniBatchSize: MB,
        latencyMs: (size) => (L[size] ?? 0) * scale,
        warmupMs: (size) => (W[size] ?? 0) * scale,
      }),
    ),
    workloads: [{ name: "images", images: inst.N }],
    timeUs: microsecondsDown(inst.T * scale),
    objective: "devices",
  };
}

const SHORT_MS = 100;

for (const name of ["jslp_timeout_falseFeas", "jslp_timeout_falseInf", "jslp_timeout_nonint", "tight_1gpu_8batches"]) {
  test(`${name}: whatever javascript-lp-solver says at its time limit, the plan is right`, async () => {
    const soft = read<SoftCase>(name);
    const problem = softProblem(soft);
    const plan = planSoft(problem.types, soft.inst.N, latestFinishUs(problem.timeUs) / 1000);
    assert.equal(plan.status === "infeasible" ? null : plan.devices.length, soft.optimum);
    const { program } = literalFormulation(problem, configurationsOf(problem));
    const claim = await solveInThread("javascript-lp-solver", program, SHORT_MS);
    const answer = checked(program, "javascript-lp-solver", claim);
    if (soft.optimum === null) assert.equal(answer, undefined);
    else if (answer?.proven) assert.equal(Number(answer.objective), soft.optimum);
    else if (answer) assert.ok(Number(answer.objective) >= soft.optimum);
  });
}

test("compact_soft_2gpus_256batches_timeout: the next solver answers where the first one does not come back", async () => {
  const soft = read<SoftCase>("compact_soft_2gpus_256batches_timeout");
  const problem = softProblem(soft);
  const { program } = countFormulation(problem, configurationsOf(problem));
  const answer = await solveProgram(program);
  assert.equal(answer.status === "solved" && Number(answer.objective), soft.optimum);
  assert.equal(answer.status === "solved" && answer.proven, true);
});

test("jslp103_presolve_false_infeasible_min: with presolve off and rows scaled it is feasible, as HiGHS says", async () => {
  const model = read<{
    constraints: Record<string, { min?: number; max?: number }>;
    variables: Record<string, Record<string, number>>;
    ints: Record<string, number>;
  }>("jslp103_presolve_false_infeasible_min");
  const names = Object.keys(model.variables);
  const coefficient = (name: string, row: string) => model.variables[name]?.[row] ?? 0;
  // Rows of an integer program are whole: every one is taken a million times.
  const whole = (value: number) => BigInt(Math.round(1e6 * value));
  const program: IntegerProgram = {
    unit: "hundredths",
    direction: "min",
    variables: names.map((name) => ({
      name,
      upper: Number.POSITIVE_INFINITY,
      integer: name in model.ints,
      objective: BigInt(Math.round(100 * coefficient(name, "__obj"))),
    })),
    rows: Object.entries(model.constraints).map(([name, { min, max }]) => ({
      name,
      terms: names.flatMap((variable, index) => {
        const value = coefficient(variable, name);
        return value === 0 ? [] : [[index, whole(value)] as const];
      }),
      ...(min !== undefined && { lower: whole(min) }),
      ...(max !== undefined && { upper: whole(max) }),
    })),
  };
  const value = (values: readonly number[] = []) =>
    values.reduce((sum, amount, index) => sum + amount * Number(program.variables[index]?.objective ?? 0n), 0);
  const first = await solveInThread("javascript-lp-solver", program, 2000);
  const second = await solveInThread("highs", program, 2000);
  assert.deepEqual([first.status, second.status], ["optimal", "optimal"]);
  assert.ok(Math.abs(value(first.values) / value(second.values) - 1) < 1e-6);
});

test("highs_tiny_objective: tiny costs are minimised exactly", async () => {
  interface Row {
    readonly b: number;
    readonly L: number;
    readonly W: number;
  }
  const cases =
    read<
      {
        readonly opt: number;
        readonly x: {
          readonly T: number;
          readonly types: readonly { count: number; price: number }[];
          readonly classes: readonly { N: number }[];
          readonly tab: readonly (readonly { M: number; rows: readonly Row[] }[])[];
        };
      }[]
    >("highs_tiny_objective");
  for (const { opt, x } of cases) {
    const types = x.types.map(
      ({ count, price }, index): DeviceType =>
        forWorkloads(
          (x.tab[index] ?? []).map(({ M, rows }) => {
            const at = (size: number) => rows.find(({ b }) => b === size);
            return deviceType({
              name: `type${index}`,
              count,
              maxUses: M,
              maxMiniBatchSize: Math.max(...rows.map(({ b }) => b)),
              latencyMs: (size) => at(size)?.L,
              warmupMs: (size) => at(size)?.W,
              pricePerHour: price,
            });
          }),
        ),
    );
    const plan = await solvePlan({
      types,
      workloads: x.classes.map(({ N }, index) => ({ name: `w${index}`, images: N })),
      timeUs: microsecondsDown(x.T),
      objective: "cost",
      billing: "busy",
    });
    assert.equal(plan.status, "optimal");
    if (plan.status === "optimal") assert.ok(Math.abs((plan.cost ?? 0) / opt - 1) < 1e-4, `${plan.cost}, not ${opt}`);
  }
});
