import { groupBy } from "../core/group-by.js";
import { UserError } from "../core/user-error.js";
import type { TrialRow } from "../dataset/tables.js";
import { cellOf } from "../fit/observed/observation.js";
import type { QuantityRatios } from "./compare-quantity.js";
import { compareTrials } from "./compare-trials.js";
import { isDifference, type JudgedRatio } from "./verdict.js";

/**
 * Trials of a device held against themselves (A/A): of each cell that was repeated the later half over the earlier one,
 * in the order in which they were measured. Where the machine stayed as it was nothing differs, in 19 of 20 datasets.
 *
 * @throws UserError if no cell was repeated
 */
export function compareHalves(trials: readonly TrialRow[]): QuantityRatios<JudgedRatio>[] {
  const cells = [
    ...groupBy(
      trials.filter(({ status }) => status === "ok"),
      cellOf,
    ).values(),
  ].filter(({ length }) => length > 1);
  if (cells.length === 0) throw new UserError("compare: no cell was repeated, its trials have no halves");
  const halves = cells.map((cell) => {
    const ordered = cell.toSorted(inTime);
    const middle = Math.floor(ordered.length / 2);
    return { earlier: ordered.slice(0, middle), later: ordered.slice(middle) };
  });
  return compareTrials(
    halves.flatMap(({ earlier }) => earlier),
    halves.flatMap(({ later }) => later),
  );
}

/** By when they started; by their numbers where that is not recorded of both. */
function inTime(one: TrialRow, other: TrialRow): number {
  const [first, second] = [one.startedAt, other.startedAt];
  if (first !== undefined && second !== undefined && first !== second) return first < second ? -1 : 1;
  return one.trial - other.trial;
}

/** What such a comparison comes to, in a sentence. */
export function halvesSentence(quantities: readonly QuantityRatios<JudgedRatio>[]): string {
  const overall = quantities.filter(({ overall: { verdict } }) => isDifference(verdict));
  const cells = quantities.flatMap((quantity) => quantity.cells.filter(({ ratio }) => isDifference(ratio.verdict)));
  if (overall.length === 0 && cells.length === 0) {
    return "Held against itself, the later half of each cell's trials over the earlier one, it shows no difference, as it should.";
  }
  return (
    `Held against itself, the later half of each cell's trials over the earlier one, it differs in ` +
    `${cells.length} of ${quantities.reduce((sum, quantity) => sum + quantity.cells.length, 0)} ratios of cells and ` +
    `${overall.length} of ${quantities.length} overall: the machine changed while it was measured, or chance does so ` +
    "in one dataset of twenty."
  );
}
