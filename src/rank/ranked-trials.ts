import { counted } from "../core/counted.js";
import { UserError } from "../core/user-error.js";
import type { TrialFeatureColumn, TrialFeatures } from "../dataset/read-trial-features.js";
import type { PulseRow, TrialRow } from "../dataset/tables.js";
import { deviceName } from "../design/design.js";
import type { DropReason, FeatureColumn } from "./feature-matrix.js";

/** Fewer rows say nothing of hundreds of features. */
const LEAST_TRIALS = 20;

/**
 * The trials of a dataset whose warm-up is ranked: those that ended well and of which the clock saw something, of one
 * device or of all.
 *
 * @throws UserError if there is no such device, or there are too few of them
 */
export function trialsToRank(folder: string, all: readonly TrialRow[], device: string | undefined): TrialRow[] {
  const names = [...new Set(all.map(deviceName))];
  if (device !== undefined && !names.includes(device)) {
    throw new UserError(`ranking of ${folder}: it has no device ${device}, allowed are ${names.join(", ")}`);
  }
  const trials = all.filter(
    (trial) =>
      trial.status === "ok" &&
      (trial.firstInferenceMs ?? 0) > 0 &&
      (device === undefined || deviceName(trial) === device),
  );
  if (trials.length < LEAST_TRIALS) {
    const of = device === undefined ? "" : ` of ${device}`;
    throw new UserError(
      `ranking of ${folder}: ${counted(trials.length, "trial")}${of} ended well, required are ${LEAST_TRIALS}`,
    );
  }
  return trials;
}

/**
 * A number for each trial's cell, the same for trials of the same one.
 *
 * @param within what else tells cells apart, e.g. the host
 */
export function cellNumbers(trials: readonly TrialRow[], within: (trial: TrialRow) => string = () => ""): number[] {
  const numbers = new Map<string, number>();
  return trials.map((trial) => {
    const cell = `${deviceName(trial)} ${trial.inputSizePx} ${trial.miniBatchSize} ${within(trial)}`;
    const number = numbers.get(cell) ?? numbers.size;
    numbers.set(cell, number);
    return number;
  });
}

/**
 * Shape first, so that it represents what is proportional to it; then what is known beforehand; then the rest.
 *
 * @param pulses of the trials; where there are none, they are no columns
 */
export function featureColumns(
  trials: readonly TrialRow[],
  features: TrialFeatures,
  pulses: readonly PulseRow[],
): FeatureColumn[] {
  const pulseOf = new Map(pulses.map((pulse) => [pulse.trialId, pulse]));
  const rowOf = new Map(features.trialIds.map((trialId, row) => [trialId, row]));
  const known = (name: string, value: (trial: TrialRow) => number | undefined): FeatureColumn => ({
    name,
    knownBefore: true,
    values: trials.map(value),
  });
  const sampled = features.columns
    .map((column, index) => ({ column, index }))
    .filter(({ column }) => reasonToExclude(column) === undefined)
    .map(({ column: { name, knownBefore, feature }, index }) => ({
      name,
      knownBefore,
      order: feature.scope === "model" ? 0 : knownBefore ? 1 : 2,
      values: trials.map(({ trialId }) => features.values[rowOf.get(trialId) ?? -1]?.[index]),
    }));
  return [
    ...sampled.filter(({ order }) => order === 0),
    known("trial/threads", ({ threads }) => threads),
    known("trial/concurrent", ({ concurrent }) => concurrent),
    known("trial/load_ms", ({ loadMs }) => loadMs),
    ...(pulses.length === 0
      ? []
      : [
          known("pulse/before_ms", ({ trialId }) => pulseOf.get(trialId)?.pulseBeforeMs),
          known("pulse/touch_us_per_page", ({ trialId }) => pulseOf.get(trialId)?.touchUsPerPage),
        ]),
    ...sampled.filter(({ order }) => order === 1),
    ...sampled.filter(({ order }) => order === 2),
  ];
}

/** What the process holds before the first inference is the model that was loaded and the mini-batch that was made. */
export function isOfHarness({ feature, statistic }: TrialFeatureColumn): boolean {
  return statistic === "before" && feature.kind === "gauge" && ["process", "runtime"].includes(feature.scope);
}

/** What counts time in disguise: the timer ticks while an inference runs, and it is most of all interrupts. */
const CLOCKS = /^(interrupts\/timer|cpu\/interrupts|cpu\/softirq_timer)/;
const TIME_UNITS = ["s", "ms", "us", "ns"];

/**
 * Columns that can't explain a time, because they are that time in other words: what counts time over the first
 * inference; how a rate over it differs from the one before, which is its reciprocal; what a counter has reached
 * afterwards, since it has counted the first inference, too; and the monitor's own work.
 */
export function reasonToExclude({ name, feature, statistic }: TrialFeatureColumn): DropReason | undefined {
  if (name.startsWith("monitor/")) return "of the monitor itself";
  if (statistic === "first_change") {
    if (feature.kind === "rate") return "change of a rate";
    const countsTime = feature.kind === "counter" && TIME_UNITS.includes(feature.unit);
    return countsTime || CLOCKS.test(name) ? "counts the time itself" : undefined;
  }
  // Before the first inference a counter of the process tells of its loading, one of the machine of its uptime.
  const ofLoading = statistic === "before" && feature.scope !== "machine";
  return feature.kind === "counter" && !ofLoading ? "level of a counter" : undefined;
}
