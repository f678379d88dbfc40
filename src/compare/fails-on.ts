import type { Comparison } from "./compare-datasets.js";
import { isDifference } from "./verdict.js";

/** What a comparison may be held to. */
export type FailOn = "slower" | "changed";

export const FAIL_ON: readonly FailOn[] = ["slower", "changed"];

/**
 * Whether anything is slower, overall or in a cell; or whether anything differs, cells that ended well on one side only
 * included.
 */
export function failsOn({ quantities, lost }: Pick<Comparison, "quantities" | "lost">, failOn: FailOn): boolean {
  const verdicts = quantities.flatMap(({ overall, cells }) => [overall, ...cells.map(({ ratio }) => ratio)]);
  return failOn === "slower"
    ? verdicts.some(({ verdict }) => verdict === "slower")
    : lost.length > 0 || verdicts.some(({ verdict }) => isDifference(verdict));
}
