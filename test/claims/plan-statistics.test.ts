import assert from "node:assert/strict";
import { test } from "node:test";
import { judgedBySolvers, type Planner, plansProvenOptimal } from "../../src/claims/plan-statistics.js";
import type { ClaimEvidence } from "../../src/claims/statistic.js";
import { UserError } from "../../src/core/user-error.js";
import { fitDevice } from "../../src/fit/fit-dataset.js";
import type { PlanOutcome } from "../../src/plan/answer/plan-outcome.js";
import { planRelaxed, planSoft } from "../../src/plan/plan.js";
import type { DeviceType } from "../../src/plan/question/device-type.js";
import { DEVICE, SIZES_PX, simulatedTrials } from "../fit/simulated-device.js";

const evidence: ClaimEvidence = {
  fit: fitDevice(DEVICE, undefined, simulatedTrials(Number.POSITIVE_INFINITY), () => []),
  ranking: () => Promise.reject(new UserError("ranking: not asked for")),
};
const right: Planner = { relaxed: planRelaxed, soft: planSoft };

async function judge(planner: Partial<Planner>, limitMs?: number) {
  return judgedBySolvers({ ...right, ...planner }, limitMs)(evidence, undefined);
}

test("the library's plans are optimal, as solvers judge that get every mini-batch size", async () => {
  const statistic = await plansProvenOptimal(evidence, undefined);
  assert.ok(statistic.value === 1 && statistic.interval.low === 1, JSON.stringify(statistic));
  assert.match(statistic.detail, /^3 of 3 input sizes, 4 devices, judged by javascript-lp-solver and highs$/);
});

/** The same devices, with one mini-batch size only. */
function smallestOnly(types: readonly DeviceType[]): DeviceType[] {
  return types.map((type) => ({ ...type, choices: type.choices.map((table) => table.slice(0, 1)) }));
}

const infeasible: PlanOutcome = { status: "infeasible", reason: "no", mostImages: 0, feasibleTimeUs: undefined };

/** A plan with another number of images than its devices classify, which calls itself proven. */
function boasting(outcome: PlanOutcome, images: number): PlanOutcome {
  return outcome.status === "infeasible" ? outcome : { ...outcome, images: outcome.images + images };
}

const WRONG_PLANNERS: Readonly<Record<string, Partial<Planner>>> = {
  "takes more devices than it needs": { soft: (types, images, ms) => planSoft(types, 2 * images - 1, ms) },
  "does not use all of the time": { relaxed: (types, ms) => planRelaxed(types, 0.7 * ms) },
  "knows one mini-batch size only": { relaxed: (types, ms) => planRelaxed(smallestOnly(types), ms) },
  "promises more images than its devices classify": { relaxed: (types, ms) => boasting(planRelaxed(types, ms), 1) },
  "takes more time than there is": { relaxed: (types, ms) => planRelaxed(types, 2 * ms) },
  "forgets half of the images": { soft: (types, images, ms) => planSoft(types, Math.ceil(images / 2), ms) },
  "finds no fewest devices": { soft: () => infeasible },
  "finds no most images": { relaxed: () => infeasible },
};

for (const [what, planner] of Object.entries(WRONG_PLANNERS)) {
  test(`a planner that ${what} is found out, though it calls its plans proven`, async () => {
    const statistic = await judge(planner);
    assert.ok(statistic.value !== undefined && statistic.interval.high < 1, JSON.stringify(statistic));
    assert.match(statistic.detail, /; none or a worse one than a solver's at [\d, ]+ px/);
  });
}

test("where no solver comes to an end nothing is claimed, and the reason says where", async () => {
  const statistic = await judge({}, 0);
  assert.equal(statistic.value, undefined);
  assert.ok(statistic.value === undefined && statistic.reason.includes(`at ${SIZES_PX.join(", ")} px`));
  assert.match(JSON.stringify(statistic), /0 of 3 input sizes; not judged, because no solver came to an end in 0 s/);
});
