import type { Choice, DeviceType } from "../../src/plan/question/device-type.js";
import { billingOf, type PlanProblem } from "../../src/plan/question/plan-problem.js";

/** What a plan found by trying amounts to. Money in millionths of the currency per hour × microseconds. */
export interface TriedPlan {
  readonly devices: number;
  readonly images: readonly number[];
  readonly finishUs: number;
  readonly cost: number;
  readonly energyNj: number;
  readonly powerMw: number;
  readonly sizes: readonly number[];
}

/**
 * Every plan of a problem, by trying every workload, mini-batch size and number of mini-batches for every device: the
 * oracle, which shares no code with what it checks but the definition of the bill. Of plans that agree in everything,
 * one is kept. Images above what is asked for are cut off, so that few plans differ.
 */
export function everyPlan(problem: PlanProblem): TriedPlan[] {
  const empty = problem.workloads.map(() => 0);
  let plans: TriedPlan[] = [{ devices: 0, images: empty, finishUs: 0, cost: 0, energyNj: 0, powerMw: 0, sizes: [] }];
  for (const type of problem.types) {
    const uses = usesOf(problem, type);
    for (let device = 0; device < type.count; device++) {
      plans = distinct([...plans, ...plans.flatMap((plan) => uses.map((use) => plus(problem, plan, use)))]);
    }
  }
  return plans.filter(
    ({ images, finishUs, devices }) =>
      devices > 0 &&
      (problem.timeUs === "none" || finishUs <= problem.timeUs) &&
      problem.workloads.every((workload, index) => (images[index] ?? 0) >= workload.images),
  );
}

interface TriedUse extends Omit<TriedPlan, "devices" | "images" | "sizes"> {
  readonly workload: number;
  readonly images: number;
  readonly size: number;
}

function usesOf(problem: PlanProblem, type: DeviceType): TriedUse[] {
  return problem.workloads.flatMap((_, workload) =>
    (type.choices[workload] ?? []).flatMap((choice) =>
      problem.miniBatchSize !== undefined && choice.miniBatchSize !== problem.miniBatchSize
        ? []
        : Array.from({ length: type.maxUses + 1 }, (_, further) => further).flatMap((further) => {
            const lasts =
              problem.shorterLast && further > 0 ? [undefined, ...smaller(type, workload, choice)] : [undefined];
            return lasts.map((last) => triedUse(problem, type, workload, choice, further, last));
          }),
    ),
  );
}

function smaller(type: DeviceType, workload: number, { miniBatchSize }: Choice): Choice[] {
  return (type.choices[workload] ?? []).filter((choice) => choice.miniBatchSize < miniBatchSize);
}

function triedUse(
  problem: PlanProblem,
  { microPricePerHour = 0, idleMw = 0 }: DeviceType,
  workload: number,
  choice: Choice,
  further: number,
  last: Choice | undefined,
): TriedUse {
  const finishUs = choice.warmupUs + (further - 1) * choice.latencyUs + (last ?? choice).latencyUs;
  const { energyNj = 0, warmupEnergyNj = 0 } = choice;
  const heldUs = problem.timeUs === "none" ? finishUs : problem.timeUs;
  return {
    workload,
    images: further * choice.miniBatchSize + (last ?? choice).miniBatchSize,
    size: choice.miniBatchSize,
    finishUs,
    cost: microPricePerHour * (billingOf(problem) === "busy" ? finishUs : heldUs),
    energyNj: warmupEnergyNj + further * energyNj + idleMw * (heldUs - finishUs),
    powerMw: Math.ceil(Math.max(warmupEnergyNj / choice.warmupUs, energyNj / choice.latencyUs, idleMw)),
  };
}

function plus(problem: PlanProblem, plan: TriedPlan, use: TriedUse): TriedPlan {
  const images = plan.images.map((count, workload) => {
    const wanted = problem.workloads[workload]?.images ?? 0;
    const sum = count + (workload === use.workload ? use.images : 0);
    return problem.objective === "images" ? sum : Math.min(sum, wanted);
  });
  return {
    devices: plan.devices + 1,
    images,
    finishUs: Math.max(plan.finishUs, use.finishUs),
    cost: plan.cost + use.cost,
    energyNj: plan.energyNj + use.energyNj,
    powerMw: plan.powerMw + use.powerMw,
    sizes: [...new Set([...plan.sizes, use.size])].sort((a, b) => a - b),
  };
}

function distinct(plans: readonly TriedPlan[]): TriedPlan[] {
  return [...new Map(plans.map((plan) => [JSON.stringify(plan), plan])).values()];
}
