import assert from "node:assert/strict";
import { test } from "node:test";
import { exportPlan } from "../../../pipeline/plan/plan-export.js";
import { deviceType } from "../../../src/plan/question/device-type.js";
import type { PlanProblem } from "../../../src/plan/question/plan-problem.js";

const SERVING = { modelName: "classifier", storageUri: "pvc://models/classifier" };
const SOFT: PlanProblem = {
  types: [
    deviceType({
      name: "d",
      count: 2,
      maxMiniBatchSize: 2,
      latencyMs: () => 10,
      warmupMs: () => 20,
      pricePerHour: 1,
      energyPerMiniBatchJ: () => 1,
    }),
  ],
  workloads: [{ name: "images", images: 9 }],
  timeUs: 1_000_000,
  objective: "devices",
};

function exported(format: string, formulation: string, problem = SOFT) {
  return exportPlan({ ...SERVING, export: format, formulation }, problem, undefined, []);
}

test("the study's literal lines are for its two questions only", async () => {
  assert.match(await exported("lp", "literal"), /^ objective: 1 z_0_1 \+ 1 z_0_2 \+ 1 z_1_1 \+ 1 z_1_2$/m);
  assert.match(await exported("mps", "literal"), /^ROWS$/m);
  for (const own of [
    { objective: "cost" },
    { objective: "cost", timeUs: "none" },
    {
      workloads: [
        { name: "a", images: 5 },
        { name: "b", images: 5 },
      ],
      types: [{ ...SOFT.types[0], choices: [[], []] }],
    },
    { caps: { cost: 5 } },
    { maxSizes: 1 },
    { shorterLast: true },
  ]) {
    const problem = { ...SOFT, ...own } as PlanProblem;
    await assert.rejects(exported("lp", "literal", problem), /^UserError: --formulation literal: allowed for/);
  }
  await assert.rejects(exported("lp", "loose"), /^UserError: --formulation loose: allowed are compact, literal$/);
});

test("what is not there can't be exported", async () => {
  await assert.rejects(exported("xml", "compact"), /^UserError: --export xml: allowed are lp, mps, triton, kserve$/);
  const outcome = {
    status: "infeasible",
    reason: "too many images",
    mostImages: 1,
    feasibleTimeUs: undefined,
  } as const;
  const flags = { ...SERVING, export: "triton", formulation: "compact" };
  await assert.rejects(
    exportPlan(flags, SOFT, outcome, []),
    /^NoPlanError: plan: infeasible, nothing to export \(too many images\)$/,
  );
});
