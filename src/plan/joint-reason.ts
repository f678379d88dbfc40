import { counted } from "../core/counted.js";
import { shownApart } from "../core/shown-apart.js";
import { exactDuration } from "../core/units.js";
import { capLimits, currencyOf, joulesOf } from "./question/cap-limits.js";
import type { PlanProblem } from "./question/plan-problem.js";
import { feasibility } from "./solve/feasibility.js";
import { provenLeast } from "./solve/solve-problem.js";

/** Why there is no plan though each workload alone could be served. */
export async function jointReason(problem: PlanProblem): Promise<string> {
  const { workloads, timeUs, maxSizes, caps, ...rest } = problem;
  const time = timeUs === "none" ? "" : ` in ${exactDuration(timeUs / 1000)}`;
  const uncapped: PlanProblem = { ...rest, workloads, timeUs, ...(maxSizes !== undefined && { maxSizes }) };
  if (caps !== undefined && (await isFeasible(uncapped))) return capReason(problem, uncapped);
  const anySizes: PlanProblem = { ...rest, workloads, timeUs };
  if (maxSizes !== undefined && (await isFeasible(anySizes))) {
    const most = counted(maxSizes, "mini-batch size");
    return `sizes: no plan with at most ${most} does it${time}, one with more sizes does`;
  }
  const asked = workloads.filter(({ images }) => images > 0).length;
  const withImages = asked < workloads.length ? " with images" : "";
  return workloads.length > 1
    ? `capacity: the devices can serve each workload${withImages}${time}, but not all ${asked} of them`
    : `capacity: no plan classifies ${counted(workloads[0]?.images ?? 0, "image")}${time}`;
}

/** The least of each capped quantity that a plan can have, next to its cap. */
async function capReason(problem: PlanProblem, uncapped: PlanProblem): Promise<string> {
  const { caps = {} } = problem;
  const parts: string[] = [];
  const limits = capLimits(problem);
  for (const { name, limit } of limits) {
    const { key, unit, inUnits } = CAPS[name];
    const cap = caps[key] ?? 0;
    const least = name === "power" ? undefined : await provenLeast({ ...uncapped, objective: name });
    if (least !== undefined && least > limit) {
      const [needed, allowed] = shownApart(inUnits(least), cap);
      return `${name}: the least is ${needed}${unit}, allowed are ${allowed}${unit}`;
    }
    const part = `${name} at most ${cap}${unit}`;
    const isAlone = limits.length === 1; // then the question itself is known to have no plan
    if (isAlone || (await feasibility({ ...uncapped, caps: { [key]: cap } })) === "infeasible") {
      return `${part} leaves no plan`;
    }
    parts.push(part);
  }
  return `together, ${parts.join(" and ")} leave no plan`;
}

/** How a question names a cap, and how its amounts are shown. */
const CAPS = {
  cost: { key: "cost", unit: "", inUnits: currencyOf },
  energy: { key: "energyJ", unit: " J", inUnits: joulesOf },
  power: { key: "powerW", unit: " W", inUnits: Number },
  devices: { key: "devices", unit: "", inUnits: Number },
} as const;

async function isFeasible(problem: PlanProblem): Promise<boolean> {
  return (await feasibility(problem)) === "solved";
}
