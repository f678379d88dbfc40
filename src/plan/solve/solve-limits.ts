/** How long and how far a solution is searched for. */
export interface SolveLimits {
  /** For all solvers and searches together. What it ends is not proven. Default: 10 s. */
  readonly limitMs?: number;
  /**
   * How far from its bound, as a share, an answer counts as proven where cost or energy follow from the mini-batches.
   * Default: 0.001.
   */
  readonly gap?: number;
  /** Default: "or fewest". */
  readonly search?: Search;
}

/**
 * How far a search goes, each further than the one before:
 * - `steps`: methods that end after so many steps, whatever the machine and the time: the same answer everywhere, or
 *   none;
 * - `time`: then solvers and searches until the time is over;
 * - `or fewest`: then, if the answer is not proven, the plan of fewest devices in its place if that one is better.
 */
export type Search = "steps" | "time" | "or fewest";

export const DEFAULT_GAP = 0.001;
