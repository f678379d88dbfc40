import { UserError } from "../../src/core/user-error.js";
import type { DecisionQuestion } from "../../src/decide/decision-question.js";
import type { PlanPart } from "../../src/decide/plan-part.js";
import { type Design, deviceName, miniBatchSizesAt } from "../../src/design/design.js";
import type { DeviceEntry, MeasuredFunctions } from "../../src/plan/question/device-entry.js";
import type { AskedPlan } from "./plan-words.js";

/** What of a fleet is to be measured: the functions of a device for a workload. */
export interface MeasuredPlace {
  readonly entry: DeviceEntry;
  readonly source: MeasuredFunctions;
  readonly workload: string;
  readonly inputSizePx: number;
}

/**
 * The mini-batch size of one of its devices at an input size, as what a sweep of a design decides.
 *
 * @throws UserError if the design does not have the input size, the device or a mini-batch size that it may run
 */
export function partOf(
  design: Design,
  asked: AskedPlan,
  { entry, source, workload, inputSizePx }: MeasuredPlace,
): Omit<PlanPart, "devices" | "question"> & { readonly question: Omit<DecisionQuestion, "indifference"> } {
  const { flags, question } = asked;
  if (!design.input_sizes_px.includes(inputSizePx)) {
    const named = flags.size === undefined ? `input size ${inputSizePx}` : `--size ${inputSizePx}`;
    const allowed = design.input_sizes_px.join(", ");
    throw new UserError(`--until: ${named}: design ${design.name} does not have it, allowed are ${allowed}`);
  }
  const { timeMs = Number.POSITIVE_INFINITY, maxLatency, start = "loaded" } = question;
  const { max_mini_batch_size: maxMiniBatchSize = Number.POSITIVE_INFINITY } = source;
  const sizes = miniBatchSizesAt(design, inputSizePx);
  const device = `--until: device ${entry.name}`;
  if (sizes.every((size) => size > maxMiniBatchSize)) {
    const allowed = `design ${design.name} has ${sizes.join(", ")}`;
    throw new UserError(`${device}: max_mini_batch_size ${maxMiniBatchSize}: ${allowed}`);
  }
  if (source.host !== undefined) {
    throw new UserError(`${device}: host ${source.host}: allowed is none, this machine measures`);
  }
  return {
    ...{ inputSizePx, device: deviceOf(design, source), start },
    ...(Number.isFinite(maxMiniBatchSize) && { maxMiniBatchSize }),
    question: {
      objective: "images" as const,
      timeMs,
      images: timeMs === Number.POSITIVE_INFINITY ? imagesOf(asked, workload) : 0,
      maxUses: entry.maxUses,
      maxLatencyMs: (maxLatency?.limitUs ?? Number.POSITIVE_INFINITY) / 1000,
      ...(maxLatency?.confidence !== undefined && { maxLatencyShare: maxLatency.confidence }),
    },
  };
}

/** How many images of a workload are asked for; 0 where as many as possible are. */
export function imagesOf({ question: { images = 0 } }: AskedPlan, workload: string): number {
  return typeof images === "number" ? images : (images[workload] ?? 0);
}

/** The first device of a design that is as the question wants it, which is that of the plan, too. */
function deviceOf(design: Design, { provider, threads, concurrent }: MeasuredFunctions) {
  const device = design.devices.find(
    (candidate) =>
      (provider === undefined || candidate.provider === provider) &&
      (threads === undefined || candidate.threads === threads) &&
      (concurrent === undefined || candidate.concurrent === concurrent),
  );
  if (device !== undefined) return device;
  throw new UserError(
    `--until: design ${design.name} has no such device, allowed are ${design.devices.map(deviceName).join(", ")}`,
  );
}
