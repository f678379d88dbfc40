import { z } from "zod";
import { STARTS } from "../question/device-type.js";
import { BILLINGS, OBJECTIVES, type PlanProblem } from "../question/plan-problem.js";
import { hasNamedWorkloads, type PlanOutcome } from "./plan-outcome.js";

export const PLAN_CLASSES = ["soft", "relaxed", "hard", "best-effort"] as const;
export type PlanClass = (typeof PLAN_CLASSES)[number];

const sourceSchema = z.object({
  type: z.string(),
  workload: z.string(),
  /** Missing where the functions were given. */
  dataset: z.string().optional(),
  /** The published measurements that they are of, by their number in the catalogue. */
  published: z.string().optional(),
  model: z.string().optional(),
  model_sha256: z.string().optional(),
  provider: z.string().optional(),
  threads: z.number().optional(),
  concurrent: z.number().optional(),
  host: z.string().optional(),
  input_size_px: z.number().optional(),
  /** What stands for steady inferences. Missing: the median. */
  latency: z.enum(["mean", "p90", "p95", "p99"]).optional(),
});
/** Where the functions of a device type for a workload come from. */
export type FunctionSource = z.infer<typeof sourceSchema>;

const plannedDeviceSchema = z.object({
  type: z.string(),
  workload: z.string().optional(),
  mini_batch_size: z.int().min(1),
  further_mini_batches: z.int().min(0),
  last_mini_batch_size: z.int().min(1).optional(),
  images: z.int().min(1),
  finish_ms: z.number(),
  /** 90 % prediction interval of the finish, where the functions were measured. */
  finish_low_ms: z.number().optional(),
  finish_high_ms: z.number().optional(),
});

const questionSchema = z.object({
  class: z.enum(PLAN_CLASSES),
  objective: z.enum(OBJECTIVES),
  workloads: z.array(z.object({ name: z.string(), images: z.number() })),
  deadline_ms: z.number().optional(),
  start: z.enum(STARTS),
  billing: z.enum(BILLINGS).optional(),
  /** That all devices of the plan stay within their times, and for how many devices the times are. */
  confidence: z.object({ probability: z.number(), devices: z.int().min(1) }).optional(),
  sources: z.array(sourceSchema),
});
/** What was asked, and of which functions. */
export type PlanQuestion = z.infer<typeof questionSchema>;

/**
 * Of the document. In the first version, which did not say so, `mini_batches` were those after a device's first one.
 */
const VERSION = 2;

/** The part of a plan's JSON document that its execution needs. */
export const planDocumentSchema = z.preprocess(
  fromFirstVersion,
  z.object({
    version: z.literal(VERSION, { error: ({ input }) => `${input}, allowed are 1 and ${VERSION}` }),
    status: z.enum(["optimal", "feasible"], "only a plan that was found can be executed"),
    devices: z.array(plannedDeviceSchema).min(1, "allowed is at least one"),
    question: questionSchema,
  }),
);
/** A plan as `batchwise plan --json` writes it, as far as its execution needs it. */
export type PlanDocument = z.infer<typeof planDocumentSchema>;

function fromFirstVersion(document: unknown): unknown {
  if (!isRecord(document) || !(document.version === undefined || document.version === 1)) return document;
  const { devices } = document;
  return {
    ...document,
    version: VERSION,
    ...(Array.isArray(devices) && {
      devices: devices.map((device) =>
        isRecord(device) ? { ...device, further_mini_batches: device.mini_batches } : device,
      ),
    }),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * A 90 % prediction interval of the time at which each planned device finishes, in the plan's order; undefined where
 * none is known.
 */
export type FinishIntervals = readonly ({ readonly lowMs: number; readonly highMs: number } | undefined)[];

/** A plan as one JSON object. */
export function planAsJson(outcome: PlanOutcome, question?: PlanQuestion, intervals?: FinishIntervals) {
  const asked = question && { question };
  if (outcome.status === "infeasible") {
    const { status, reason, mostImages, feasibleTimeUs, feasibleDevices } = outcome;
    return {
      version: VERSION,
      status,
      reason,
      most_images: mostImages,
      ...(feasibleTimeUs !== undefined && { feasible_time_ms: feasibleTimeUs / 1000 }),
      ...(feasibleDevices && { feasible_devices: feasibleDevices }),
      ...asked,
    };
  }
  const { status, devices, images, finishUs, cost, energyJ, solver, proven, bound } = outcome;
  const named = hasNamedWorkloads(devices);
  return {
    version: VERSION,
    status,
    objective: {
      devices: devices.length,
      images,
      finish_ms: finishUs / 1000,
      ...(cost !== undefined && { cost }),
      ...(energyJ !== undefined && { energy_j: energyJ }),
      ...(outcome.paperObjective !== undefined && { paper_objective: outcome.paperObjective }),
    },
    devices: devices.map((device, index) => ({
      type: device.type,
      ...(named && { workload: device.workload }),
      mini_batch_size: device.miniBatchSize,
      further_mini_batches: device.furtherMiniBatches,
      ...(device.lastMiniBatchSize !== undefined && { last_mini_batch_size: device.lastMiniBatchSize }),
      images: device.images,
      finish_ms: device.finishUs / 1000,
      ...intervalOf(intervals, index),
    })),
    solver,
    proven,
    ...(bound !== undefined && { bound }),
    ...(outcome.earliestProven !== undefined && { earliest_proven: outcome.earliestProven }),
    ...asked,
  };
}

function intervalOf(intervals: FinishIntervals | undefined, index: number) {
  const interval = intervals?.[index];
  return interval && { finish_low_ms: interval.lowMs, finish_high_ms: interval.highMs };
}

/** The question behind a problem. */
export function questionOf(
  planClass: PlanClass,
  { objective, workloads, timeUs, billing }: PlanProblem,
  start: PlanQuestion["start"],
  sources: readonly FunctionSource[],
): PlanQuestion {
  return {
    class: planClass,
    objective,
    workloads: workloads.map(({ name, images }) => ({ name, images })),
    ...(timeUs !== "none" && { deadline_ms: timeUs / 1000 }),
    start,
    ...(billing && { billing }),
    sources: [...sources],
  };
}
