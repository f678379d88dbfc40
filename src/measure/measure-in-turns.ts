import { groupBy } from "../core/group-by.js";
import { seededRandom } from "../core/seeded-random.js";
import { lastAttempts } from "../dataset/read-trials.js";
import { type PlannedTrial, plannedTrials, shapeOf } from "../design/cells.js";
import type { Design } from "../design/design.js";
import { addedTrials } from "./added-trials.js";
import { bisectingTrials } from "./bisect-memory.js";
import { measureOne, type OpenSweep } from "./measure-remaining.js";
import { MemoryFrontier } from "./memory-frontier.js";

/** The two sides of a paired sweep, the one that is compared with first. */
export type Sides<Side> = readonly [Side, Side];

/** A trial of one of the sides: 0 is the first, 1 the second. */
export interface Turn {
  readonly side: 0 | 1;
  readonly planned: PlannedTrial;
}

/**
 * The trials of two designs in turns: each trial of the first is followed or preceded by that of the same size,
 * mini-batch and number of the second, which of them comes first by a seeded draw, so that a drift favours neither. A
 * trial that only one of them has stands alone. The order of cells is that of the first design.
 */
export function turnsOf(designs: Sides<Design>): Turn[] {
  const all = ([0, 1] as const).flatMap((side) =>
    plannedTrials(designs[side]).map((planned): Turn => ({ side, planned })),
  );
  const { seed } = designs[0];
  const rounds = groupBy(all, ({ planned }) => planned.trial);
  return [...rounds].flatMap(([trial, turns]) => {
    const random = seededRandom(seed, `order of sides in trial ${trial}`);
    return [...groupBy(turns, ({ planned }) => shapeOf(planned.cell)).values()].flatMap((pair) => random.shuffle(pair));
  });
}

/**
 * Measures the trials of two sweeps that are not in their datasets, in turns, and then on each side those between the
 * largest mini-batch that ran and the smallest that ran out of memory.
 *
 * @returns whether all of them are in the datasets now
 */
export async function measureInTurns(sweeps: Sides<OpenSweep>): Promise<boolean> {
  const sides = [sideOf(sweeps[0]), sideOf(sweeps[1])] as const;
  const turns = turnsOf([sweeps[0].design, sweeps[1].design]);
  const remaining = turns.filter(({ side, planned }) => !sides[side].measured.has(planned.trialId));
  const added = sides.reduce((sum, { sweep, planned }) => sum + addedTrials(planned, sweep.writer.trials).length, 0);
  let total = turns.length + added;
  const { onEvent } = sweeps[0];
  const droppedLines = sweeps.reduce((sum, { writer }) => sum + writer.droppedLines, 0);
  onEvent?.({ kind: "started", total, alreadyDone: total - remaining.length, droppedLines });
  const measure = ({ side, planned }: Turn) => measureOne(sides[side].sweep, planned, sides[side].exceeded);
  for (const turn of remaining) if (!(await measure(turn))) return false;
  for (;;) {
    const bisecting = ([0, 1] as const).flatMap((side) => {
      const { sweep, planned } = sides[side];
      const trials = bisectingTrials(planned, sweep.writer.trials, sweep.design.memory_limit_mib);
      return trials.map((trial): Turn => ({ side, planned: trial }));
    });
    if (bisecting.length === 0) return true;
    total += bisecting.length;
    onEvent?.({ kind: "extended", total, goal: "largest mini-batch" });
    for (const turn of bisecting) if (!(await measure(turn))) return false;
  }
}

/** A sweep with what it planned, and what it knows before the first turn. */
function sideOf(sweep: OpenSweep) {
  const { trials } = sweep.writer;
  return {
    sweep,
    planned: sweep.share.planned,
    exceeded: new MemoryFrontier(lastAttempts(trials)),
    measured: new Set(trials.map(({ trialId }) => trialId)),
  };
}
