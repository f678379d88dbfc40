import type { Step } from "./next-process.js";

/**
 * Which of the parts of a question is measured next: one with a candidate that was not looked at, then the one that
 * seems to need least time. What is nearly tied comes last and gets what is left.
 *
 * @returns its place; undefined where none is to be measured
 */
export function partToMeasure(steps: readonly Step[]): number | undefined {
  let next: { readonly place: number; readonly timeMs: number } | undefined;
  for (const [place, step] of steps.entries()) {
    if (step.kind !== "measure") continue;
    if (step.reason === "first look") return place;
    // Of a part with one candidate only a process or two are missing.
    const timeMs = step.needed?.timeMs ?? 0;
    if (next === undefined || timeMs < next.timeMs) next = { place, timeMs };
  }
  return next?.place;
}

/** The probability from which on each of so many parts is decided, so that all of them are together. */
export function decidedEach(together: number, parts: number): number {
  return together ** (1 / parts);
}
