import type { Feature } from "../hardware/feature.js";
import type { HardwareMonitor } from "../hardware/monitor.js";
import { probeFeatures } from "../hardware/probe.js";
import { runTrial, type TrialOptions, type TrialOutcome } from "./trial.js";
import type { TrialSpec } from "./trial-protocol.js";
import type { StampedSample } from "./trial-record.js";

/** All features that either instrument sees, each once. */
export function observedFeatures(monitor: HardwareMonitor): Feature[] {
  const byName = new Map([...monitor.features, ...probeFeatures()].map((feature) => [feature.name, feature]));
  return [...byName.values()];
}

/** Runs a trial while the sampler watches its process, and joins what sampler and probe saw in the order of time. */
export async function observeTrial(
  monitor: HardwareMonitor,
  spec: TrialSpec,
  options: TrialOptions,
): Promise<{ outcome: TrialOutcome; samples: StampedSample[] }> {
  try {
    const outcome = await runTrial(spec, { ...options, onStart: (pid) => monitor.watch(pid) });
    const sampled = (await monitor.unwatch()).map(({ monotonicMs, values }) =>
      stamp("sampler", monitor.features, monotonicMs, values),
    );
    const probed = outcome.probes.map(({ atMs, values }) => stamp("probe", probeFeatures(), atMs, values));
    return { outcome, samples: [...sampled, ...probed].sort((a, b) => a.atMs - b.atMs) };
  } catch (error) {
    await monitor.unwatch();
    throw error;
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
