import { counted } from "../../src/core/counted.js";
import { printable } from "../../src/core/printable.js";
import { exactDuration, formatDuration } from "../../src/core/units.js";
import { deviceRuns } from "../../src/plan/answer/device-runs.js";
import {
  type FeasiblePlan,
  hasNamedWorkloads,
  type InfeasiblePlan,
  objectiveOfPlan,
  type PlannedDevice,
  type PlanOutcome,
} from "../../src/plan/answer/plan-outcome.js";
import type { Objective } from "../../src/plan/question/plan-problem.js";
import { table } from "../terminal/terminal.js";

/** Of a table for people. */
const MOST_LINES = 1000;

/**
 * A plan, or why there is none, as lines for people. Devices that do the same share a line.
 *
 * @param times what the plan's times are of, where that is to be said
 */
export function planLines(outcome: PlanOutcome, objective: Objective, times?: string): string[] {
  if (outcome.status === "infeasible") return infeasibleLines(outcome);
  const { devices, images, finishUs, cost, energyJ } = outcome;
  const amounts = `${counted(devices.length, "device")}, ${counted(images, "image")}`;
  return [
    ...deviceLines(devices),
    "",
    [
      `${amounts}, finished after ${formatDuration(finishUs / 1000)}${times === undefined ? "" : ` by ${times}`}`,
      ...(cost === undefined ? [] : [`cost ${sixDigits(cost, "up")}`]),
      ...(energyJ === undefined ? [] : [`energy ${sixDigits(energyJ, "up")} J`]),
      proofOf(outcome, objective),
    ].join("; "),
  ];
}

function infeasibleLines({ reason, feasibleTimeUs, feasibleDevices }: InfeasiblePlan): string[] {
  return [
    `infeasible: ${printable(reason)}`,
    feasibleTimeUs === undefined
      ? "no time that is known would do"
      : `${exactDuration(feasibleTimeUs / 1000)} would do`,
    ...(feasibleDevices
      ? [`${counted(feasibleDevices.count, "device")} ${printable(feasibleDevices.type)} would do`]
      : []),
  ];
}

function deviceLines(devices: readonly PlannedDevice[]): string[] {
  const named = hasNamedWorkloads(devices);
  const runs = deviceRuns(devices);
  const rows = runs
    .slice(0, MOST_LINES)
    .map(({ device, copies }) => [
      copies,
      device.type,
      ...(named ? [device.workload] : []),
      device.miniBatchSize,
      device.furtherMiniBatches + 1,
      device.images,
      formatDuration(device.finishUs / 1000),
    ]);
  return [
    table(
      ["devices", "type", ...(named ? ["workload"] : []), "mini-batch size", "mini-batches", "images", "finish"],
      rows,
    ),
    ...(runs.length > MOST_LINES
      ? [`… and ${counted(runs.length - MOST_LINES, "more line")}; --json has every device`]
      : []),
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
