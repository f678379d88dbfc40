import { monotonicMs } from "../../core/clock.js";
import type { Feature } from "../reading/feature.js";
import { rateOf } from "../reading/feature-group.js";
import type { Place, Source } from "../reading/source.js";

/** A feature without a value on this machine, and why. */
export interface UnavailableFeature {
  readonly name: string;
  readonly reason: string;
}

/** Opened sources that are read together. */
export interface Recorder {
  /** Reads every source into a new array aligned with `featuresOf(sources)`; NaN where there is no value. */
  record(): { monotonicMs: number; values: Float64Array };
  /** Why each feature that had no value in any record so far has none; nothing is known after a single record. */
  unavailable(): UnavailableFeature[];
  close(): void;
}

/** The features of some sources: what they read, then the rate of every counter. */
export function featuresOf(sources: readonly Source[]): Feature[] {
  const read = sources.flatMap((source) => source.features);
  return [...read, ...read.filter((feature) => feature.kind === "counter").map(rateOf)];
}

/** Opens sources at a place; rates are taken over the true time between two records. */
export function openRecorder(sources: readonly Source[], place: Place): Recorder {
  const readers = sources.map((source) => ({ reader: source.open(place), count: source.features.length }));
  const features = featuresOf(sources);
  const readCount = sources.reduce((sum, source) => sum + source.features.length, 0);
  const counters = features.flatMap((feature, index) => (feature.kind === "counter" ? [index] : []));
  const seen = new Uint8Array(features.length);
  let before: { monotonicMs: number; values: Float64Array } | undefined;
  let records = 0;

  return {
    record() {
      const nowMs = monotonicMs();
      const elapsedMs = before === undefined ? Number.NaN : nowMs - before.monotonicMs;
      const values = new Float64Array(features.length);
      let at = 0;
      for (const { reader, count } of readers) {
        reader.read(values, at, elapsedMs);
        at += count;
      }
      for (let rate = 0; rate < counters.length; rate++) {
        const counter = counters[rate] ?? 0;
        const growth = (values[counter] ?? Number.NaN) - (before?.values[counter] ?? Number.NaN);
        // A counter that falls was set back: there is no rate to tell.
        values[readCount + rate] = growth >= 0 ? (growth * 1000) / elapsedMs : Number.NaN;
      }
      for (let index = 0; index < values.length; index++) if (!Number.isNaN(values[index])) seen[index] = 1;
      before = { monotonicMs: nowMs, values };
      records++;
      return before;
    },
    unavailable() {
      if (records < 2) return []; // shares and rates need two
      const reasons = readers.flatMap(({ reader, count }) => Array<string | undefined>(count).fill(reader.problem()));
      const reasonOf = (index: number) => {
        const { source, kind } = features[index] ?? {};
        return (
          reasons[index] ?? (kind === "ratio" ? `could not be told from ${source}` : `not in ${source} of this machine`)
        );
      };
      return features.flatMap((feature, index) => {
        if (seen[index] === 1) return [];
        const counter = index < readCount ? index : (counters[index - readCount] ?? index);
        const reason = seen[counter] === 1 ? "its counter had no two values in a row" : reasonOf(counter);
        return [{ name: feature.name, reason }];
      });
    },
    close() {
      for (const { reader } of readers) reader.close();
    },
  };
}
