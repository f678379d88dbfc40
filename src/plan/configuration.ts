import { allowedChoices, bestUse, type Use, useOf } from "./capacity.js";
import type { DeviceType } from "./device-type.js";
import { billingOf, type PlanProblem } from "./plan-problem.js";

/**
 * One way to use a device: its type, the workload that it serves, and its mini-batch size with the best t. Cost and
 * energy are of the first mini-batch (with everything that a used device takes) and of each further one.
 */
export interface Configuration {
  /** Index of the type in the problem. */
  readonly type: number;
  readonly workload: number;
  readonly use: Use;
  /** Cost in millionths of the currency per hour × microseconds; 0 where no price is given. */
  readonly firstCost: number;
  readonly furtherCost: number;
  /** Energy in nanojoules; 0 where none is given. */
  readonly firstEnergyNj: number;
  readonly furtherEnergyNj: number;
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
        const use = useOf(choice, deviceType, withinUs ?? Number.POSITIVE_INFINITY, smaller);
        return use === undefined ? [] : [{ type, workload, use, ...ratesOf(problem, deviceType, use) }];
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
      const use = bestUse(deviceType, workload, withinUs ?? Number.POSITIVE_INFINITY, problem);
      return use === undefined ? [] : [{ type, workload, use, ...ratesOf(problem, deviceType, use) }];
    }),
  );
}

function ratesOf(problem: PlanProblem, { microPricePerHour = 0, idleMw = 0 }: DeviceType, { choice }: Use) {
  const { timeUs } = problem;
  const { warmupUs, latencyUs, warmupEnergyNj = 0, energyNj = 0 } = choice;
  const busy = billingOf(problem) === "busy";
  const waits = timeUs === undefined ? 0 : idleMw; // without a deadline a device is given back when it has finished
  return {
    firstCost: microPricePerHour * (busy ? warmupUs : (timeUs ?? 0)),
    furtherCost: busy ? microPricePerHour * latencyUs : 0,
    firstEnergyNj: warmupEnergyNj + waits * ((timeUs ?? 0) - warmupUs),
    furtherEnergyNj: energyNj - waits * latencyUs,
    powerMw: Math.ceil(Math.max(warmupEnergyNj / warmupUs, energyNj / latencyUs, idleMw)),
  };
}
