import { UserError } from "../core/user-error.js";
import type { Choice } from "./device-type.js";
import { type PlanOptions, solvePlan } from "./plan.js";
import { objectiveOfPlan, type PlanOutcome } from "./plan-outcome.js";
import type { Objective, PlanProblem } from "./plan-problem.js";

/** A limit that a user set, and the same question without it. */
export interface UserLimit {
  /** How the user gave it, e.g. `--max-cost 5`. */
  readonly name: string;
  readonly without: PlanProblem;
}

/** A limit without which the answer would be better. */
export interface BindingLimit {
  readonly name: string;
  /** What there would be without it, in words. */
  readonly without: string;
}

/** Those of a user's limits without which the plan would be better, or there would be one, each by solving again. */
export async function bindingLimits(
  { objective: asked }: PlanProblem,
  outcome: PlanOutcome,
  limits: readonly UserLimit[],
  options: PlanOptions = {},
): Promise<BindingLimit[]> {
  const binding: BindingLimit[] = [];
  for (const { name, without } of limits) {
    const other = await answerOf(without, options);
    if (other === undefined || other.status === "infeasible") continue;
    if (outcome.status === "infeasible") {
      binding.push({ name, without: "there is a plan" });
      continue;
    }
    const { objective } = without;
    const [here, there] = [objectiveOfPlan(outcome, objective), objectiveOfPlan(other, objective)];
    // Beyond the bound, so that it is the limit's doing and not a luckier search.
    const best = objective === asked ? (outcome.bound ?? here) : here;
    if (objective === "images" ? there <= best : there >= best) continue;
    binding.push({ name, without: inPlaceOf(objective, there, here) });
  }
  return binding;
}

/** Undefined where a search ends without one, which says nothing of the limit. */
async function answerOf(problem: PlanProblem, options: PlanOptions): Promise<PlanOutcome | undefined> {
  try {
    return await solvePlan(withoutEnergy(problem), options);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** Without energies that a question does not ask for, so that no time goes into the least one among equal plans. */
function withoutEnergy(problem: PlanProblem): PlanProblem {
  const { objective, caps = {}, types } = problem;
  if (objective === "energy" || caps.energyJ !== undefined || caps.powerW !== undefined) return problem;
  const timesOnly = ({ energyNj: _, warmupEnergyNj: __, ...times }: Choice) => times;
  return {
    ...problem,
    types: types.map((type) => ({ ...type, choices: type.choices.map((table) => table.map(timesOnly)) })),
  };
}

/** @example inPlaceOf("devices", 1, 3); // "1 device in place of 3" */
function inPlaceOf(objective: Objective, there: number, here: number): string {
  const [other, own] = [Number(there.toPrecision(6)), Number(here.toPrecision(6))];
  switch (objective) {
    case "devices":
      return `${other} device${other === 1 ? "" : "s"} in place of ${own}`;
    case "images":
      return `${there} images in place of ${here}`;
    case "cost":
      return `cost ${other} in place of ${own}`;
    case "energy":
      return `${other} J in place of ${own} J`;
  }
}

/** The limits that a question itself holds: caps, sizes, uses. */
export function limitsOf(problem: PlanProblem): UserLimit[] {
  const { caps = {}, maxSizes, miniBatchSize, types, ...rest } = problem;
  const all = {
    ...rest,
    types,
    caps,
    ...(maxSizes !== undefined && { maxSizes }),
    ...(miniBatchSize && { miniBatchSize }),
  };
  const limits: UserLimit[] = [];
  const uses = types.filter(({ maxUses }) => Number.isFinite(maxUses));
  if (uses.length > 0) {
    const unlimited = types.map((type) => ({ ...type, maxUses: Number.POSITIVE_INFINITY }));
    const most = [...new Set(uses.map(({ maxUses }) => maxUses))].join(", ");
    limits.push({ name: `max_uses ${most}`, without: { ...all, types: unlimited } });
  }
  for (const [cap, value] of Object.entries(caps)) {
    const { [cap as keyof typeof caps]: _, ...others } = caps;
    limits.push({ name: `${CAP_FLAGS[cap] ?? cap} ${value}`, without: { ...all, caps: others } });
  }
  if (maxSizes !== undefined) {
    const { maxSizes: _, ...without } = all;
    limits.push({ name: `--max-sizes ${maxSizes}`, without });
  }
  if (miniBatchSize !== undefined) {
    const { miniBatchSize: _, ...without } = all;
    limits.push({ name: `--mini-batch-size ${miniBatchSize}`, without });
  }
  return limits;
}

const CAP_FLAGS: Readonly<Record<string, string>> = {
  cost: "--max-cost",
  energyJ: "--max-energy-j",
  powerW: "--max-power-w",
};
