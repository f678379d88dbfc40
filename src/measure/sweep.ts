import { UserError } from "../core/user-error.js";
import { hasDataPackage } from "../dataset/data-package.js";
import { shardName } from "../design/shard.js";
import { measureChosen } from "./measure-chosen.js";
import { measureRemaining } from "./measure-remaining.js";
import { type SweepOptions, type SweepSummary, sweepAll } from "./sweep-targets.js";

/**
 * Measures every trial of a design that its dataset does not hold yet, or those that a chooser wants. With `retry` also
 * those once more whose last attempt ended so; earlier attempts stay in the dataset, and the last one counts. With
 * `shard` only that part of the design, which has files of its own in the folder.
 *
 * @throws UserError if design, model, images or folder do not allow it
 */
export async function runSweep({ design, folder, shard, ...options }: SweepOptions): Promise<SweepSummary> {
  const { again = 0, format = "csv", chooser } = options;
  if (shard !== undefined && (again > 0 || chooser !== undefined || format !== "csv")) {
    const what = again > 0 ? "measured again" : chooser !== undefined ? "chosen from" : `kept as ${format}`;
    throw new UserError(`shard ${shardName(shard)}: can't be ${what}, allowed is a merged dataset`);
  }
  if (again > 0 && !hasDataPackage(folder)) {
    throw new UserError(`dataset ${folder}: holds nothing to measure again, allowed after a first sweep`);
  }
  const target = { design, folder, ...(shard !== undefined && { shard }) };
  const [summary] = await sweepAll([target], options, async ([sweep]) =>
    chooser === undefined ? measureRemaining(sweep) : measureChosen(sweep, chooser),
  );
  return summary;
}
