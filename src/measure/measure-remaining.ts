import { monotonicMs } from "../core/clock.js";
import { groupBy } from "../core/group-by.js";
import type { DatasetWriter, TrialRecord } from "../dataset/dataset-writer.js";
import { attemptId, firstAttemptId, lastAttempts } from "../dataset/read-trials.js";
import type { ChoiceRow, RetriedStatus, TrialRow } from "../dataset/tables.js";
import { type PlannedTrial, recordedCell } from "../design/cells.js";
import type { Design } from "../design/design.js";
import type { Share } from "../design/share.js";
import type { HardwareMonitor } from "../hardware/sampling/monitor.js";
import { addedTrials } from "./added-trials.js";
import { availableMemoryMib } from "./available-memory.js";
import { bisectingTrials } from "./bisect-memory.js";
import type { ModelDescription } from "./describe-model.js";
import { MemoryFrontier } from "./memory-frontier.js";
import { coresOfEach, observeTrial } from "./observe-trial.js";
import type { Pulse } from "./pulse.js";
import { oneMoreOfEach, repeatingTrials } from "./repeat-cells.js";
import { spellAround, trialsInSpells } from "./slow-spells.js";
import type { SweepEvent, SweepGoal } from "./sweep-event.js";
import { type RunIdentity, skippedRecord, trialRecord } from "./trial-record.js";
import type { WallClock } from "./wall-clock.js";

/** A sweep that has everything that its trials need. */
export interface OpenSweep {
  readonly design: Design;
  /** The dataset's. */
  readonly folder: string;
  /** What of the design it measures. */
  readonly share: Share;
  readonly modelPath: string;
  readonly model: ModelDescription;
  readonly imagePaths: ReadonlyMap<number, readonly string[]>;
  readonly identity: RunIdentity;
  readonly monitor: HardwareMonitor;
  /** Undefined where the design wants none. */
  readonly pulse: Pulse | undefined;
  readonly writer: DatasetWriter;
  readonly clock: WallClock;
  readonly retry: readonly RetriedStatus[];
  /** How often each cell is measured once more. */
  readonly again: number;
  readonly onEvent: ((event: SweepEvent) => void) | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * Measures the trials that are not in the dataset, one after the other, each on the disk before the next one starts:
 * first those of the design, then those between the largest mini-batch that ran and the smallest that ran out of
 * memory, then those once more that met a slow spell of the machine, then more of the cells whose latency is not yet
 * known well enough, then all cells as often as they are asked for again.
 *
 * @returns whether all of them are in the dataset now
 */
export async function measureRemaining(sweep: OpenSweep): Promise<boolean> {
  const { share, writer, retry, again, onEvent } = sweep;
  const { planned } = share;
  const known = [...planned, ...addedTrials(planned, writer.trials)];
  const remaining = remainingTrials(known, writer.trials, retry);
  onEvent?.({
    kind: "started",
    total: known.length,
    alreadyDone: known.length - remaining.length,
    droppedLines: writer.droppedLines,
  });
  if (!(await measureAll(sweep, remaining))) return false;
  for (let [total, rounds] = [known.length, 0]; ; ) {
    const { goal, trials } = furtherTrials(sweep, rounds < again);
    if (goal === undefined) return true;
    if (goal === "another session") rounds++;
    total += trials.length;
    onEvent?.({ kind: "extended", total, goal });
    if (!(await measureAll(sweep, trials))) return false;
  }
}

/** What is to be measured once all that is known of is: first what follows from the rows, then the cells once more. */
function furtherTrials(
  { design, share, writer }: OpenSweep,
  isAgain: boolean,
): { readonly goal: SweepGoal | undefined; readonly trials: readonly PlannedTrial[] } {
  const searched = share.planned.filter(({ cell }) => share.searches(recordedCell(cell)));
  const bisecting = bisectingTrials(searched, writer.trials.filter(share.searches), design.memory_limit_mib);
  if (bisecting.length > 0) return { goal: "largest mini-batch", trials: bisecting };
  const inSpells = trialsInSpells(writer.trials, writer.pulses);
  if (inSpells.length > 0) return { goal: "slow spell", trials: inSpells };
  const repeating = repeatingTrials(design, writer.trials.filter(share.repeats));
  if (repeating.length > 0) return { goal: "latency", trials: repeating };
  const more = isAgain ? oneMoreOfEach(design, writer.trials) : [];
  return { goal: more.length > 0 ? "another session" : undefined, trials: more };
}

/** @returns false if the sweep was told to stop before the last one ended */
async function measureAll(sweep: OpenSweep, trials: readonly PlannedTrial[]): Promise<boolean> {
  const exceeded = new MemoryFrontier(lastAttempts(sweep.writer.trials));
  for (const next of trials) if (!(await measureOne(sweep, next, exceeded))) return false;
  return true;
}

/**
 * Measures a trial, or skips it where a smaller mini-batch ran out of memory, and puts it into the dataset.
 *
 * @param exceeded what ran out of memory so far, to which this trial is added
 * @param choice why it is measured, where the design does not say so
 * @returns what it added to the dataset; undefined if the sweep was told to stop before it ended
 */
export async function measureOne(
  sweep: OpenSweep,
  next: PlannedTrial,
  exceeded: MemoryFrontier,
  choice?: Omit<ChoiceRow, "trialId" | "tookMs">,
): Promise<TrialRecord | undefined> {
  const { identity, writer, clock, onEvent, signal } = sweep;
  const chosenMs = monotonicMs();
  if (signal?.aborted) return undefined;
  onEvent?.({ kind: "trial_started", planned: next });
  const reason = exceeded.reasonToSkip(next);
  const measured =
    reason === undefined ? await measureTrial(sweep, next) : skippedRecord(identity, next, clock.now(), reason);
  if (measured === undefined) return undefined;
  const choices = choice === undefined ? [] : [{ ...choice, trialId: next.trialId, tookMs: monotonicMs() - chosenMs }];
  const record = { ...measured, choices };
  writer.append(record);
  exceeded.add(record.trial);
  onEvent?.({ kind: "trial_ended", planned: next, trial: record.trial });
  return record;
}

/** The trials that are not in a dataset, and another attempt at those whose last one ended in a way to retry. */
function remainingTrials(
  planned: readonly PlannedTrial[],
  rows: readonly TrialRow[],
  retry: readonly RetriedStatus[],
): PlannedTrial[] {
  const attempts = groupBy(rows, firstAttemptId);
  return planned.flatMap((trial) => {
    const earlier = attempts.get(trial.trialId) ?? [];
    const isRetried = retry.some((status) => status === earlier.at(-1)?.status);
    if (earlier.length > 0 && !isRetried) return [];
    return [{ ...trial, trialId: attemptId(trial.trialId, earlier.length + 1) }];
  });
}

/** @returns undefined if the sweep was told to stop while the trial ran */
async function measureTrial(sweep: OpenSweep, planned: PlannedTrial) {
  const { design, modelPath, model, imagePaths, identity, monitor, pulse, clock, signal } = sweep;
  const { inputSizePx, miniBatchSize, device } = planned.cell;
  const spec = {
    modelPath,
    input: model.input,
    ...device,
    inputSizePx,
    miniBatchSize,
    imagePaths: imagePaths.get(inputSizePx) ?? [],
    stopping: design.stopping,
    idleMs: design.idle_ms,
    memoryLimitMib: design.memory_limit_mib ?? availableMemoryMib(device.provider) / device.concurrent,
  };
  const [cores] = coresOfEach(device);
  try {
    const before = await pulse?.read(device, cores, "inference and memory");
    const { startedAt, caution } = clock.now();
    const observed = await observeTrial(monitor, spec, device, {
      timeoutMs: design.timeout_ms,
      ...(signal && { signal }),
    });
    const after = await pulse?.read(device, cores, "inference");
    const speed = {
      pulseBeforeMs: before?.inferenceMs,
      pulseAfterMs: after?.inferenceMs,
      touchUsPerPage: before?.touchUsPerPage,
    };
    const ratio = spellAround(speed, { runId: identity.runId, ...device }, sweep.writer.trials, sweep.writer.pulses);
    const cautions = [
      ...(caution === undefined ? [] : [caution]),
      ...observed.cautions,
      ...(ratio === undefined ? [] : [slowSpell(ratio)]),
    ];
    return trialRecord(identity, { design, planned, startedAt, ...observed, cautions, pulse: speed });
  } catch (error) {
    if (signal?.aborted) return undefined;
    throw error;
  }
}

function slowSpell(ratio: number): string {
  return `slow spell: the same small inference took ${ratio.toFixed(2)} times as long as is usual in this session, find what else ran`;
}
