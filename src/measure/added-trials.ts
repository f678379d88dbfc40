import { firstAttemptId, lastAttempts } from "../dataset/read-trials.js";
import type { TrialRow } from "../dataset/tables.js";
import { type PlannedTrial, plannedTrial } from "../design/cells.js";
import { type RecordedDevice, sweptDevice } from "../design/design.js";

/** The trials in a dataset that its design does not name, as they were planned when they were measured. */
export function addedTrials(planned: readonly PlannedTrial[], rows: readonly TrialRow[]): PlannedTrial[] {
  const ids = new Set(planned.map(({ trialId }) => trialId));
  return lastAttempts(rows)
    .filter((row) => !ids.has(firstAttemptId(row)))
    .map(plannedAt);
}

/** A trial as it is planned where a row was measured. */
export function plannedAt({
  inputSizePx,
  miniBatchSize,
  trial,
  ...row
}: Pick<TrialRow, "inputSizePx" | "miniBatchSize" | "trial"> & RecordedDevice): PlannedTrial {
  return plannedTrial({ inputSizePx, miniBatchSize, device: sweptDevice(row) }, trial);
}
