import { counted } from "../../core/counted.js";
import { shownApart } from "../../core/shown-apart.js";
import { type FeasiblePlan, objectiveOfPlan, type PlanOutcome } from "../answer/plan-outcome.js";
import type { PlanOptions } from "../plan.js";
import { answerable } from "../question/answerable.js";
import type { Objective, PlanProblem } from "../question/plan-problem.js";
import { startClock } from "../solve/clock.js";
import { feasibility } from "../solve/feasibility.js";
import { NO_ANSWER, planUnless } from "./plan-unless.js";

/** A limit that a user set, and the same question without it. */
export interface UserLimit {
  /** How the user gave it, e.g. `--max-cost 5`. */
  readonly name: string;
  readonly without: PlanProblem;
}

/** A limit without which the answer would be better, or might be. */
export interface BindingLimit {
  readonly name: string;
  /** What there would be without it, in words; undefined where the search for that came to no end. */
  readonly without: string | undefined;
}

/**
 * Those of a user's limits without which the plan would be better, or without which there would be one. For each limit
 * the question is solved again without it: in steps, which are the same on every machine, and if these come to no end,
 * within the time.
 *
 * @param options its time limit is for all of them together
 */
export async function bindingLimits(
  problem: PlanProblem,
  outcome: PlanOutcome,
  limits: readonly UserLimit[],
  options: PlanOptions = {},
): Promise<BindingLimit[]> {
  const clock = startClock(options.limitMs);
  const binding: BindingLimit[] = [];
  for (const limit of limits) {
    const found = await (outcome.status === "infeasible"
      ? plansWithout(limit)
      : betterWithout(limit, problem, outcome, { ...options, limitMs: clock.leftMs() }));
    if (found !== undefined) binding.push(found);
  }
  return binding;
}

async function plansWithout({ name, without }: UserLimit): Promise<BindingLimit | undefined> {
  const status = await feasibility(answerable(without));
  if (status === "infeasible") return undefined;
  return { name, without: status === "solved" ? "there is a plan" : undefined };
}

async function betterWithout(
  { name, without }: UserLimit,
  { objective: asked }: PlanProblem,
  plan: FeasiblePlan,
  options: PlanOptions,
): Promise<BindingLimit | undefined> {
  const { objective } = without;
  const here = objectiveOfPlan(plan, objective);
  // Beyond the bound, so that it is the limit's doing and not a luckier search.
  const best = objective === asked ? (plan.bound ?? here) : here;
  const isBetter = (value: number) => (objective === "images" ? value > best : value < best);
  // A search that ends without a plan says nothing of the limit.
  const other =
    (await planUnless(NO_ANSWER, without, { ...options, ties: false, search: "steps" })) ??
    (await planUnless(NO_ANSWER, without, { ...options, ties: false, search: "time" }));
  if (other === undefined) return { name, without: undefined };
  const there = objectiveOfPlan(other, objective);
  if (isBetter(there)) return { name, without: inPlaceOf(objective, there, here) };
  return other.proven || !isBetter(other.bound ?? there) ? undefined : { name, without: undefined };
}

/** @example inPlaceOf("devices", 1, 3); // "1 device in place of 3" */
function inPlaceOf(objective: Objective, there: number, here: number): string {
  const [without, now] = shownApart(there, here);
  switch (objective) {
    case "devices":
      return `${counted(there, "device")} in place of ${here}`;
    case "images":
      return `${counted(there, "image")} in place of ${here}`;
    case "cost":
      return `cost ${without} in place of ${now}`;
    case "energy":
      return `${without} J in place of ${now} J`;
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
