import { distinct } from "../core/distinct.js";
import { groupBy } from "../core/group-by.js";
import { once } from "../core/once.js";
import { onceForEach } from "../core/once-for-each.js";
import { UserError } from "../core/user-error.js";
import { type ImportedProvenance, readDataPackage } from "../dataset/data-package.js";
import { readPart } from "../dataset/part-file.js";
import { readRows } from "../dataset/read-rows.js";
import { readTrials } from "../dataset/read-trials.js";
import { type Run, runsOf } from "../dataset/runs.js";
import {
  inferencesTable,
  type PulseRow,
  pulsesTable,
  type SummaryRow,
  summariesTable,
  type TrialRow,
} from "../dataset/tables.js";
import { deviceName, type RecordedDevice } from "../design/design.js";
import { atHostLevel, levelErrors, pulsesAtHostLevel, timesAtHostLevel } from "./at-host-level.js";
import { boundedBelow } from "./bounded-below.js";
import { CANDIDATE_FORMS, HINGE, ONE_CELL, QUADRATIC_PER_SIZE } from "./candidate-forms.js";
import type { DeviceFit } from "./device-fit.js";
import { deviceNoise } from "./device-noise.js";
import type { Form } from "./form.js";
import { hostLevels } from "./host-levels.js";
import { type InferenceNoise, inferenceNoise } from "./inference-noise.js";
import { lawFitter } from "./law/fit-law.js";
import { machineLogs } from "./machine-effect.js";
import type { NoisyQuantity } from "./noise-levels.js";
import { cellOf, type Observation } from "./observed/observation.js";
import { beginningsOf, meansOf, observationsOf, worstOf } from "./observed-times.js";
import { PERCENTILES, type Percentile } from "./percentile.js";
import { fitQuantity, type QuantityFit } from "./quantity-fit.js";
import { sessionEffect } from "./session-effect.js";
import { sessionLevels } from "./session-levels.js";
import { comparableSessions } from "./sessions-of.js";
import { spellsOf } from "./spells.js";
import { type InferenceTime, type TrialTimes, trialTimes } from "./trial-times.js";
import { unknownQuantity } from "./unknown-quantity.js";

/** What can be varied of fits. */
export interface FitOptions {
  /** The candidates that left-out cells choose from. Default: `CANDIDATE_FORMS`. */
  readonly forms?: readonly Form[];
  /** The only quantity whose candidates they are. Default: all three. */
  readonly quantity?: FittedQuantity;
  /** The trials that count. Default: all, read from the folder. */
  readonly trials?: readonly TrialRow[];
}

/** What is fitted of a device; `latency` is its mean, too. */
export type FittedQuantity = "latency" | "warmup" | "memory";

/**
 * Fits latency, warm-up and memory to a dataset, one result per device configuration that was measured. Each quantity
 * is fitted when it is first asked for.
 *
 * @throws UserError if the folder holds no dataset, or too few trials that ended well
 * @example
 * const line = linearForm("line", [CONSTANT, MINI_BATCH]);
 * const [fit] = fitDataset("data/quick", { forms: [line], quantity: "latency" });
 * fit.latency.chosen.formula;
 */
export function fitDataset(folder: string, options: FitOptions = {}): DeviceFit[] {
  const { provenance } = readDataPackage(folder);
  const { trials = readTrials(folder) } = options;
  const times = once(() => trialTimes(readRows(folder, inferencesTable)));
  const noises = once(() => inferenceNoise(readRows(folder, inferencesTable)));
  const pulses = once(() => readPart(folder, pulsesTable));
  const { imported } = provenance;
  const summaries = imported === undefined ? [] : readPart(folder, summariesTable);
  const byDevice = groupBy(trials, deviceName);
  const measured = provenance.design.devices.filter((device) => byDevice.has(deviceName(device)));
  return (measured.length > 0 ? measured : provenance.design.devices).map((device) =>
    fitTrials(
      device,
      provenance.design.memory_limit_mib,
      byDevice.get(deviceName(device)) ?? [],
      { times, noises, pulses, runs: runsOf(provenance), idleMs: provenance.design.idle_ms ?? 0, imported, summaries },
      options,
    ),
  );
}

/** How trials were measured. */
export interface MeasuredHow extends Pick<FitOptions, "forms" | "quantity"> {
  /** The runs of the sweep, which say the versions that the trials ran with. */
  readonly runs?: readonly Run[];
  /** How long each process stayed idle before it loaded the model. */
  readonly idleMs?: number;
  /** How fast the machine was around them. */
  readonly pulses?: readonly PulseRow[];
  /** Where they come from, if others measured them, and what those say of them. */
  readonly imported?: ImportedProvenance;
  readonly summaries?: readonly SummaryRow[];
}

/**
 * Fits latency, warm-up and memory to the trials of one device configuration.
 *
 * @param inferences all inferences of the trials, read only if the worst of them are asked for
 * @throws UserError if no trial ended well, or too few different cells
 */
export function fitDevice(
  device: RecordedDevice,
  memoryLimitMib: number | undefined,
  trials: readonly TrialRow[],
  inferences: () => Iterable<InferenceTime>,
  { runs = [], idleMs = 0, pulses = [], imported, summaries = [], ...options }: MeasuredHow = {},
): DeviceFit {
  const times = once(() => trialTimes(inferences()));
  const noises = once(() => inferenceNoise(inferences()));
  const context = { times, noises, pulses: () => pulses, runs, idleMs, imported, summaries };
  return fitTrials(device, memoryLimitMib, trials, context, options);
}

/** What is known of trials beside their rows. */
interface TrialContext {
  readonly times: () => ReadonlyMap<string, TrialTimes>;
  readonly noises: () => ReadonlyMap<string, InferenceNoise>;
  readonly pulses: () => readonly PulseRow[];
  readonly runs: readonly Run[];
  readonly idleMs: number;
  readonly imported: ImportedProvenance | undefined;
  readonly summaries: readonly SummaryRow[];
}

function fitTrials(
  device: RecordedDevice,
  memoryLimitMib: number | undefined,
  trials: readonly TrialRow[],
  context: TrialContext,
  { forms = CANDIDATE_FORMS, quantity, host }: Pick<FitOptions, "forms" | "quantity"> & { readonly host?: string },
): DeviceFit {
  const formsOf = (fitted: FittedQuantity) => (quantity === undefined || quantity === fitted ? forms : CANDIDATE_FORMS);
  const { noises, runs, idleMs, imported, summaries } = context;
  const ended = trials.filter(({ status }) => status === "ok");
  if (ended.length === 0) throw new UserError(`fit of ${deviceName(device)}: no trial of it ended well`);
  const hosts = hostLevels(ended);
  const ok = atHostLevel(ended, hosts, host);
  const times = once(() => timesAtHostLevel(context.times(), ended, hosts, host));
  const pulses = once(() => pulsesAtHostLevel(context.pulses(), ended, hosts));
  const exceeding = trials.filter(({ status }) => status === "out_of_memory");
  const lawOf = lawFitter({ unrepeated: imported !== undefined });
  const summaryOf = new Map(summaries.map((summary) => [summary.trialId, summary]));
  const noise = once(() => deviceNoise(ok, noises(), idleMs, runs, pulses()));
  const machine = {
    latency: machineLogs(ok, pulses(), "steadyMedianMs"),
    warmup: machineLogs(ok, pulses(), "firstInferenceMs"),
  };
  const spells = once(() => ({
    latency: spellsOf(ok, "steadyMedianMs", machine.latency),
    warmup: spellsOf(ok, "firstInferenceMs", machine.warmup),
  }));
  const fitted = (quantity: FittedQuantity, name: string, observations: readonly Observation[]) =>
    observations.length === 0 && imported !== undefined
      ? unknownQuantity(name)
      : fitQuantity(name, observations, formsOf(quantity), lawOf);
  const onDevice = ok.some(({ devicePeakMemoryMib }) => devicePeakMemoryMib !== undefined);
  const peaks = observe(ok, onDevice ? "devicePeakMemoryMib" : "peakMemoryMib");
  const byPercentile = onceForEach((percentile: Percentile) => {
    const name = `p${percentile}_latency_ms`;
    const observations = observationsOf(ok, ({ trialId }) => summaryOf.get(trialId)?.[PERCENTILES[percentile]]);
    return observations.length < ok.length ? undefined : fitQuantity(name, observations, formsOf("latency"), lawOf);
  });
  return {
    device,
    latency: fitQuantity("latency_ms", observe(ok, "steadyMedianMs", machine.latency), formsOf("latency"), lawOf),
    warmup: fitted("warmup", "warmup_ms", observe(ok, "firstInferenceMs", machine.warmup)),
    memory:
      imported !== undefined && peaks.length === 0
        ? unknownQuantity("peak_memory_mib")
        : fitMemory(peaks, exceeding, memoryLimitMib, formsOf("memory"), lawOf),
    sessions: sessionLevels(ended, runs),
    hosts,
    ofHost: onceForEach((name: string) => {
      if (hosts.some((level) => level.host === name)) {
        return fitTrials(device, memoryLimitMib, trials, context, { forms, ...(quantity && { quantity }), host: name });
      }
      const known = hosts.map((level) => level.host).join(", ");
      throw new UserError(`host ${name}: no trial of ${deviceName(device)} ended well on it, allowed are ${known}`);
    }),
    runs: comparableSessions(ok),
    loadMs: ok.flatMap(({ loadMs }) => loadMs ?? []),
    memoryLimitMib,
    measuredMiniBatches: new Map(
      [...groupBy(ok, ({ inputSizePx }) => inputSizePx)]
        .sort(([a], [b]) => a - b)
        .map(([size, rows]) => [size, distinct(rows.map(({ miniBatchSize }) => miniBatchSize))]),
    ),
    outOfMemory: new Map(
      [...groupBy(exceeding, ({ inputSizePx }) => inputSizePx)].map(([size, rows]) => [
        size,
        Math.min(...rows.map(({ miniBatchSize }) => miniBatchSize)),
      ]),
    ),
    worstObserved: once(() => worstOf(ok, times())),
    meanLatency: once(() =>
      fitQuantity("mean_latency_ms", meansOf(ok, times(), machine.latency, summaryOf), formsOf("latency"), lawOf),
    ),
    beginning: once(() => fitted("warmup", "beginning_ms", beginningsOf(ok, times(), machine.warmup))),
    percentileLatency: byPercentile,
    powerW: new Map(
      ok.flatMap((trial) => {
        const watts = summaryOf.get(trial.trialId)?.powerW;
        return watts === undefined ? [] : [[cellOf(trial), watts] as const];
      }),
    ),
    imported,
    noise,
    spells,
    sessionEffect: once(() => sessionEffect(ok, noise, spells(), levelErrors(ended, hosts, host))),
  };
}

/**
 * Trials that exceeded the limit bound the memory function, which must grow with the mini-batch: no quadratic form, no
 * hinge. A single cell says nothing of larger ones, so nothing bounds it.
 */
function fitMemory(
  observations: readonly Observation[],
  exceeding: readonly TrialRow[],
  memoryLimitMib: number | undefined,
  candidates: readonly Form[],
  lawOf: ReturnType<typeof lawFitter>,
): QuantityFit {
  const bounds =
    memoryLimitMib === undefined
      ? []
      : exceeding.map(({ inputSizePx, miniBatchSize }) => ({ inputSizePx, miniBatchSize, value: memoryLimitMib }));
  const forms = candidates.filter((form) => form !== QUADRATIC_PER_SIZE && form !== HINGE);
  return fitQuantity(
    "peak_memory_mib",
    observations,
    forms.map((form) => (form === ONE_CELL ? form : boundedBelow(form, bounds))),
    lawOf,
  );
}

function observe(
  trials: readonly TrialRow[],
  key: NoisyQuantity,
  knownLogs?: ReadonlyMap<string, number>,
): Observation[] {
  return observationsOf(trials, ({ [key]: value }) => value, knownLogs);
}
