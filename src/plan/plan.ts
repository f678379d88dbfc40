import { UserError } from "../core/user-error.js";
import { earliestTimeUs, fewestDevices, finishUs, mostImages, type Use, usableTypes } from "./capacity.js";
import { type DeviceType, microsecondsDown } from "./device-type.js";
import { solveCounts } from "./lp-solver.js";

/** What one used device does. */
export interface PlannedDevice {
  readonly type: string;
  readonly miniBatchSize: number;
  /** Mini-batches after the first one. */
  readonly miniBatches: number;
  /** Images that the device really gets: the last mini-batch may be smaller. */
  readonly images: number;
  readonly finishUs: number;
}

export interface OptimalPlan {
  readonly status: "optimal";
  readonly devices: readonly PlannedDevice[];
  readonly images: number;
  readonly finishUs: number;
  readonly solver: string;
  readonly proven: true;
  /** The relaxed model's objective as the paper writes it: NGPU × Σ over types; equal to `images` for one type. */
  readonly paperObjective?: number;
}

export interface InfeasiblePlan {
  readonly status: "infeasible";
  /** Which constraint fails and by how much. */
  readonly reason: string;
  /** The most images that all devices classify in the time. */
  readonly mostImages: number;
  /** The time that would do, or undefined if no time would. */
  readonly feasibleTimeUs: number | undefined;
}

export type PlanOutcome = OptimalPlan | InfeasiblePlan;

/**
 * Soft real-time: the fewest devices that classify N images within T, and among those plans the earliest finish.
 *
 * The compact integer program (how many of each type, each with its largest capacity) is solved with
 * javascript-lp-solver and held against the closed form in the same call.
 *
 * @throws UserError if images or deadline are out of range
 */
export function planSoft(types: readonly DeviceType[], images: number, deadlineMs: number): PlanOutcome {
  requireImages(images);
  const timeUs = microsecondsDown(deadlineMs);
  const fewest = fewestDevices(types, images, timeUs);
  if (fewest === undefined) return infeasible(types, images, timeUs);
  const usable = usableTypes(types, timeUs);
  const counts = solveCounts({
    direction: "min",
    cover: images,
    types: usable.map(({ type, use }) => ({ count: type.count, objective: 1, capacity: use.capacity })),
  });
  const solved = counts?.reduce((sum, count) => sum + count, 0);
  const finish = earliestTimeUs(timeUs, (time) => (fewestDevices(types, images, time) ?? Infinity) <= fewest) ?? timeUs;
  return optimal(assign(types, images, finish), solved === fewest ? "javascript-lp-solver" : "closed form");
}

/**
 * Relaxed: the most images that all devices classify within T.
 *
 * @throws UserError if the budget is out of range
 */
export function planRelaxed(types: readonly DeviceType[], budgetMs: number): PlanOutcome {
  const timeUs = microsecondsDown(budgetMs);
  const usable = usableTypes(types, timeUs);
  if (usable.length === 0) return infeasible(types, 1, timeUs);
  const most = mostImages(types, timeUs);
  const counts = solveCounts({
    direction: "max",
    types: usable.map(({ type, use }) => ({ count: type.count, objective: use.capacity, capacity: use.capacity })),
  });
  const solved = counts?.reduce((sum, count, index) => sum + count * (usable[index]?.use.capacity ?? 0), 0);
  const finish = earliestTimeUs(timeUs, (time) => mostImages(types, time) >= most) ?? timeUs;
  const devices = types.reduce((sum, { count }) => sum + count, 0);
  return {
    ...optimal(assign(types, most, finish), solved === most ? "javascript-lp-solver" : "closed form"),
    paperObjective: devices * usable.reduce((sum, { use }) => sum + use.capacity, 0),
  };
}

/** Gives the images to the devices with the largest capacities within a time, each as many as it can take. */
function assign(types: readonly DeviceType[], images: number, timeUs: number): PlannedDevice[] {
  const devices: PlannedDevice[] = [];
  let left = images;
  for (const { type, use } of usableTypes(types, timeUs)) {
    for (let index = 0; index < type.count && left > 0; index++) {
      const taken = Math.min(left, use.capacity);
      devices.push(plannedDevice(type, use, taken));
      left -= taken;
    }
  }
  return devices;
}

function plannedDevice(type: DeviceType, { choice }: Use, images: number): PlannedDevice {
  const miniBatches = Math.ceil(images / choice.miniBatchSize) - 1;
  return {
    type: type.name,
    miniBatchSize: choice.miniBatchSize,
    miniBatches,
    images,
    finishUs: finishUs(choice, miniBatches),
  };
}

function optimal(devices: readonly PlannedDevice[], solver: string): OptimalPlan {
  return {
    status: "optimal",
    devices,
    images: devices.reduce((sum, device) => sum + device.images, 0),
    finishUs: Math.max(...devices.map((device) => device.finishUs)),
    solver,
    proven: true,
  };
}

function infeasible(types: readonly DeviceType[], images: number, timeUs: number): InfeasiblePlan {
  const most = mostImages(types, timeUs);
  const ceilingUs = Math.max(
    0,
    ...types.flatMap((type) => type.choices.map((choice) => finishUs(choice, type.maxUses))),
  );
  const feasibleTimeUs = earliestTimeUs(ceilingUs, (time) => mostImages(types, time) >= images);
  const fastestUs = Math.min(...types.flatMap(({ choices }) => choices.map(({ warmupUs }) => warmupUs)));
  const time = `${timeUs / 1000} ms`;
  const reason = types.every(({ choices }) => choices.length === 0)
    ? "memory: not even one image fits a device"
    : fastestUs > timeUs
      ? `time: the fastest first inference takes ${fastestUs / 1000} ms, ${(fastestUs - timeUs) / 1000} ms more than ${time}`
      : `capacity: all devices together classify ${most} images in ${time}, ${images - most} fewer than ${images}`;
  return { status: "infeasible", reason, mostImages: most, feasibleTimeUs };
}

function requireImages(images: number): void {
  if (!Number.isSafeInteger(images) || images < 1) {
    throw new UserError(`images ${images}: allowed are whole numbers from 1`);
  }
}
