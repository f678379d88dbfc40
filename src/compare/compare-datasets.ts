import { UserError } from "../core/user-error.js";
import { type BestMiniBatch, bestMiniBatches } from "./best-mini-batch.js";
import type { QuantityRatios } from "./compare-quantity.js";
import { compareTrials, DEFAULT_MARGIN } from "./compare-trials.js";
import { type ComparedSide, readSides, type SideChoice } from "./compared-side.js";
import { type LikelyCauses, likelyCauses } from "./likely-causes.js";
import { type LostCell, lostCells } from "./lost-cells.js";
import { pairsOf, type TrialPair } from "./paired-trials.js";
import { type RecordedDifference, recordedDifferences } from "./recorded-differences.js";
import { isDifference, type JudgedRatio } from "./verdict.js";

/** Two sides, cell by cell and all together, and what it means. Ratios are B over A. */
export interface Comparison {
  readonly a: ComparedSide;
  readonly b: ComparedSide;
  readonly margin: number;
  /** The trials that were measured in turns, the only ones that ratios are taken of; undefined where none were. */
  readonly pairs: readonly TrialPair[] | undefined;
  /** Those that both sides measured. */
  readonly quantities: readonly QuantityRatios<JudgedRatio>[];
  readonly lost: readonly LostCell[];
  readonly best: readonly BestMiniBatch[];
  readonly differences: readonly RecordedDifference[];
  /** Looked for where an overall ratio of times differs from 1; the reason where the hardware can't be read. */
  readonly causes: LikelyCauses | { readonly reason: string } | undefined;
}

/**
 * Compares two datasets, or two devices or sessions of one or two, in the cells that both measured.
 *
 * @param margin within which a ratio counts as no difference: 0.05 is from 1/1.05 to 1.05
 * @throws UserError if a dataset, a device or a session does not exist, if it is open which devices are meant, if both
 *   sides are the same trials, or if no cell ended well on both
 * @example
 * const { quantities } = await compareDatasets({ folder: "data/before" }, { folder: "data/after" });
 * const slower = quantities.flatMap(({ cells }) => cells).filter(({ ratio }) => ratio.verdict === "slower");
 */
export async function compareDatasets(
  choiceA: SideChoice,
  choiceB: SideChoice,
  { margin = DEFAULT_MARGIN }: { readonly margin?: number } = {},
): Promise<Comparison> {
  const [a, b] = readSides(choiceA, choiceB);
  const pairs = pairsOf(a, b);
  const quantities = compareTrials(a.trials, b.trials, margin, pairs);
  const timesDiffer = quantities.some(
    ({ quantity, overall }) => quantity !== "peak_memory_mib" && isDifference(overall.verdict),
  );
  return {
    a,
    b,
    margin,
    pairs,
    quantities,
    lost: lostCells(a.trials, b.trials),
    best: bestMiniBatches(a.trials, b.trials, margin),
    differences: recordedDifferences(a, b),
    causes: timesDiffer ? await causesOrReason(a, b) : undefined,
  };
}

/** What the comparison says does not hang on the hardware: without it, it says why it explains less. */
async function causesOrReason(a: ComparedSide, b: ComparedSide): Promise<Comparison["causes"]> {
  try {
    return await likelyCauses(a, b);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { reason: error.message };
  }
}
