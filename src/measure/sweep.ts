import { UserError } from "../core/user-error.js";
import { hasDataPackage } from "../dataset/data-package.js";
import { measureChosen } from "./measure-chosen.js";
import { measureRemaining } from "./measure-remaining.js";
import { type SweepOptions, type SweepSummary, sweepAll } from "./sweep-targets.js";

/**
 * Measures every trial of a design that its dataset does not hold yet, or those that a chooser wants. With `retry` also
 * those once more whose last attempt ended so; earlier attempts stay in the dataset, and the last one counts.
 *
 * @throws UserError if design, model, images or folder do not allow it
 */
export async function runSweep({ design, folder, ...options }: SweepOptions): Promise<SweepSummary> {
  const { again = 0, chooser } = options;
  if (again > 0 && !hasDataPackage(folder)) {
    throw new UserError(`dataset ${folder}: holds nothing to measure again, allowed after a first sweep`);
  }
  const [summary] = await sweepAll([{ design, folder }], options, async ([sweep]) =>
    chooser === undefined ? measureRemaining(sweep) : measureChosen(sweep, chooser),
  );
  return summary;
}
