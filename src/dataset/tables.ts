import { RECORDED_PROVIDERS } from "../design/design.js";
import { integer, number, oneOf, optional, type RowOf, type Table, text } from "./table.js";

/** How a trial can end. */
export const TRIAL_STATUSES = ["ok", "out_of_memory", "timeout", "crashed", "unsupported", "skipped"] as const;
/** How a trial ended. */
export type TrialStatus = (typeof TRIAL_STATUSES)[number];

/** What a trial that ended so may be measured again for: it says nothing of the cell. */
export const RETRIED_STATUSES = ["crashed", "timeout"] as const satisfies readonly TrialStatus[];
export type RetriedStatus = (typeof RETRIED_STATUSES)[number];

export const PHASES = ["idle", "load", "first", "steady"] as const;
export type Phase = (typeof PHASES)[number];

const inputSizePx = integer(
  "input_size_px",
  "Height and width of an image; of one that is not square the side of the square with as many pixels, rounded",
  { unit: "px" },
);

const trialId = text(
  "trial_id",
  "The trial: device configuration, input size, mini-batch size and number of trial; `-attempt-2` if it was repeated",
);

/** Makes the compiler infer a table's row type from its columns. */
function define<Row>(table: Table<Row>): Table<Row> {
  return table;
}

/** The table of trials: what was measured, and how each trial ended. */
export const trialsTable = define({
  name: "trials",
  description:
    "One row per trial: one fresh process that measured one cell, or the reason why it did not. Of several attempts at a trial the last one counts",
  primaryKey: ["trialId"],
  belongsToTrial: false,
  columns: {
    trialId,
    runId: text("run_id", "The run of the sweep that measured it: a resumed sweep has several"),
    host: text("host", "A hash that tells machines apart without naming them"),
    model: text("model", "The name of the model"),
    provider: oneOf("provider", RECORDED_PROVIDERS, "The execution provider"),
    threads: optional(integer("threads", "Threads of one operator", { unit: "1" })),
    concurrent: integer("concurrent", "Devices that ran the cell side by side, the measured one included", {
      unit: "1",
    }),
    inputSizePx,
    miniBatchSize: integer("mini_batch_size", "Images in one inference", { unit: "1" }),
    trial: integer("trial", "The number of the trial within its cell, from 1", { unit: "1" }),
    startedAt: optional(text("started_at", "When the trial started (ISO 8601, UTC)")),
    loadMs: optional(number("load_ms", "Creating the session from the model file", { unit: "ms" })),
    firstInferenceMs: optional(
      number("first_inference_ms", "The first inference: the warm-up time W", { unit: "ms", positive: true }),
    ),
    steadyMedianMs: optional(
      number("steady_median_ms", "The median of the steady inferences: the latency L", { unit: "ms", positive: true }),
    ),
    steadyMadMs: optional(
      number("steady_mad_ms", "The median absolute deviation of the steady inferences, unscaled", { unit: "ms" }),
    ),
    inferences: optional(integer("inferences", "Inferences measured, the first one included", { unit: "1" })),
    stoppedBy: optional(
      oneOf("stopped_by", ["interval", "max_inferences", "max_steady_ms"], "What ended the steady inferences"),
    ),
    relativeHalfWidth: optional(
      number(
        "relative_half_width",
        "Half width of the 95 % confidence interval of the median, autocorrelation counted in, over the median",
        {
          unit: "1",
        },
      ),
    ),
    peakMemoryMib: optional(
      number("peak_memory_mib", "High-water mark of resident memory from the idle phase on", { unit: "MiB" }),
    ),
    idleMemoryMib: optional(
      number("idle_memory_mib", "Resident memory while idle, with the mini-batch's tensor and before the model", {
        unit: "MiB",
      }),
    ),
    devicePeakMemoryMib: optional(
      number("device_peak_memory_mib", "Largest GPU memory of the process that was sampled", { unit: "MiB" }),
    ),
    status: oneOf("status", TRIAL_STATUSES, "How the trial ended"),
    detail: optional(text("detail", "Why, when the status is not ok")),
    cautions: optional(text("cautions", "Reasons to distrust the trial, separated by semicolons")),
  },
});
/** A row of the table of trials. */
export type TrialRow = RowOf<typeof trialsTable>;

/** The table of inferences: when each one started, and how long it took. */
export const inferencesTable = define({
  name: "inferences",
  description: "One row per inference",
  primaryKey: ["trialId", "iteration"],
  belongsToTrial: true,
  columns: {
    trialId,
    iteration: integer("iteration", "0 is the first inference, later ones are steady", { unit: "1" }),
    startedMs: optional(
      number("started_ms", "Start of the inference since the start of the idle phase", { unit: "ms" }),
    ),
    latencyMs: number("latency_ms", "From the call until the outputs are in host memory", {
      unit: "ms",
      positive: true,
    }),
  },
});
/** A row of the table of inferences. */
export type InferenceRow = RowOf<typeof inferencesTable>;

/** The table of prepared mini-batches: what decoding, resizing and normalising took. */
export const imagesTable = define({
  name: "images",
  description: "One row per mini-batch that was prepared, so that preparation is never hidden inside latency",
  primaryKey: ["trialId"],
  belongsToTrial: true,
  columns: {
    trialId,
    images: integer("images", "Images in the mini-batch", { unit: "1" }),
    source: oneOf("source", ["dummy", "folder"], "Made by the project, or the user's own"),
    decodeMs: number("decode_ms", "Decoding all images of the mini-batch from their files", { unit: "ms" }),
    resizeMs: number("resize_ms", "Resizing all images to the input size", { unit: "ms" }),
    tensorMs: number("tensor_ms", "Normalising all pixels into the tensor", { unit: "ms" }),
  },
});
/** A row of the table of prepared mini-batches. */
export type ImagesRow = RowOf<typeof imagesTable>;

/** The table of pulses: how fast the machine was before and after each trial. */
export const pulsesTable = define({
  name: "pulses",
  description:
    "One row per trial of which it is known how fast the machine was just then: a kept process ran the same small inference (EfficientNet-B0, 96 px, one image) for some 75 ms",
  primaryKey: ["trialId"],
  belongsToTrial: true,
  columns: {
    trialId,
    pulseBeforeMs: optional(
      number("pulse_before_ms", "The median of the small inference's latencies before the trial", { unit: "ms" }),
    ),
    pulseAfterMs: optional(number("pulse_after_ms", "The same after the trial", { unit: "ms" })),
    touchUsPerPage: optional(
      number("touch_us_per_page", "Touching a page of 4 KiB of fresh memory for the first time, over 32 MiB", {
        unit: "us",
      }),
    ),
  },
});
/** A row of the table of pulses. */
export type PulseRow = RowOf<typeof pulsesTable>;

/** Why a sweep that measures until something is known chose a trial. */
export const CHOICE_REASONS = [
  "first look",
  "memory edge",
  "leader",
  "challenger",
  "interval too wide",
  "verdict open",
] as const;
/** Why a trial was chosen. */
export type ChoiceReason = (typeof CHOICE_REASONS)[number];

/** The table of choices: why each trial was measured by a sweep that chooses. */
export const choicesTable = define({
  name: "choices",
  description:
    "One row per trial that `sweep --until` chose: what for, why this one, and how the question stood then. A trial that is not in it was measured because the design says so",
  primaryKey: ["trialId"],
  belongsToTrial: true,
  columns: {
    trialId,
    question: text("question", "What the sweep measured until"),
    reason: oneOf("reason", CHOICE_REASONS, "Why this trial"),
    because: text("because", "The same in words"),
    answerMiniBatchSize: optional(
      integer(
        "answer_mini_batch_size",
        "The mini-batch size of the answer as it was before the trial; of several devices or input sizes the one for those of the trial",
        { unit: "1" },
      ),
    ),
    probability: optional(
      number(
        "probability",
        "The probability, before the trial, that no other candidate is better by more than the indifference",
        { unit: "1" },
      ),
    ),
    tookMs: number("took_ms", "All of the trial, from its choice to its end: what it takes of the budget", {
      unit: "ms",
    }),
  },
});
/** A row of the table of choices. */
export type ChoiceRow = RowOf<typeof choicesTable>;

const percentile = (header: string, share: string) =>
  optional(number(header, `${share} of the steady inferences take no longer`, { unit: "ms" }));

/** What a summary's latency may be taken from. */
export const LATENCY_ORIGINS = ["inferences", "throughput", "mean", "median"] as const;

/** The table of summaries: what others say of trials that they measured. */
export const summariesTable = define({
  name: "summaries",
  description:
    "One row per trial that others measured: what their tool or table says of its steady inferences. Empty is what it does not say",
  primaryKey: ["trialId"],
  belongsToTrial: true,
  columns: {
    trialId,
    latencyMs: number("latency_ms", "The latency of a steady mini-batch that stands for the trial", { unit: "ms" }),
    latencyFrom: oneOf(
      "latency_from",
      LATENCY_ORIGINS,
      "What that is: the mean of recorded inferences, mini-batch over throughput, the mean or the median that was given",
    ),
    meanMs: optional(
      number("mean_ms", "The mean as it was given; it may hold the first, slow inferences", { unit: "ms" }),
    ),
    p50Ms: percentile("p50_ms", "Half"),
    p90Ms: percentile("p90_ms", "Nine tenths"),
    p95Ms: percentile("p95_ms", "95 %"),
    p99Ms: percentile("p99_ms", "99 %"),
    imagesPerS: optional(number("images_per_s", "Images in a second, as it was given", { unit: "1/s" })),
    powerW: optional(number("power_w", "Power under load", { unit: "W" })),
    idlePowerW: optional(number("idle_power_w", "Power while nothing runs", { unit: "W" })),
  },
});
/** A row of the table of summaries. */
export type SummaryRow = RowOf<typeof summariesTable>;

/** The table of executed plans: what was predicted of each device, and what was measured. */
export const executionsTable = define({
  name: "executions",
  description: "One row per executed plan and device: what was predicted and what was measured",
  primaryKey: ["planId", "device"],
  belongsToTrial: false,
  columns: {
    planId: text("plan_id", "The executed plan"),
    device: integer("device", "The device within the plan, from 1", { unit: "1" }),
    type: text("type", "The device's type"),
    inputSizePx,
    threads: integer("threads", "Threads of one operator", { unit: "1" }),
    concurrent: integer("concurrent", "Devices side by side when the functions of the plan were measured", {
      unit: "1",
    }),
    miniBatchSize: integer("mini_batch_size", "Images in one inference", { unit: "1" }),
    miniBatches: integer("mini_batches", "Mini-batches that ran, the first one included", { unit: "1" }),
    imagesPlanned: integer("images_planned", "Images that the plan gives the device", { unit: "1" }),
    imagesDone: integer("images_done", "Images that were classified", { unit: "1" }),
    deadlineMs: optional(number("deadline_ms", "The time that the plan had; empty for best effort", { unit: "ms" })),
    predictedFinishMs: number("predicted_finish_ms", "When the plan said the device would finish", { unit: "ms" }),
    predictedLowMs: optional(
      number("predicted_low_ms", "Lower end of the 90 % prediction interval of the finish", { unit: "ms" }),
    ),
    predictedHighMs: optional(
      number("predicted_high_ms", "Upper end of the 90 % prediction interval of the finish", { unit: "ms" }),
    ),
    measuredFinishMs: optional(number("measured_finish_ms", "When it did, from the common start", { unit: "ms" })),
    deadline: optional(
      oneOf("deadline", ["met", "missed"], "Whether the device finished in time; empty without a deadline"),
    ),
    detail: optional(text("detail", "What went wrong, if anything")),
    startedAt: text("started_at", "When the execution started (ISO 8601, UTC)"),
  },
});
/** A row of the table of executed plans. */
export type ExecutionRow = RowOf<typeof executionsTable>;
