import { counted } from "../../core/counted.js";
import { exactDuration, formatDuration } from "../../core/units.js";
import type { Objective } from "../question/plan-problem.js";
import { type FeasiblePlan, type InfeasiblePlan, objectiveOfPlan } from "./plan-outcome.js";

/**
 * What a plan comes to, and how sure it is.
 *
 * @param times what its times are of, where that is to be said
 */
export function planSentence(plan: FeasiblePlan, objective: Objective, times?: string): string {
  const { devices, images, finishUs, cost, energyJ } = plan;
  const amounts = `${counted(devices.length, "device")}, ${counted(images, "image")}`;
  return [
    `${amounts}, finished after ${formatDuration(finishUs / 1000)}${times === undefined ? "" : ` by ${times}`}`,
    ...(cost === undefined ? [] : [`cost ${sixDigits(cost, "up")}`]),
    ...(energyJ === undefined ? [] : [`energy ${sixDigits(energyJ, "up")} J`]),
    proofOf(plan, objective),
  ].join("; ");
}

/** Why there is no plan, and what would do. */
export function infeasibleSentences({ reason, feasibleTimeUs, feasibleDevices }: InfeasiblePlan): string[] {
  return [
    `infeasible: ${reason}`,
    feasibleTimeUs === undefined
      ? "no time that is known would do"
      : `${exactDuration(feasibleTimeUs / 1000)} would do`,
    ...(feasibleDevices ? [`${counted(feasibleDevices.count, "device")} ${feasibleDevices.type} would do`] : []),
  ];
}

/** How sure a plan is: what a bound that was checked says, and nothing without one. */
function proofOf(plan: FeasiblePlan, objective: Objective): string {
  const { proven, bound, solver } = plan;
  if (proven) {
    const gap = bound === undefined ? 0 : gapOf(objectiveOfPlan(plan, objective), bound);
    return `proven ${gap === 0 ? "optimal" : `to be within ${percentOf(gap)} of the best`} (${solver})`;
  }
  if (bound === undefined) return `not proven (${solver})`;
  const unit = { devices: "devices", images: "images", cost: "cost", energy: "J" }[objective];
  return `not proven: no plan beats ${sixDigits(bound, objective === "images" ? "up" : "down")} ${unit} (${solver})`;
}

/**
 * Six significant digits, rounded so that an amount is still one where it is given as a cap, and a bound still a bound.
 */
function sixDigits(value: number, direction: "up" | "down"): number {
  const nearest = Number(value.toPrecision(6));
  if (direction === "up" ? nearest >= value : nearest <= value) return nearest;
  const half = 10 ** (Math.floor(Math.log10(Math.abs(value))) - 5) / 2;
  return Number((direction === "up" ? value + half : value - half).toPrecision(6));
}

/** How far an objective is from its bound, relative to the bound. */
function gapOf(value: number, bound: number): number {
  return Math.abs(value - bound) / Math.max(Math.abs(bound), Number.MIN_VALUE);
}

function percentOf(share: number): string {
  return `${Number((100 * share).toPrecision(2))} %`;
}
