import { createHash } from "node:crypto";
import { makeScratchFolder } from "../core/scratch-folder.js";
import { UserError } from "../core/user-error.js";
import type { ExecutionRow } from "../dataset/tables.js";
import { cpuQuotaCores } from "../hardware/kernel/own-limits.js";
import type { PlanDocument } from "../plan/answer/plan-document.js";
import { canPin, coresFor } from "../processes/pinning.js";
import { deviceSpecs, type MeasuredSource } from "./device-specs.js";
import { type DeviceOutcome, runDevices } from "./run-devices.js";

/** How a plan is run. */
export interface ExecuteOptions {
  /** What the devices here are, where the user says so: a plan of another configuration is refused. */
  readonly provider?: string;
  readonly threads?: number;
  /** Whether functions that were measured with other neighbours than the plan has will do. Default: false. */
  readonly anyNeighbours?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Runs a plan on this machine: every device in a process of its own with its threads and cores pinned, all starting
 * together.
 *
 * @returns one row for each device: what was predicted and what was measured
 * @throws UserError if the plan's functions are not of the configuration that it would run in
 */
export async function executePlan(plan: PlanDocument, options: ExecuteOptions = {}): Promise<ExecutionRow[]> {
  const { devices } = plan;
  const sources = devices.map((device) => sourceOf(plan, device.type, device.workload));
  requireSameConfiguration(sources, devices.length, options);
  requireRoomForImages(plan);
  const onCpu = sources.every(({ provider }) => provider === "cpu");
  const cores = onCpu
    ? coresFor(
        sources.map(({ threads }) => threads),
        cpuQuotaCores(),
      )
    : [];
  const scratch = makeScratchFolder();
  try {
    const specs = await deviceSpecs(plan, sources, scratch.path);
    const startedAt = new Date().toISOString();
    const outcomes = await runDevices(specs, cores, options.signal);
    const planId = `${createHash("sha256").update(JSON.stringify(plan)).digest("hex").slice(0, 12)}-${startedAt}`;
    return outcomes.map((outcome, index) => rowOf(plan, planId, startedAt, index, sources, outcome));
  } finally {
    scratch.remove();
  }
}

/**
 * The dataset that a plan's functions come from; of several the first.
 *
 * @throws UserError if none of them was measured
 */
export function datasetOf({ devices, question }: PlanDocument): string {
  const dataset = question.sources.find((source) => source.dataset !== undefined)?.dataset;
  return dataset ?? refuseGiven(devices[0]?.type ?? "");
}

function refuseGiven(type: string): never {
  throw new UserError(
    `plan: device ${type} was not measured here, allowed are devices whose functions come from a sweep's dataset`,
  );
}

function sourceOf({ question }: PlanDocument, type: string, workload: string | undefined): MeasuredSource {
  const source = question.sources.find(
    (known) => known.type === type && (workload ?? known.workload) === known.workload,
  );
  const { dataset, model, model_sha256, provider, threads, concurrent, input_size_px } = source ?? {};
  if (
    dataset === undefined ||
    model === undefined ||
    model_sha256 === undefined ||
    provider === undefined ||
    threads === undefined ||
    concurrent === undefined ||
    input_size_px === undefined
  ) {
    refuseGiven(type);
  }
  const at = { type, workload: source?.workload ?? "", dataset, model, model_sha256 };
  return { ...at, provider, threads, concurrent, input_size_px };
}

function requireSameConfiguration(
  sources: readonly MeasuredSource[],
  devices: number,
  { provider, threads, anyNeighbours }: ExecuteOptions,
): void {
  for (const source of sources) {
    const { type, dataset } = source;
    const refuse = (what: string, measured: number | string, here: number | string) => {
      throw new UserError(`plan: device ${type} was measured with ${what} ${measured} (${dataset}), not ${here}`);
    };
    if (provider !== undefined && provider !== source.provider) refuse("provider", source.provider, provider);
    if (threads !== undefined && threads !== source.threads) refuse("threads", source.threads, threads);
    if (!anyNeighbours && source.concurrent !== devices) {
      throw new UserError(
        `plan: device ${type} was measured with ${source.concurrent} side by side (${dataset}), not ${devices}; measure it with sweep --concurrent ${devices}, or allow it with --any-neighbours`,
      );
    }
  }
}

/** A plan file may have been changed by hand. */
function requireRoomForImages({ devices }: PlanDocument): void {
  for (const [index, { images, mini_batch_size, further_mini_batches, last_mini_batch_size }] of devices.entries()) {
    const room = further_mini_batches * mini_batch_size + (last_mini_batch_size ?? mini_batch_size);
    if (images > room) {
      throw new UserError(`plan: device ${index + 1} has ${images} images, its mini-batches hold at most ${room}`);
    }
  }
}

function rowOf(
  { devices, question }: PlanDocument,
  planId: string,
  startedAt: string,
  index: number,
  sources: readonly MeasuredSource[],
  outcome: DeviceOutcome,
): ExecutionRow {
  const device = devices[index];
  const source = sources[index];
  if (device === undefined || source === undefined) throw new RangeError(`plan has no device ${index + 1}`);
  const done = outcome.status === "done" ? outcome : undefined;
  const { deadline_ms: deadlineMs } = question;
  const unpinned = source.provider === "cpu" && !canPin() ? "not pinned: taskset is missing" : undefined;
  return {
    planId,
    device: index + 1,
    type: device.type,
    inputSizePx: source.input_size_px,
    threads: source.threads,
    concurrent: source.concurrent,
    miniBatchSize: device.mini_batch_size,
    miniBatches: device.further_mini_batches + 1,
    imagesPlanned: device.images,
    imagesDone: done?.imagesDone ?? 0,
    deadlineMs,
    predictedFinishMs: device.finish_ms,
    predictedLowMs: device.finish_low_ms,
    predictedHighMs: device.finish_high_ms,
    measuredFinishMs: done?.finishMs,
    deadline:
      deadlineMs === undefined ? undefined : done !== undefined && done.finishMs <= deadlineMs ? "met" : "missed",
    detail: outcome.status === "failed" ? outcome.detail : unpinned,
    startedAt,
  };
}
