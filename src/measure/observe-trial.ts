import type { DeviceConfiguration } from "../design/design.js";
import { cautionsFrom, SAMPLER_RESTARTED } from "../hardware/cautions.js";
import { openGpuMemory } from "../hardware/nvidia/gpu-memory.js";
import type { Feature } from "../hardware/reading/feature.js";
import type { HardwareMonitor } from "../hardware/sampling/monitor.js";
import { openProbe, probeFeatures } from "../hardware/sampling/probe.js";
import type { UnavailableFeature } from "../hardware/sampling/recorder.js";
import { allowedCores, coresFor } from "../processes/pinning.js";
import { besideCompanions } from "./companions.js";
import { runTrial, type TrialOptions, type TrialOutcome } from "./trial.js";
import type { TrialSpec } from "./trial-protocol.js";
import type { StampedSample } from "./trial-record.js";

/** All features that either instrument sees, each once. */
export function observedFeatures(monitor: HardwareMonitor): Feature[] {
  const byName = new Map([...monitor.features, ...probeFeatures()].map((feature) => [feature.name, feature]));
  return [...byName.values()];
}

/**
 * Why features have no value on this machine, or had none in a trial so far. What the probe can't read in a trial's
 * process it can't read in this one either, so it is asked here, where nothing is measured.
 *
 * @param known those of earlier runs
 */
export function unavailableFeatures(
  monitor: HardwareMonitor,
  known: readonly UnavailableFeature[] = [],
): UnavailableFeature[] {
  const probe = openProbe();
  probe.snapshot();
  probe.snapshot();
  const missing = new Set(monitor.unavailable.map(({ name }) => name));
  const seen = new Set(monitor.features.flatMap(({ name }) => (missing.has(name) ? [] : [name])));
  const all = [...known.filter(({ name }) => !seen.has(name)), ...probe.unavailable(), ...monitor.unavailable];
  probe.close();
  return [...new Map(all.map((feature) => [feature.name, feature])).values()];
}

/** A trial's outcome, what the instruments saw in the order of time, and what they hold against it. */
export interface ObservedTrial {
  readonly outcome: TrialOutcome;
  readonly samples: readonly StampedSample[];
  readonly cautions: readonly string[];
}

/**
 * Runs a trial of a device configuration, on cores of its own where it needs fewer than there are. Where it has several
 * devices side by side, the others run the cell all the while; a trial during which one of them ended is no measurement
 * of the configuration and gets its failure.
 */
export async function observeTrial(
  monitor: HardwareMonitor,
  spec: TrialSpec,
  device: DeviceConfiguration,
  options: TrialOptions,
): Promise<ObservedTrial> {
  const { threads, concurrent } = device;
  const [cores, ...others] = coresOfEach(device);
  const pinnedOptions = { ...options, ...(cores && { cores }) };
  if (concurrent === 1) return observeAlone(monitor, spec, pinnedOptions);
  const { result, failure } = await besideCompanions(spec, others, options, () =>
    observeAlone(monitor, spec, pinnedOptions, (concurrent - 1) * threads),
  );
  const observed = result ?? { outcome: NOTHING_TOLD, samples: [], cautions: [] };
  return failure === undefined ? observed : { ...observed, outcome: { ...observed.outcome, ...failure } };
}

/** The cores of each device of a configuration; undefined where they use all. */
export function coresOfEach({ provider, threads, concurrent }: DeviceConfiguration): (readonly number[] | undefined)[] {
  const pinned = provider === "cpu" && (concurrent > 1 || threads < allowedCores().length);
  return pinned ? coresFor(new Array(concurrent).fill(threads)) : new Array(concurrent).fill(undefined);
}

/** The outcome of a trial that was not started. */
const NOTHING_TOLD: TrialOutcome = { status: "crashed", phases: [], inferences: [], probes: [], seenMemoryMib: 0 };

/** Runs a trial while the sampler watches its process, and joins what sampler and probe saw in the order of time. */
async function observeAlone(
  monitor: HardwareMonitor,
  spec: TrialSpec,
  options: TrialOptions,
  neighbourCores = 0,
): Promise<ObservedTrial> {
  const gpuMemory = spec.provider === "cpu" ? undefined : openGpuMemory();
  try {
    const outcome = await runTrial(spec, {
      ...options,
      onStart: (pid) => monitor.watch(pid),
      ...(gpuMemory && { deviceMemoryMib: (pid) => gpuMemory.ofProcessMib(pid) }),
    });
    const watched = await monitor.unwatch();
    const sampled = watched.map(({ monotonicMs, values }) => stamp("sampler", monitor.features, monotonicMs, values));
    const probed = outcome.probes.map(({ atMs, values }) => stamp("probe", probeFeatures(), atMs, values));
    const found = cautionsFrom(monitor.features, watched, neighbourCores);
    const cautions = monitor.interrupted
      ? [...found.filter(({ tag }) => tag !== SAMPLER_RESTARTED.tag), SAMPLER_RESTARTED]
      : found;
    return {
      outcome,
      samples: [...sampled, ...probed].sort((a, b) => a.atMs - b.atMs),
      cautions: cautions.map(({ tag, detail, remedy }) => `${tag.replaceAll("_", " ")}: ${detail}, ${remedy}`),
    };
  } catch (error) {
    await monitor.unwatch();
    throw error;
  } finally {
    gpuMemory?.close();
  }
}

function stamp(
  instrument: StampedSample["instrument"],
  features: readonly Feature[],
  atMs: number,
  values: readonly (number | null | undefined)[],
): StampedSample {
  return {
    instrument,
    atMs,
    values: Object.fromEntries(features.map(({ name }, index) => [name, values[index] ?? undefined])),
  };
}
