import type { Group } from "../program/compact-formulation.js";
import { allowedChoices, bestSchedule, finishUs, lastUs, type Schedule, scheduleOf } from "../question/capacity.js";
import type { Choice } from "../question/device-type.js";
import type { PlanProblem } from "../question/plan-problem.js";
import type { PlannedDevice } from "./plan-outcome.js";

/** How many devices of each type serve each workload: `counts[type][workload]`. */
export type Counts = readonly (readonly number[])[];

/** The counts of groups, whatever their mini-batch sizes. */
export function countsOf({ types, workloads }: PlanProblem, groups: readonly Group[]): Counts {
  const counts = types.map(() => workloads.map(() => 0));
  for (const { configuration, devices } of groups) {
    const row = counts[configuration.type];
    if (row !== undefined) row[configuration.workload] = (row[configuration.workload] ?? 0) + devices;
  }
  return counts;
}

/**
 * Deals the images out to so many devices that finish within a time: each as many as it can take, largest capacities
 * first. Device by device in this order, the smallest mini-batch is taken that leaves the others enough to do.
 *
 * For most images, every device takes as many as it can.
 */
export function dealByCounts(problem: PlanProblem, counts: Counts, withinUs: number): PlannedDevice[] {
  return problem.workloads.flatMap(({ name, images }, workload) => {
    const groups = problem.types
      .flatMap((type, index) => {
        const count = counts[index]?.[workload] ?? 0;
        if (count === 0) return [];
        const table = type.choices[workload] ?? [];
        const smaller = problem.shorterLast ? table : [];
        const capacity = bestSchedule(type, workload, withinUs, problem)?.capacity ?? 0;
        return capacity > 0 ? [{ type, table, count, smaller, capacity }] : [];
      })
      .sort((a, b) => b.capacity - a.capacity);
    const total = groups.reduce((sum, { count, capacity }) => sum + count * capacity, 0);
    let left = problem.objective === "images" ? total : images;
    let slack = total - left;
    const devices: PlannedDevice[] = [];
    for (const { type, table, count, smaller, capacity } of groups) {
      const smallestFor = (least: number) => {
        for (const choice of allowedChoices(type, workload, problem)) {
          const schedule = scheduleOf(choice, type, withinUs, smaller);
          if (schedule !== undefined && schedule.capacity >= least) return schedule;
        }
        return undefined;
      };
      let last: { readonly least: number; readonly schedule: Schedule; readonly device: PlannedDevice } | undefined;
      for (let copy = 0; copy < count && left > 0; copy++) {
        const least = capacity - slack;
        // Without slack to spend all devices do the same: one record stands for them.
        const schedule = last?.least === least ? last.schedule : smallestFor(least);
        if (schedule === undefined) break;
        slack -= capacity - schedule.capacity;
        const taken = Math.min(left, schedule.capacity);
        const device =
          last?.schedule === schedule && last.device.images === taken
            ? last.device
            : plannedDevice(type.name, name, schedule, taken, problem.shorterLast ? table : []);
        devices.push(device);
        left -= taken;
        last = { least, schedule, device };
      }
    }
    return devices;
  });
}

/** One device that classifies so many images with one of its mini-batch sizes. */
export function plannedDevice(
  type: string,
  workload: string,
  { choice }: Pick<Schedule, "choice">,
  images: number,
  smaller: readonly Choice[] = [],
): PlannedDevice {
  const { miniBatchSize } = choice;
  const whole = Math.max(0, Math.floor(images / miniBatchSize) - 1);
  const rest = images - (whole + 1) * miniBatchSize;
  const device = { type, workload, miniBatchSize, images };
  if (rest <= 0) return { ...device, furtherMiniBatches: whole, finishUs: finishUs(choice, whole) };
  const last = fastestFor(smaller, rest, choice);
  if (last === choice) return { ...device, furtherMiniBatches: whole + 1, finishUs: finishUs(choice, whole + 1) };
  const end = finishUs(choice, whole) + lastUs(last);
  return { ...device, furtherMiniBatches: whole + 1, lastMiniBatchSize: last.miniBatchSize, finishUs: end };
}

/** The fastest of the smaller mini-batches that hold so many images, or the choice itself. */
function fastestFor(smaller: readonly Choice[], images: number, choice: Choice): Choice {
  let fastest = choice;
  let fastestUs = choice.latencyUs; // one more of the size that the device runs already
  for (const candidate of smaller) {
    const holds = candidate.miniBatchSize >= images && candidate.miniBatchSize < choice.miniBatchSize;
    if (holds && lastUs(candidate) < fastestUs) [fastest, fastestUs] = [candidate, lastUs(candidate)];
  }
  return fastest;
}

/**
 * Deals the images out to groups of which each says how many mini-batches it runs: evenly, so that its devices finish
 * together. What is more than asked for is taken from the devices that finish last.
 */
export function dealByGroups(problem: PlanProblem, groups: readonly Group[]): PlannedDevice[] {
  return problem.workloads.flatMap(({ name, images }, workload) => {
    const devices = groups
      .filter(({ configuration }) => configuration.workload === workload)
      .flatMap(({ configuration: { type, schedule }, devices: count, further = count * schedule.furtherMiniBatches }) =>
        Array.from({ length: count }, (_, copy) => {
          const runs = Math.floor(further / count) + (copy < further % count ? 1 : 0);
          const taken = (runs + 1) * schedule.choice.miniBatchSize;
          return plannedDevice(problem.types[type]?.name ?? "", name, schedule, taken);
        }),
      );
    if (problem.objective === "images") return devices;
    return withoutSurplus(problem, workload, devices, images);
  });
}

function withoutSurplus(
  problem: PlanProblem,
  workload: number,
  devices: readonly PlannedDevice[],
  images: number,
): PlannedDevice[] {
  let surplus = devices.reduce((sum, device) => sum + device.images, 0) - images;
  const kept: PlannedDevice[] = [];
  for (const device of devices.toSorted((a, b) => a.images - b.images)) {
    if (device.images <= surplus) surplus -= device.images;
    else kept.push(device);
  }
  const latestFirst = kept.sort((a, b) => b.finishUs - a.finishUs || b.images - a.images);
  return latestFirst.map((device) => {
    const less = Math.min(surplus, device.images - 1);
    if (less <= 0) return device;
    surplus -= less;
    const type = problem.types.find(({ name }) => name === device.type);
    const choice = type?.choices[workload]?.find(({ miniBatchSize }) => miniBatchSize === device.miniBatchSize);
    return choice === undefined
      ? device
      : plannedDevice(device.type, device.workload, { choice }, device.images - less);
  });
}
