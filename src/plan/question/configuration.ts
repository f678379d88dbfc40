import { allowedChoices, bestSchedule, furtherFor, type Schedule, scheduleOf } from "./capacity.js";
import { heldUntilUs, latestFinishUs } from "./deadline.js";
import type { Choice, DeviceType } from "./device-type.js";
import { billingOf, type PlanProblem } from "./plan-problem.js";

/**
 * One way to use a device: its type, the workload that it serves, and its mini-batch size with the best t. Cost and
 * energy are of the first mini-batch (with everything that a used device takes) and of each further one.
 */
export interface Configuration {
  /** Index of the type in the problem. */
  readonly type: number;
  readonly workload: number;
  /** It has no more mini-batches than the workload's images need, unless as many images as possible are asked for. */
  readonly schedule: Schedule;
  /** Cost in millionths of the currency per hour × microseconds; 0 where no price is given. */
  readonly firstCost: bigint;
  readonly furtherCost: bigint;
  /** Energy in nanojoules; 0 where none is given. */
  readonly firstEnergyNj: bigint;
  readonly furtherEnergyNj: bigint;
  /** The largest power that the device draws, in milliwatts. */
  readonly powerMw: number;
}

/**
 * Every configuration that a problem allows.
 *
 * @param withinUs the time in which devices must finish; what they cost and consume is still counted until the deadline
 */
export function configurationsOf(problem: PlanProblem, withinUs = problem.timeUs): Configuration[] {
  return problem.types.flatMap((deviceType, type) =>
    problem.workloads.flatMap((_, workload) => {
      const smaller = problem.shorterLast ? (deviceType.choices[workload] ?? []) : [];
      return allowedChoices(deviceType, workload, problem).flatMap((choice) => {
        const schedule = scheduleOf(choice, deviceType, latestFinishUs(withinUs), smaller);
        return schedule === undefined ? [] : [configurationOf(problem, type, workload, schedule)];
      });
    }),
  );
}

/**
 * For each type and workload the configuration of largest capacity. Where only the number of devices counts this is all
 * that is needed: a device with more capacity at the same cost is never worse.
 */
export function mostCapable(problem: PlanProblem, withinUs = problem.timeUs): Configuration[] {
  return problem.types.flatMap((deviceType, type) =>
    problem.workloads.flatMap((_, workload) => {
      const schedule = bestSchedule(deviceType, workload, latestFinishUs(withinUs), problem);
      return schedule === undefined ? [] : [configurationOf(problem, type, workload, schedule)];
    }),
  );
}

function configurationOf(problem: PlanProblem, type: number, workload: number, schedule: Schedule): Configuration {
  const deviceType = problem.types[type];
  return {
    type,
    workload,
    schedule: needed(problem, workload, schedule),
    ...(deviceType === undefined ? NOTHING : ratesOf(problem, deviceType, schedule)),
    powerMw: deviceType === undefined ? 0 : powerMw(deviceType, schedule.choice),
  };
}

const NOTHING = { firstCost: 0n, furtherCost: 0n, firstEnergyNj: 0n, furtherEnergyNj: 0n };

/**
 * A schedule without the mini-batches that no plan of the problem needs: the smallest valid M, and a capacity no
 * larger.
 */
function needed({ objective, workloads }: PlanProblem, workload: number, schedule: Schedule): Schedule {
  if (objective === "images") return schedule;
  const images = workloads[workload]?.images ?? 0;
  const furtherMiniBatches = Math.min(schedule.furtherMiniBatches, furtherFor(images, schedule.choice.miniBatchSize));
  return {
    ...schedule,
    furtherMiniBatches,
    capacity: Math.min(schedule.capacity, Math.max(images, schedule.choice.miniBatchSize)),
  };
}

/** What the first mini-batch of a configuration takes of one thing, and each further one. */
export function billOf(
  configuration: Configuration,
  price: "cost" | "energy",
): readonly [first: bigint, further: bigint] {
  const { firstCost, furtherCost, firstEnergyNj, furtherEnergyNj } = configuration;
  return price === "cost" ? [firstCost, furtherCost] : [firstEnergyNj, furtherEnergyNj];
}

/** The images that one device can classify with the configuration that manages most; 0 without any. */
export function mostImages(configurations: readonly Configuration[]): number {
  return configurations.reduce(
    (most, { schedule }) => Math.max(most, schedule.choice.miniBatchSize * (schedule.furtherMiniBatches + 1)),
    0,
  );
}

function ratesOf(problem: PlanProblem, { microPricePerHour = 0, idleMw = 0 }: DeviceType, { choice }: Schedule) {
  const { timeUs } = problem;
  const { warmupUs, latencyUs, warmupEnergyNj = 0, energyNj = 0 } = choice;
  const busy = billingOf(problem) === "busy";
  const price = BigInt(microPricePerHour);
  const heldUs = BigInt(heldUntilUs(timeUs, warmupUs));
  const waits = timeUs === "none" ? 0n : BigInt(idleMw);
  return {
    firstCost: price * (busy ? BigInt(warmupUs) : heldUs),
    furtherCost: busy ? price * BigInt(latencyUs) : 0n,
    firstEnergyNj: BigInt(warmupEnergyNj) + waits * (heldUs - BigInt(warmupUs)),
    furtherEnergyNj: BigInt(energyNj) - waits * BigInt(latencyUs),
  };
}

/** The largest power that a device draws with one mini-batch size, waiting included, in whole milliwatts. */
export function powerMw({ idleMw = 0 }: DeviceType, choice: Choice): number {
  const { warmupEnergyNj = 0, warmupUs, firstMw = warmupEnergyNj / warmupUs, energyNj = 0, latencyUs } = choice;
  return Math.ceil(Math.max(firstMw, energyNj / latencyUs, idleMw));
}
