import {
  type Choice,
  type DeviceType,
  deviceType,
  forWorkloads,
  microsecondsDown,
  type Start,
} from "../../src/plan/question/device-type.js";
import type { Billing, Caps, Objective, PlanProblem } from "../../src/plan/question/plan-problem.js";

/** A function of the mini-batch size as a device file holds it. */
export type Table = Readonly<Record<string, number>>;

/** What a device of a device file does with one workload. */
export interface WorkloadTables {
  readonly max_mini_batch_size?: number;
  readonly latency_ms: Table;
  readonly warmup_ms: Table;
  readonly load_ms?: number;
  readonly energy_per_mini_batch_j?: Table;
  readonly warmup_energy_j?: Table;
}

/** A device as a device file describes it; `max_uses` is left out where there is no limit. */
export interface DeviceRecord {
  readonly name: string;
  readonly count: number;
  readonly max_uses?: number;
  readonly price_per_hour?: number;
  readonly idle_w?: number;
  readonly workloads: Readonly<Record<string, WorkloadTables>>;
}

export type PlanClass = "soft" | "relaxed" | "best-effort";

/** What the command line asks about a device file. */
export interface Ask {
  readonly planClass: PlanClass;
  readonly objective: Objective;
  readonly billing?: Billing;
  readonly start: Start;
  /** Images by workload. */
  readonly images: Readonly<Record<string, number>>;
  readonly timeMs?: number;
  readonly caps?: Caps;
  readonly maxSizes?: number;
  readonly miniBatchSize?: number;
  readonly shorterLast?: boolean;
}

/** A question as a user would ask it: a device file and flags. */
export interface Question {
  readonly devices: readonly DeviceRecord[];
  readonly ask: Ask;
}

/** The question as the planner takes it. */
export function problemOf({ devices, ask }: Question): PlanProblem {
  const { planClass: _, start, images, timeMs, ...rest } = ask;
  const names = Object.keys(images);
  return {
    types: devices.map((device) => forWorkloads(names.map((name) => typeOf(device, name, start)))),
    workloads: names.map((name) => ({ name, images: images[name] ?? 0 })),
    timeUs: timeMs === undefined ? "none" : microsecondsDown(timeMs),
    ...rest,
  };
}

function typeOf(device: DeviceRecord, workload: string, start: Start): DeviceType {
  const tables = device.workloads[workload];
  if (tables === undefined) throw new RangeError(`device ${device.name}: no functions for workload ${workload}`);
  const { latency_ms, warmup_ms, load_ms, energy_per_mini_batch_j: energyJ, warmup_energy_j: warmupJ } = tables;
  const largest = Math.max(...Object.keys(latency_ms).map(Number));
  return deviceType(
    {
      name: device.name,
      count: device.count,
      maxUses: device.max_uses ?? Number.POSITIVE_INFINITY,
      maxMiniBatchSize: Math.min(largest, tables.max_mini_batch_size ?? largest),
      latencyMs: (size) => latency_ms[size],
      warmupMs: (size) => warmup_ms[size],
      ...(load_ms !== undefined && { loadMs: load_ms }),
      ...(device.price_per_hour !== undefined && { pricePerHour: device.price_per_hour }),
      ...(device.idle_w !== undefined && { idleW: device.idle_w }),
      ...(energyJ && { energyPerMiniBatchJ: (size) => energyJ[size] ?? Number.NaN }),
      ...(warmupJ && { warmupEnergyJ: (size) => warmupJ[size] ?? Number.NaN }),
    },
    start,
  );
}

/** The time of a size as a shorter last mini-batch: its own where the table knows it, else that of any later one. */
export function lastUsOf(choice: Choice & { readonly lastUs?: number }): number {
  return choice.lastUs ?? choice.latencyUs;
}

/** The kind of a question, for a table by kind. */
export function kindOf({ ask }: Question): string {
  const { planClass, objective, billing, caps, maxSizes, miniBatchSize, shorterLast, images } = ask;
  const several = Object.keys(images).length > 1;
  return [
    `${planClass} ${objective}${billing === undefined || objective !== "cost" ? "" : ` ${billing}`}`,
    ...(caps ? [`capped ${Object.keys(caps).length > 1 ? "together" : (Object.keys(caps)[0] ?? "")}`] : []),
    ...(maxSizes === undefined ? [] : ["max sizes"]),
    ...(miniBatchSize === undefined ? [] : ["size given"]),
    ...(shorterLast ? ["shorter last"] : []),
    ...(several ? ["several workloads"] : []),
  ].join(", ");
}

/** What a person types to ask the question once its devices are in a file. */
export function commandOf({ ask }: Question, file = "devices.json"): string {
  const { planClass, objective, billing, start, images, timeMs, caps = {}, maxSizes, miniBatchSize } = ask;
  const several = Object.keys(images).length > 1;
  const loads = several
    ? Object.entries(images).map(([name, count]) => `--workload ${name}=${count}`)
    : planClass === "relaxed"
      ? []
      : [`--images ${Object.values(images)[0]}`];
  return [
    `batchwise plan ${planClass} --devices ${file} --gap 0`,
    ...loads,
    ...(timeMs === undefined ? [] : [`--${planClass === "relaxed" ? "budget" : "deadline"} ${timeMs}ms`]),
    `--objective ${objective}`,
    ...(billing === undefined ? [] : [`--billing ${billing}`]),
    ...(start === "loaded" ? [] : [`--start ${start}`]),
    ...(caps.cost === undefined ? [] : [`--max-cost ${caps.cost}`]),
    ...(caps.energyJ === undefined ? [] : [`--max-energy-j ${caps.energyJ}`]),
    ...(caps.powerW === undefined ? [] : [`--max-power-w ${caps.powerW}`]),
    ...(maxSizes === undefined ? [] : [`--max-sizes ${maxSizes}`]),
    ...(miniBatchSize === undefined ? [] : [`--mini-batch-size ${miniBatchSize}`]),
    ...(ask.shorterLast ? ["--shorter-last"] : []),
  ].join(" ");
}
