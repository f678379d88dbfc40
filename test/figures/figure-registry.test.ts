import assert from "node:assert/strict";
import { test } from "node:test";
import type { Comparison } from "../../src/compare/compare-datasets.js";
import type { ComparedSide } from "../../src/compare/compared-side.js";
import { FIGURES } from "../../src/figures/figure-registry.js";
import { figuresOfPlan } from "../../src/figures/figures-of-plan.js";
import { layoutOf } from "../../src/figures/layout.js";
import type { PlanSource } from "../../src/figures/plan-figures.js";
import { themeOf } from "../../src/figures/theme.js";
import { solvePlan } from "../../src/plan/plan.js";
import { deviceType, forWorkloads } from "../../src/plan/question/device-type.js";
import type { PlanProblem } from "../../src/plan/question/plan-problem.js";
import { finishedRow } from "../execute/execution-row.js";
import { DEVICE, simulatedTrial } from "../fit/simulated-device.js";
import { sampleRatios } from "./sample-figures.js";

const times = { latencyMs: (size: number) => 10 + size, warmupMs: () => 30 };
const type = deviceType({ name: "d", count: 4, maxMiniBatchSize: 8, pricePerHour: 1, ...times });
const PROBLEM: PlanProblem = {
  types: [type],
  workloads: [{ name: "images", images: 100 }],
  timeUs: 200_000,
  objective: "devices",
};

async function source(own: Partial<PlanProblem> = {}): Promise<PlanSource> {
  const problem = { ...PROBLEM, ...own };
  return { problem, outcome: await solvePlan(problem) };
}

function namesOf(plan: PlanSource): string[] {
  return figuresOfPlan(plan).map(({ name }) => name);
}

test("a figure's files have the name under which it is registered", async () => {
  assert.deepEqual(namesOf(await source()), Object.keys(FIGURES.plan));
  const side = {
    folder: "data/one",
    device: DEVICE,
    trials: [simulatedTrial(64, 1, Infinity)],
  } as unknown as ComparedSide;
  const compared = { quantities: sampleRatios(), margin: 0.05, a: side, b: { ...side, folder: "data/two" } };
  const comparison = FIGURES.comparison.comparison(compared as unknown as Comparison);
  assert.equal(comparison.name, "comparison");
  assert.equal(
    comparison.source,
    "A is one on cpu-1t (1 trials that ended well), B is two on cpu-1t (1 trials that ended well).",
  );
  assert.equal(FIGURES.executions.calibration([finishedRow("a", 1, 950)]).name, "calibration");
});

test("a plan has the figures that its question has", async () => {
  assert.deepEqual(namesOf(await source({ timeUs: "none", objective: "cost" })), ["plan-gantt"]);
  assert.deepEqual(namesOf(await source({ objective: "images", workloads: [{ name: "images", images: 0 }] })), [
    "plan-gantt",
    "mini-batch-by-deadline",
  ]);
  const workloads = ["cats", "dogs"].map((name) => ({ name, images: 20 }));
  assert.deepEqual(namesOf(await source({ types: [forWorkloads([type, type])], workloads })), ["plan-gantt"]);
  const missed = await source({ timeUs: 31_000, workloads: [{ name: "images", images: 1000 }] });
  assert.equal(missed.outcome.status, "infeasible");
  assert.ok(!namesOf(missed).includes("plan-gantt"));
});

test("the deadline of a plan is drawn where it is on the axis of milliseconds, and none where there is none", async () => {
  const drawn = async (own: Partial<PlanProblem>) => {
    const figure = figuresOfPlan(await source(own)).find(({ name }) => name === "plan-gantt");
    assert.ok(figure !== undefined);
    return JSON.stringify(figure.spec(layoutOf(themeOf(), figure.shape)));
  };
  assert.match(await drawn({ timeUs: 250_000 }), /"x":\{"datum":250,/);
  assert.doesNotMatch(await drawn({ timeUs: "none", objective: "cost" }), /"datum":/);
});
