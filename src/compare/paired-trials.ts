import { groupBy } from "../core/group-by.js";
import type { TrialRow } from "../dataset/tables.js";
import { cellOf } from "../fit/observed/observation.js";
import type { ComparedSide } from "./compared-side.js";

/** A trial of A and the one of B that was measured in turns with it. */
export interface TrialPair {
  readonly a: TrialRow;
  readonly b: TrialRow;
}

/**
 * The trials that were measured in turns (`sweep --against`): those of the same cell and number whose runs name each
 * other. Undefined where the sides were not measured so.
 */
export function pairsOf(a: ComparedSide, b: ComparedSide): TrialPair[] | undefined {
  const partnerOf = new Map(
    a.runs.flatMap(({ runId, pairedWith }) => {
      const partner = b.runs.find((run) => run.runId === pairedWith && run.pairedWith === runId);
      return partner === undefined ? [] : [[runId, partner.runId] as const];
    }),
  );
  if (partnerOf.size === 0) return undefined;
  const nameOf = (trial: TrialRow, runId: string | undefined) => `${runId} ${cellOf(trial)} ${trial.trial}`;
  const others = groupBy(b.trials, (trial) => nameOf(trial, trial.runId));
  return a.trials.flatMap((trial) => {
    const [partner] = others.get(nameOf(trial, partnerOf.get(trial.runId))) ?? [];
    return partner === undefined ? [] : [{ a: trial, b: partner }];
  });
}
