import type { TrialRow } from "../../src/dataset/tables.js";
import { cautionSentence, trialCautions } from "../../src/dataset/trial-cautions.js";

/** One line on the trials that there is a reason to distrust, and what to do; none where there are no such trials. */
export function trialCautionLines(trials: readonly TrialRow[]): string[] {
  const sentence = cautionSentence(trialCautions(trials));
  return sentence === undefined ? [] : [sentence];
}

/** The same for a program. */
export function trialCautionsAsJson(trials: readonly TrialRow[]) {
  const { trials: all, trialsWithCautions, byTag } = trialCautions(trials);
  return { trials: all, with_cautions: trialsWithCautions, by_kind: byTag.map((count) => ({ ...count })) };
}
