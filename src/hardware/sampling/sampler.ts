import { monotonicMs } from "../../core/clock.js";
import type { Place, Source } from "../reading/source.js";
import { openRecorder, type Recorder, type UnavailableFeature } from "./recorder.js";

/** A block of samples: the time of each, and their values one after the other. */
export interface SampleBlock {
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
}

/** Samples on a fixed grid of times while something is watched. */
export interface Sampler {
  watch(pid: number): void;
  /** Ends the watch; the last samples have been handed over when it returns. */
  unwatch(): UnavailableFeature[];
}

const SAMPLES_PER_BLOCK = 500;

/**
 * Reads the sources every `intervalMs`. A sample that comes late does not shift those after it, and grid times that
 * have passed meanwhile are left out, so that a slow machine is not sampled in bursts.
 *
 * @param handOver gets every full block, and the rest when a watch ends
 */
export function startSampler(
  sources: readonly Source[],
  roots: Omit<Place, "pid">,
  intervalMs: number,
  handOver: (block: SampleBlock) => void,
): Sampler {
  let recorder: Recorder | undefined;
  let timer: NodeJS.Timeout | undefined;
  let nextMs = 0;
  let samples: { monotonicMs: number; values: Float64Array }[] = [];

  function flush(): void {
    const width = samples[0]?.values.length ?? 0;
    const values = new Float64Array(samples.length * width);
    for (const [index, sample] of samples.entries()) values.set(sample.values, index * width);
    handOver({ timesMs: Float64Array.from(samples, (sample) => sample.monotonicMs), values });
    samples = [];
  }

  function sample(): void {
    if (recorder === undefined) return;
    samples.push(recorder.record());
    if (samples.length >= SAMPLES_PER_BLOCK) flush();
    const nowMs = monotonicMs();
    nextMs += intervalMs * Math.max(1, Math.ceil((nowMs - nextMs) / intervalMs));
    timer = setTimeout(sample, nextMs - nowMs);
  }

  return {
    watch(pid) {
      recorder?.close();
      clearTimeout(timer);
      samples = [];
      recorder = openRecorder(sources, { ...roots, pid });
      nextMs = monotonicMs();
      sample();
    },
    unwatch() {
      clearTimeout(timer);
      flush();
      const unavailable = recorder?.unavailable() ?? [];
      recorder?.close();
      recorder = undefined;
      return unavailable;
    },
  };
}
