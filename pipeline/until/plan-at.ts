import { listed } from "../../src/core/listed.js";
import { UserError } from "../../src/core/user-error.js";
import { type AnsweredPlan, answerAsJson, answerQuestion, bindingLine } from "../../src/fleet/answered-plan.js";
import { timesOf } from "../../src/fleet/plan-fleet.js";
import type { PlanOutcome } from "../../src/plan/answer/plan-outcome.js";
import { readFleet } from "../plan/plan-devices.js";
import { planLines } from "../plan/plan-lines.js";
import type { AskedPlan } from "./plan-words.js";

/** A plan with the mini-batch size that a sweep found, for people and for programs. */
export interface PlanAt {
  readonly isFeasible: boolean;
  readonly lines: readonly string[];
  readonly json: object;
}

/**
 * Answers the question of a sweep as `plan` does, with the mini-batch size that the sweep found. The law that `plan`
 * fits may take another one for better, measured by a process or two: that is told beside it. What was measured may be
 * too little for a plan, or for its confidence; that is told in place of it.
 */
export async function planAt(folder: string, asked: AskedPlan, miniBatchSize: number): Promise<PlanAt> {
  try {
    return await answeredAt(folder, asked, miniBatchSize);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { isFeasible: false, lines: [`no plan yet: ${error.message}`], json: { error: error.message } };
  }
}

async function answeredAt(folder: string, asked: AskedPlan, miniBatchSize: number): Promise<PlanAt> {
  const fleet = readFleet(folder, asked.flags, asked.workloads);
  const answered = await answerQuestion({ ...asked.question, fleet, miniBatchSize });
  const free = await answerQuestion({ ...asked.question, fleet });
  const { plan, binding } = answered;
  const { outcome, problem, notes } = plan;
  const own = binding.filter(({ name }) => !name.includes("mini-batch"));
  return {
    isFeasible: outcome.status !== "infeasible",
    lines: [
      ...planLines(outcome, problem.objective, timesOf(answered.asked.question)),
      ...own.map(bindingLine),
      ...otherLines(outcome, free),
      ...notes.map((note) => `note: ${note}`),
    ],
    json: answerAsJson(plan, own),
  };
}

/** What the law takes for better than the mini-batch size that was found, if anything. */
function otherLines(found: PlanOutcome, { plan: { outcome } }: AnsweredPlan): string[] {
  if (outcome.status === "infeasible") return [];
  const isBetter =
    found.status === "infeasible" ||
    outcome.devices.length < found.devices.length ||
    (outcome.devices.length === found.devices.length && outcome.images > found.images);
  if (!isBetter) return [];
  const sizes = listed(new Set(outcome.devices.map((device) => device.miniBatchSize)));
  return [
    `without it, by the fitted law alone: ${outcome.devices.length} devices, ${outcome.images} images with a mini-batch size of ${sizes}`,
  ];
}
