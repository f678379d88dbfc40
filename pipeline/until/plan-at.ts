import { counted } from "../../src/core/counted.js";
import { listed } from "../../src/core/listed.js";
import { UserError } from "../../src/core/user-error.js";
import { type AnsweredPlan, answerAsJson, answerQuestion, bindingLine } from "../../src/fleet/answered-plan.js";
import { type OnlySize, withOnlySizes } from "../../src/fleet/only-sizes.js";
import { timesOf } from "../../src/fleet/plan-fleet.js";
import type { PlanOutcome } from "../../src/plan/answer/plan-outcome.js";
import type { Objective } from "../../src/plan/question/plan-problem.js";
import { readFleet } from "../plan/plan-devices.js";
import { planLines } from "../plan/plan-lines.js";
import { datasetOf } from "./own-devices.js";
import type { AskedPlan } from "./plan-words.js";

/** A plan with the mini-batch sizes that a sweep found, for people and for programs. */
export interface PlanAt {
  /** `not yet`: what was measured is too little for it. */
  readonly answer: "plan" | "none" | "not yet";
  readonly lines: readonly string[];
  readonly json: object;
}

/**
 * Answers the question of a sweep as `plan` does, with the mini-batch sizes that the sweep found. The law that `plan`
 * fits may take another one for better, measured by a process or two: that is told beside it. What was measured may be
 * too little for a plan, or for its confidence; that is told in place of it.
 */
export async function planAt(folder: string, asked: AskedPlan, found: readonly OnlySize[]): Promise<PlanAt> {
  try {
    return await answeredAt(folder, asked, found);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { answer: "not yet", lines: [`no plan yet: ${error.message}`], json: { error: error.message } };
  }
}

async function answeredAt(folder: string, asked: AskedPlan, found: readonly OnlySize[]): Promise<PlanAt> {
  const fleet = readFleet(datasetOf(asked.flags, folder), asked.flags, asked.workloads);
  const answered = await answerQuestion({ ...asked.question, fleet: withOnlySizes(fleet, found) });
  const free = await answerQuestion({ ...asked.question, fleet });
  const { plan, binding } = answered;
  const { outcome, problem, notes } = plan;
  return {
    answer: outcome.status === "infeasible" ? "none" : "plan",
    lines: [
      ...planLines(outcome, problem.objective, timesOf(answered.asked.question)),
      ...binding.map(bindingLine),
      ...otherLines(problem.objective, outcome, free),
      ...notes.map((note) => `note: ${note}`),
    ],
    json: answerAsJson(plan, binding),
  };
}

/** What the law takes for better than the mini-batch sizes that were found, if anything. */
function otherLines(objective: Objective, found: PlanOutcome, { plan: { outcome } }: AnsweredPlan): string[] {
  if (outcome.status === "infeasible") return [];
  const isBetter =
    found.status === "infeasible" ||
    (objective === "cost"
      ? (outcome.cost ?? 0) < (found.cost ?? 0)
      : outcome.devices.length < found.devices.length ||
        (outcome.devices.length === found.devices.length && outcome.images > found.images));
  if (!isBetter) return [];
  const sizes = listed(new Set(outcome.devices.map((device) => device.miniBatchSize)));
  return [
    `without that, by the fitted law alone: ${counted(outcome.devices.length, "device")}, ${outcome.images} images with mini-batch size ${sizes}`,
  ];
}
