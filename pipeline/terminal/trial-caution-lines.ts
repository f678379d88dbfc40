import { counted } from "../../src/core/counted.js";
import type { TrialRow } from "../../src/dataset/tables.js";
import { trialCautions } from "../../src/dataset/trial-cautions.js";

/** So many kinds come with what to do about them. */
const WITH_REMEDY = 2;

/** One line on the trials that there is a reason to distrust, and what to do; none where there are no such trials. */
export function trialCautionLines(trials: readonly TrialRow[]): string[] {
  const { trials: all, trialsWithCautions, byTag } = trialCautions(trials);
  if (trialsWithCautions === 0) return [];
  const counts = byTag.map(({ tag, trials: count }) => `${tag} ${count}`).join(", ");
  const remedies = byTag.slice(0, WITH_REMEDY).map(({ tag, remedy }) => `${tag}: ${remedy}`);
  const verb = trialsWithCautions === 1 ? "has" : "have";
  return [`${trialsWithCautions} of ${counted(all, "trial")} ${verb} cautions: ${counts} (${remedies.join("; ")})`];
}

/** The same for a program. */
export function trialCautionsAsJson(trials: readonly TrialRow[]) {
  const { trials: all, trialsWithCautions, byTag } = trialCautions(trials);
  return { trials: all, with_cautions: trialsWithCautions, by_kind: byTag.map((count) => ({ ...count })) };
}
