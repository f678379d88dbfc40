import type { Source } from "./source.js";

/** The same source, read at most once per interval, for files behind which a device has to be asked. */
export function slowSource(source: Source, everyMs: number): Source {
  const count = source.features.length;
  return {
    features: source.features,
    open(place) {
      const reader = source.open(place);
      const kept = new Float64Array(count);
      let sinceReadMs = Number.NaN;
      return {
        ...reader,
        read(values, at, elapsedMs) {
          sinceReadMs += elapsedMs;
          if (!(sinceReadMs < everyMs)) {
            reader.read(kept, 0, sinceReadMs);
            sinceReadMs = 0;
          }
          values.set(kept, at);
        },
      };
    },
  };
}
