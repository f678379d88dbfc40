import assert from "node:assert/strict";
import { test } from "node:test";
import { planLines } from "../../../pipeline/plan/plan-lines.js";
import { seededRandom } from "../../../src/core/seeded-random.js";
import { solvePlan } from "../../../src/plan/plan.js";
import { deviceType } from "../../../src/plan/question/device-type.js";
import type { PlanProblem } from "../../../src/plan/question/plan-problem.js";

const PLANS = 60;

test("a plan's own cost and energy, as printed and as in JSON, do not exclude it as caps", async () => {
  let held = 0;
  for (let index = 0; index < PLANS; index++) {
    const random = seededRandom(7, `own cap ${index}`);
    const real = (low: number, high: number) => low + (high - low) * random.uniform();
    const types = Array.from({ length: random.integer(1, 2) }, (_, type) => {
      const [latency, slope, joules] = [real(1, 3), real(0.3, 2), real(0.1, 2)];
      return deviceType({
        name: `t${type}`,
        count: random.integer(1, 4),
        maxMiniBatchSize: 4,
        latencyMs: (size) => latency + slope * size,
        warmupMs: (size) => 20 + slope * size,
        pricePerHour: real(0.1, 9),
        energyPerMiniBatchJ: (size) => joules * size,
      });
    });
    const problem: PlanProblem = {
      types,
      workloads: [{ name: "images", images: random.integer(1, 60) }],
      timeUs: random.integer(60_000, 300_000),
      objective: random.integer(0, 1) === 0 ? "cost" : "energy",
      billing: "busy",
    };
    const plan = await solvePlan(problem, { gap: 0 });
    if (plan.status === "infeasible") continue;
    const text = planLines(plan, problem.objective).join("\n");
    const printed = { cost: /cost ([\d.e-]+)/.exec(text)?.[1], energyJ: /energy ([\d.e-]+) J/.exec(text)?.[1] };
    for (const [cost, energyJ] of [
      [plan.cost, plan.energyJ],
      [Number(printed.cost), Number(printed.energyJ)],
    ] as const) {
      assert.ok(cost !== undefined && energyJ !== undefined);
      const capped = await solvePlan({ ...problem, caps: { cost, energyJ } }, { gap: 0 });
      assert.notEqual(capped.status, "infeasible", `${index}: cost ${cost}, energy ${energyJ} J`);
    }
    held++;
  }
  assert.ok(held > PLANS / 3, `${held}`);
});
