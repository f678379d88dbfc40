import { interrupts } from "../kernel/interrupts.js";
import { processIo } from "../kernel/process-io.js";
import { processStat } from "../kernel/process-stat.js";
import { processStatus } from "../kernel/process-status.js";
import { processThreads } from "../kernel/process-threads.js";
import { smapsRollup } from "../kernel/smaps-rollup.js";
import type { Feature } from "../reading/feature.js";
import { LIVE_ROOTS, type Source } from "../reading/source.js";
import { garbageCollection } from "../runtime/garbage-collection.js";
import { jsHeap } from "../runtime/js-heap.js";
import { runtimeSelf } from "../runtime/runtime-self.js";
import { featuresOf, openRecorder, type UnavailableFeature } from "./recorder.js";

/** One look at the process from inside; values are aligned with the probe's features, undefined where missing. */
export interface ProbeSnapshot {
  readonly monotonicMs: number;
  readonly values: readonly (number | undefined)[];
}

/** The instrument inside the measured process, for the boundaries between phases: a snapshot takes about 1 ms. */
export interface Probe {
  readonly features: readonly Feature[];
  /**
   * Rates are over the time since the snapshot before. Garbage collections of a call that blocked the event loop are
   * counted only after `await setImmediate()` of node:timers/promises.
   */
  snapshot(): ProbeSnapshot;
  unavailable(): readonly UnavailableFeature[];
  close(): void;
}

const RUNTIME_SOURCES: readonly Source[] = [jsHeap, garbageCollection, runtimeSelf];

/** What the probe reads on this platform. The features that the sampler reads, too, have the same names there. */
export function probeSources(platform: NodeJS.Platform): readonly Source[] {
  if (platform !== "linux") return RUNTIME_SOURCES;
  return [processStat, processStatus, processIo, processThreads, smapsRollup, interrupts, ...RUNTIME_SOURCES];
}

/**
 * Opens the probe in the process that is to be measured.
 *
 * @example
 * const probe = openProbe();
 * const { monotonicMs, values } = probe.snapshot(); // values[0] belongs to probe.features[0]
 * probe.close();
 */
export function openProbe(): Probe {
  const sources = probeSources(process.platform);
  const recorder = openRecorder(sources, { ...LIVE_ROOTS, pid: process.pid });
  return {
    features: featuresOf(sources),
    snapshot() {
      const { monotonicMs, values } = recorder.record();
      return { monotonicMs, values: Array.from(values, (value) => (Number.isNaN(value) ? undefined : value)) };
    },
    unavailable: recorder.unavailable,
    close: recorder.close,
  };
}

/** The features of every probe on this platform, without opening one. */
export function probeFeatures(): readonly Feature[] {
  return featuresOf(probeSources(process.platform));
}
