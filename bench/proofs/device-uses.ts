import type { Choice, DeviceType } from "../../src/plan/question/device-type.js";
import type { Caps, Objective, PlanProblem } from "../../src/plan/question/plan-problem.js";
import { lastUsOf } from "./question.js";

/**
 * What is counted of a plan, in whole units: devices, images (negated: less is better), money, nanojoules, milliwatts.
 */
export type Criterion = Objective | "power";

/** One thing that a device can do in a plan, with what it takes by criterion. */
export interface DeviceUse {
  readonly workload: number;
  readonly images: number;
  readonly size: number;
  readonly finishUs: number;
  readonly takes: Readonly<Record<Criterion, number>>;
}

/** The objective, and each criterion that a cap limits with its limit. */
export function criteriaOf({ objective, caps = {} }: PlanProblem): { criterion: Criterion; limit: number }[] {
  const limits = new Map<Criterion, number>([[objective, Number.POSITIVE_INFINITY], ...limitsOf(caps)]);
  return [...limits].map(([criterion, limit]) => ({ criterion, limit }));
}

/** The caps in whole units, rounded down from what their decimals say. */
export function limitsOf({ cost, energyJ, powerW, devices }: Caps): [Criterion, number][] {
  const limits: [Criterion, number][] = [];
  if (cost !== undefined) limits.push(["cost", wholeDown(cost, 3_600_000_000_000_000n)]);
  if (energyJ !== undefined) limits.push(["energy", wholeDown(energyJ, 1_000_000_000n)]);
  if (powerW !== undefined) limits.push(["power", wholeDown(powerW, 1000n)]);
  if (devices !== undefined) limits.push(["devices", devices]);
  return limits;
}

/** ⌊value · factor⌋ of the shortest decimal that stands for the value, exactly. */
export function wholeDown(value: number, factor: bigint): number {
  const [mantissa = "0", exponent = "0"] = value.toExponential().split("e");
  const [whole = "0", decimals = ""] = mantissa.split(".");
  const power = Number(exponent) - decimals.length;
  const scaled = BigInt(whole + decimals) * factor;
  return Number(power >= 0 ? scaled * 10n ** BigInt(power) : scaled / 10n ** BigInt(-power));
}

/** The time within which devices must finish, ∞ where there is no deadline. */
export function allowedUs({ timeUs }: PlanProblem): number {
  return timeUs === "none" ? Number.POSITIVE_INFINITY : timeUs;
}

/**
 * Everything that one device of a type can do in a plan: workload, mini-batch size, number of further mini-batches and,
 * where allowed, a shorter last one. More of them than the images need are left out, unless more images are better.
 *
 * @param withinUs the time within which the device must finish; what it takes is counted until the deadline all the
 *   same
 */
export function usesOf(problem: PlanProblem, type: DeviceType, withinUs = allowedUs(problem)): DeviceUse[] {
  const { workloads, miniBatchSize, shorterLast, objective } = problem;
  return workloads.flatMap(({ images }, workload) => {
    const table = type.choices[workload] ?? [];
    return table.flatMap((choice) => {
      if (miniBatchSize !== undefined && choice.miniBatchSize !== miniBatchSize) return [];
      const fits = Math.floor((withinUs - choice.warmupUs) / choice.latencyUs);
      const needed = objective === "images" ? Infinity : Math.ceil(images / choice.miniBatchSize) - 1;
      const uses: DeviceUse[] = [];
      for (let further = 0; further <= Math.min(type.maxUses, needed, fits); further++) {
        uses.push(useOf(problem, type, workload, choice, further, undefined));
      }
      if (!shorterLast) return uses;
      for (const last of table) {
        const whole = Math.floor((withinUs - choice.warmupUs - lastUsOf(last)) / choice.latencyUs);
        if (last.miniBatchSize >= choice.miniBatchSize || whole < 0) continue;
        for (let further = 1; further <= Math.min(type.maxUses, needed, whole + 1); further++) {
          uses.push(useOf(problem, type, workload, choice, further, last));
        }
      }
      return uses;
    });
  });
}

function useOf(
  { timeUs, billing }: PlanProblem,
  { microPricePerHour = 0, idleMw = 0 }: DeviceType,
  workload: number,
  choice: Choice,
  further: number,
  last: Choice | undefined,
): DeviceUse {
  const { miniBatchSize, latencyUs, warmupUs, energyNj = 0, warmupEnergyNj = 0 } = choice;
  const finishUs = warmupUs + further * latencyUs + (last === undefined ? 0 : lastUsOf(last) - latencyUs);
  const images = (further + 1) * miniBatchSize + (last === undefined ? 0 : last.miniBatchSize - miniBatchSize);
  const waitsUs = timeUs === "none" ? 0 : timeUs - finishUs;
  const paidUs = timeUs === "none" || billing === "busy" ? finishUs : timeUs;
  return {
    workload,
    images,
    size: miniBatchSize,
    finishUs,
    takes: {
      devices: 1,
      images: -images,
      cost: microPricePerHour * paidUs,
      energy: warmupEnergyNj + further * energyNj + idleMw * waitsUs,
      power: powerMwOf(choice, idleMw),
    },
  };
}

/** The largest power that a device draws with a choice, in whole milliwatts, rounded up exactly. */
export function powerMwOf(choice: Choice, idleMw: number): number {
  const { energyNj = 0, latencyUs, warmupEnergyNj = 0, warmupUs, firstMw } = choice;
  return Math.max(idleMw, firstMw ?? quotientUp(warmupEnergyNj, warmupUs), quotientUp(energyNj, latencyUs));
}

function quotientUp(numerator: number, denominator: number): number {
  const rest = numerator % denominator;
  return (numerator - rest) / denominator + (rest > 0 ? 1 : 0);
}
