import type { Ratio } from "./ratio.js";

/** What is compared. */
export type ComparedQuantity = "latency_ms" | "warmup_ms" | "peak_memory_mib";

/** In the order in which it is shown. */
export const COMPARED: readonly ComparedQuantity[] = ["latency_ms", "warmup_ms", "peak_memory_mib"];

/** What is said of B beside A; memory is less or more where times are faster or slower. */
export type Verdict = "same" | "faster" | "slower" | "less" | "more" | "undecided";

/** Whether a verdict says that there is a difference beyond the margin. */
export function isDifference(verdict: Verdict): boolean {
  return verdict !== "same" && verdict !== "undecided";
}

/** A ratio with what is said of it. */
export interface JudgedRatio extends Ratio {
  /** The p-value as one of all that the comparison looks at (Holm); at most 5 % is significant. */
  readonly adjustedP: number | undefined;
  readonly verdict: Verdict;
}

/**
 * The margin within which a ratio counts as no difference: from 1/(1 + margin) to 1 + margin, so that A and B may
 * change places.
 */
export function marginInterval(margin: number) {
  return { low: 1 / (1 + margin), high: 1 + margin };
}

/**
 * `same` where the whole interval is within the margin, whether or not there is a difference in it (two one-sided tests
 * at 2.5 %); else what the ratio says, if that is significant; else `undecided`.
 *
 * @param alpha the largest adjusted p-value that is significant
 */
export function judgeRatio(
  quantity: ComparedQuantity,
  ratio: Ratio,
  adjustedP: number | undefined,
  margin: number,
  alpha: number,
): JudgedRatio {
  const { low, high } = marginInterval(margin);
  const isSame = ratio.interval !== undefined && ratio.interval.low >= low && ratio.interval.high <= high;
  const [below, above] = quantity === "peak_memory_mib" ? (["less", "more"] as const) : (["faster", "slower"] as const);
  const verdict = isSame
    ? "same"
    : adjustedP === undefined || adjustedP > alpha
      ? "undecided"
      : ratio.ratio < 1
        ? below
        : above;
  return { ...ratio, adjustedP, verdict };
}
