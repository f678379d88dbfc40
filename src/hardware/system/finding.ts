/** How fit a machine is for measuring, from best to worst, and that it can't be known. */
export const SYSTEM_VERDICTS = ["good", "caution", "bad", "unknown"] as const;
/** How fit a machine is for measuring, and that it can't be known. */
export type SystemVerdict = (typeof SYSTEM_VERDICTS)[number];

/** What one check of a machine came to. */
export interface SystemFinding {
  /** What was looked at, e.g. `other load`. */
  readonly name: string;
  /** Whether it is how the machine is at any time, or what it is doing just now. */
  readonly about: "machine" | "moment";
  readonly verdict: SystemVerdict;
  /** What was found; of what is unknown, why it can't be known. */
  readonly found: string;
  /** What to do about it, in one line; not there where nothing is to be done. */
  readonly remedy?: string;
}

/** A fact that can't be had here, and why. */
export interface Unknown {
  readonly unknown: string;
}

/** A fact, or why there is none. */
export type Found<Fact> = Fact | Unknown;

/** Whether a fact can't be had. */
export function isUnknown(fact: Found<unknown>): fact is Unknown {
  return typeof fact === "object" && fact !== null && "unknown" in fact;
}

/** A number's verdict: beyond the one threshold there is a caution, beyond the other it is bad. */
export function graded(value: number, { caution, bad }: { caution: number; bad: number }): SystemVerdict {
  return value > bad ? "bad" : value > caution ? "caution" : "good";
}
