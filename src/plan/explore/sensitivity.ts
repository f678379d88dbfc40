import { counted } from "../../core/counted.js";
import { shownApart } from "../../core/shown-apart.js";
import { exactDuration } from "../../core/units.js";
import { type FeasiblePlan, objectiveOfPlan } from "../answer/plan-outcome.js";
import type { PlanOptions } from "../plan.js";
import { bestSchedule, latestUsefulUs, usableTypes } from "../question/capacity.js";
import type { Caps, PlanProblem } from "../question/plan-problem.js";
import { startClock } from "../solve/clock.js";
import { earliestWith, fewestDevices, hasClosedForm, mostImages } from "../solve/closed-form.js";
import { NO_ANSWER, planUnless } from "./plan-unless.js";

/** What keeps a plan from being better. */
export type Binding = "deadline" | "memory" | "uses" | "devices" | "images" | "cost" | "energy" | "power";

/** A constraint that was moved a little, and what that buys. */
export interface Relaxation {
  readonly constraint: Binding;
  /** By how much it moves, in its own unit and relatively where that is a ratio. */
  readonly change: string;
  readonly buys: string;
}

/** What limits a plan, and what more of it would buy. */
export interface Sensitivity {
  readonly binding: readonly Binding[];
  readonly relaxations: readonly Relaxation[];
  /** How many relaxations were not tried before the time limit ended it. */
  readonly notLookedAt?: number;
}

/**
 * Which constraints bind an optimal plan and what relaxing each buys: exactly by the closed form where there is one,
 * else by solving again with a little more of each. Memory binds, in the closed form, if a device uses the largest
 * mini-batch that fits; what more memory would buy lies beyond what is known of the device.
 */
export async function sensitivityOf(
  problem: PlanProblem,
  plan: FeasiblePlan,
  options: PlanOptions = {},
): Promise<Sensitivity> {
  const { objective, timeUs } = problem;
  const closed = hasClosedForm(problem) && problem.maxSizes === undefined && objective !== "cost";
  return closed && timeUs !== "none"
    ? byClosedForm(problem, plan, timeUs)
    : await bySolvingAgain(problem, plan, options);
}

/** How much more there is of what is relaxed. */
const MORE = 0.1;

/** With a tenth more time, of each cap, a tenth fewer images of each workload, and one more device of each type. */
async function bySolvingAgain(problem: PlanProblem, plan: FeasiblePlan, options: PlanOptions): Promise<Sensitivity> {
  const { timeUs, caps = {}, workloads, types, objective } = problem;
  const share = percent(MORE);
  const variants: { constraint: Binding; change: string; problem: PlanProblem }[] = [];
  if (timeUs !== "none") {
    const later = { ...problem, timeUs: Math.floor(timeUs * (1 + MORE)) };
    variants.push({ constraint: "deadline", change: `${share} more time`, problem: later });
  }
  for (const [name, limit] of Object.entries(caps) as [keyof Caps, number][]) {
    const isCount = name === "devices";
    const wider = { ...problem, caps: { ...caps, [name]: isCount ? limit + 1 : limit * (1 + MORE) } };
    const change = isCount ? "one more device" : `${share} more ${CAP_NAMES[name]}`;
    variants.push({ constraint: CAP_NAMES[name], change, problem: wider });
  }
  for (const [index, { name, images }] of workloads.entries()) {
    if (objective === "images") break;
    const fewer = { name, images: Math.max(1, Math.ceil(images * (1 - MORE))) };
    variants.push({
      constraint: "images",
      change: `${share} fewer images${workloads.length > 1 ? ` of ${name}` : ""}`,
      problem: { ...problem, workloads: workloads.with(index, fewer) },
    });
  }
  for (const [index, type] of types.entries()) {
    const oneMore = { ...type, count: type.count + 1 };
    const larger = { ...problem, types: types.with(index, oneMore) };
    variants.push({ constraint: "devices", change: `one more ${type.name}`, problem: larger });
  }
  const clock = startClock(options.limitMs);
  const relaxations: Relaxation[] = [];
  let looked = 0;
  for (const { constraint, change, problem: relaxed } of variants) {
    if (looked > 0 && clock.isOver()) break;
    looked++;
    const better = await planUnless(NO_ANSWER, relaxed, { ...options, limitMs: clock.leftMs() });
    if (better === undefined) continue;
    const value = objectiveOfPlan(better, objective);
    // Beyond the bound, so that it is the relaxation's doing and not a luckier search.
    const bound = plan.bound ?? objectiveOfPlan(plan, objective);
    if (objective === "images" ? value <= bound : value >= bound) continue;
    const [there, here] = shownApart(value, objectiveOfPlan(plan, objective));
    const buys = `${objective} ${there} in place of ${here}`;
    relaxations.push({ constraint, change, buys });
  }
  const binding = [...new Set(relaxations.map(({ constraint }) => constraint))];
  return { binding, relaxations, ...(looked < variants.length && { notLookedAt: variants.length - looked }) };
}

const CAP_NAMES: Readonly<Record<keyof Caps, Binding>> = {
  cost: "cost",
  energyJ: "energy",
  powerW: "power",
  devices: "devices",
};

function byClosedForm(problem: PlanProblem, plan: FeasiblePlan, timeUs: number): Sensitivity {
  const { types, objective } = problem;
  const used = new Set(plan.devices.map(({ type }) => type));
  const here = types.filter(({ name }) => used.has(name));
  const memory = here.some((type) => {
    const largest = type.choices[0]?.at(-1)?.miniBatchSize;
    return bestSchedule(type, 0, timeUs, problem)?.choice.miniBatchSize === largest;
  });
  const uses = here.some((type) => bestSchedule(type, 0, timeUs, problem)?.furtherMiniBatches === type.maxUses);
  const relaxations = objective === "images" ? moreImages(problem, timeUs) : fewerDevices(problem, plan, timeUs);
  const deadline = relaxations.some(({ constraint }) => constraint === "deadline");
  return {
    binding: [
      ...(deadline ? ["deadline" as const] : []),
      ...(memory ? ["memory" as const] : []),
      ...(uses ? ["uses" as const] : []),
      ...(objective === "images" ? ["devices" as const] : []),
    ],
    relaxations,
  };
}

function fewerDevices(problem: PlanProblem, plan: FeasiblePlan, timeUs: number): Relaxation[] {
  const { types, workloads } = problem;
  const images = workloads[0]?.images ?? 0;
  const devices = plan.devices.length;
  const relaxations: Relaxation[] = [];
  const latestUs = latestUsefulUs(types, [images]);
  const fewer = { types, images, devices: devices - 1, rule: problem };
  const neededUs = devices > 1 ? earliestWith(fewer, Math.max(latestUs, timeUs), timeUs) : undefined;
  if (neededUs !== undefined) {
    relaxations.push({
      constraint: "deadline",
      change: `${percent(neededUs / timeUs - 1)} more time (${exactDuration(neededUs / 1000)})`,
      buys: `saves ${counted(devices - (fewestDevices(types, images, neededUs, problem) ?? devices), "device")}`,
    });
  }
  let left = devices;
  let capacity = 0;
  for (const { type, schedule } of usableTypes(types, 0, timeUs, problem)) {
    const used = Math.min(left, type.count);
    capacity += used * schedule.capacity;
    left -= used;
  }
  relaxations.push({
    constraint: "images",
    change: counted(capacity - images, "more image"),
    buys: "fit the same number of devices",
  });
  return relaxations;
}

function moreImages(problem: PlanProblem, timeUs: number): Relaxation[] {
  const { types } = problem;
  const most = mostImages(types, timeUs, problem);
  const later = mostImages(types, Math.ceil(timeUs * 1.01), problem);
  const [best] = usableTypes(types, 0, timeUs, problem);
  return [
    ...(later > most
      ? [{ constraint: "deadline" as const, change: "1 % more time", buys: counted(later - most, "more image") }]
      : []),
    ...(best === undefined
      ? []
      : [
          {
            constraint: "devices" as const,
            change: `one more ${best.type.name}`,
            buys: counted(best.schedule.capacity, "more image"),
          },
        ]),
  ];
}

/** @example percent(0.0143) // "1.43 %" */
function percent(ratio: number): string {
  return `${Number((100 * ratio).toPrecision(3))} %`;
}

const LIMITS: Readonly<Record<Binding, string>> = {
  deadline: "the deadline",
  memory: "the largest mini-batch that is known to fit a device",
  uses: "the most mini-batches that a device may run (max_uses)",
  devices: "the number of devices",
  images: "the number of images",
  cost: "the cap on the cost",
  energy: "the cap on the energy",
  power: "the cap on the power",
};

/** What keeps a plan from being better, as a sentence. */
export function limitedBy(binding: readonly Binding[]): string {
  if (binding.length === 0) return "limited by nothing that was relaxed";
  return `limited by ${binding.map((name) => LIMITS[name]).join(", and by ")}`;
}
