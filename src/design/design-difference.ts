import { resolve } from "node:path";
import type { RecordedDesign } from "./design.js";

/** A key whose values differ, and both values as JSON. */
export interface DesignDifference {
  readonly key: string;
  readonly first: string | undefined;
  readonly second: string | undefined;
}

/**
 * The first thing in which two designs differ: their sizes, trials, devices, seed and all else that they say. The model
 * does not count, since its hash is compared, wherever the file lies.
 *
 * @returns undefined where they are one design
 */
export function designDifference(a: RecordedDesign, b: RecordedDesign): DesignDifference | undefined {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]) as Set<keyof RecordedDesign>;
  for (const key of keys) {
    if (key === "model") continue;
    const [first, second] = [a, b].map((one) =>
      JSON.stringify(key === "images" && one.images !== undefined ? resolve(one.images) : one[key]),
    );
    if (first !== second) return { key, first, second };
  }
  return undefined;
}
