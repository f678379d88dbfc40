import { counted } from "../../src/core/counted.js";
import { formatDuration } from "../../src/core/units.js";
import { UserError } from "../../src/core/user-error.js";
import { REPLICATES } from "../../src/fit/bootstrap.js";
import { deviceRuns } from "../../src/plan/answer/device-runs.js";
import {
  type FeasiblePlan,
  hasNamedWorkloads,
  objectiveOfPlan,
  type PlanOutcome,
} from "../../src/plan/answer/plan-outcome.js";
import { type BindingLimit, bindingLimits, type UserLimit } from "../../src/plan/explore/binding-limits.js";
import { type ParetoPoint, paretoFront } from "../../src/plan/explore/pareto-front.js";
import { sensitivityOf } from "../../src/plan/explore/sensitivity.js";
import { planUnderResamples } from "../../src/plan/explore/uncertainty.js";
import type { PlanOptions } from "../../src/plan/plan.js";
import type { Objective, PlanProblem } from "../../src/plan/question/plan-problem.js";
import { hasClosedForm } from "../../src/plan/solve/closed-form.js";
import { parseInteger, type Range } from "../arguments.js";
import { printable } from "../terminal/printable.js";
import { table } from "../terminal/terminal.js";

/** Of a table for people. */
const MOST_LINES = 1000;

/** A plan, or why there is none, as lines for people. Devices that do the same share a line. */
export function planLines(outcome: PlanOutcome, objective: Objective): string[] {
  if (outcome.status === "infeasible") {
    const { reason, feasibleTimeUs, feasibleDevices } = outcome;
    return [
      `infeasible: ${printable(reason)}`,
      feasibleTimeUs === undefined
        ? "no time that is known would do"
        : `${formatDuration(feasibleTimeUs / 1000)} (${feasibleTimeUs / 1000} ms) would do`,
      ...(feasibleDevices
        ? [`${counted(feasibleDevices.count, "device")} ${printable(feasibleDevices.type)} would do`]
        : []),
    ];
  }
  const { devices, images, finishUs, cost, energyJ } = outcome;
  const named = hasNamedWorkloads(devices);
  const runs = deviceRuns(devices);
  return [
    table(
      ["devices", "type", ...(named ? ["workload"] : []), "mini-batch size", "mini-batches", "images", "finish (ms)"],
      runs
        .slice(0, MOST_LINES)
        .map(({ device, copies }) => [
          copies,
          device.type,
          ...(named ? [device.workload] : []),
          device.miniBatchSize,
          device.furtherMiniBatches + 1,
          device.images,
          (device.finishUs / 1000).toFixed(1),
        ]),
    ),
    ...(runs.length > MOST_LINES ? [`… and ${runs.length - MOST_LINES} more lines; --json has every device`] : []),
    "",
    [
      `${counted(devices.length, "device")}, ${counted(images, "image")}, finished after ${formatDuration(finishUs / 1000)}`,
      ...(cost === undefined ? [] : [`cost ${sixDigits(cost, "up")}`]),
      ...(energyJ === undefined ? [] : [`energy ${sixDigits(energyJ, "up")} J`]),
      proofOf(outcome, objective),
    ].join("; "),
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

/** Six significant digits, rounded so that an amount is still one where it is given as a cap, and a bound still a bound. */
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

/** What was asked on top of a plan, for people and for programs. */
export interface PlanExtras {
  readonly lines: readonly string[];
  readonly json: Readonly<Record<string, unknown>>;
}

interface ExtraFlags {
  readonly sensitivity?: boolean;
  readonly uncertainty?: string;
  readonly pareto?: string;
}

/** What is asked on top of a plan. */
export interface AskedExtras {
  readonly sensitivity: boolean;
  readonly resamples: number | undefined;
  readonly points: number | undefined;
}

/** More resamples than replicates of the functions would only repeat some of them. */
export const RESAMPLES: Range = { least: 1, most: REPLICATES };
export const POINTS: Range = { least: 1, most: 1000 };

/** @throws UserError if that is too much */
export function extrasOf({ sensitivity = false, uncertainty, pareto }: ExtraFlags): AskedExtras {
  return {
    sensitivity,
    resamples: uncertainty === undefined ? undefined : parseInteger("--uncertainty", uncertainty, RESAMPLES),
    points: pareto === undefined ? undefined : parseInteger("--pareto", pareto, POINTS),
  };
}

/** Where each type needs a solution of its own. */
const MOST_VARIED_TYPES = 200;

/** @throws UserError if devices or question do not allow what is asked on top of the plan */
export function requireExtras(
  { sensitivity, resamples, points }: AskedExtras,
  problem: PlanProblem,
  measured: boolean,
): void {
  const { timeUs, types, workloads } = problem;
  if (sensitivity && types.length > MOST_VARIED_TYPES && !hasClosedForm(problem)) {
    throw new UserError(`--sensitivity: ${types.length} types of devices, allowed are ${MOST_VARIED_TYPES}`);
  }
  if (resamples !== undefined && !measured) {
    throw new UserError("--uncertainty: needs measured functions, these are given");
  }
  if (points === undefined) return;
  if (timeUs === "none") throw new UserError("--pareto: needs a deadline");
  if (workloads.some(({ images }) => images === 0)) throw new UserError("--pareto: needs a number of images");
}

/** Sensitivity, uncertainty and the front of cost against finish time, each where it was asked for. */
export async function explainedBy(
  { sensitivity: isSensitivityAsked, resamples, points }: AskedExtras,
  problem: PlanProblem,
  outcome: PlanOutcome,
  resampledTypes: (index: number) => PlanProblem["types"],
  options: PlanOptions,
): Promise<PlanExtras> {
  const lines: string[] = [];
  const json: Record<string, unknown> = {};
  if (isSensitivityAsked && outcome.status !== "infeasible") {
    const sensitivity = await sensitivityOf(problem, outcome, options);
    json.sensitivity = sensitivity;
    lines.push(`binding: ${sensitivity.binding.join(", ") || "nothing"}`);
    for (const { change, buys } of sensitivity.relaxations) lines.push(`${change}: ${buys}`);
    const { notLookedAt = 0 } = sensitivity;
    if (notLookedAt > 0) lines.push(`the time limit ended it: ${notLookedAt} more were not tried`);
  }
  if (resamples !== undefined) {
    const uncertainty = await planUnderResamples(problem, resampledTypes, resamples, options);
    json.uncertainty = uncertainty;
    const { low, high, feasible } = uncertainty;
    const range = low === undefined || high === undefined ? "none has a plan" : `90 % of resamples: ${low} to ${high}`;
    lines.push(
      `${problem.objective} (${range}; ${Math.round(100 * feasible)} % of ${uncertainty.resamples} resamples have a plan)`,
    );
    if (uncertainty.resamples < resamples) {
      lines.push(`the time limit ended it: ${uncertainty.resamples} of ${resamples} resamples were solved`);
    }
  }
  const { timeUs } = problem;
  if (points !== undefined && timeUs !== "none") {
    const { points: front, looked } = await paretoFront({ ...problem, timeUs }, points, options);
    json.pareto = front.map(({ deadlineUs, plan }) => ({
      deadline_ms: deadlineUs / 1000,
      cost: plan.cost,
      devices: plan.devices.length,
      proven: plan.proven,
    }));
    lines.push(
      "",
      front.length === 0 ? "no deadline was found to have a plan" : frontTable(front),
      ...(looked < points ? [`the time limit ended the front: ${looked} of ${points} deadlines were looked at`] : []),
    );
  }
  return { lines: lines.length > 0 ? ["", ...lines] : [], json };
}

function frontTable(front: readonly ParetoPoint[]): string {
  return table(
    ["deadline (ms)", "cost", "devices", "proven"],
    front.map(({ deadlineUs, plan }) => [
      (deadlineUs / 1000).toFixed(1),
      Number((plan.cost ?? 0).toPrecision(6)),
      plan.devices.length,
      plan.proven ? "yes" : "no",
    ]),
  );
}

/** The limits of the user's that bind, each on a line, by the first of the questions that they limit. */
export async function bindingExtras(
  problem: PlanProblem,
  outcome: PlanOutcome,
  limits: readonly UserLimit[],
  options: PlanOptions,
): Promise<PlanExtras> {
  const found = await bindingLimits(problem, outcome, limits, options);
  const binding: BindingLimit[] = [
    ...new Map(found.toReversed().map((limit) => [limit.name, limit])).values(),
  ].toReversed();
  return {
    lines: binding.map(({ name, without }) =>
      without === undefined
        ? `limit that may bind: ${name}; what there would be without it is not known`
        : `limit that binds: ${name}; without it ${without}`,
    ),
    json: { binding_limits: binding.map(({ name, without }) => ({ limit: name, without })) },
  };
}
