import { counted } from "../core/counted.js";
import { groupBy } from "../core/group-by.js";
import { percent } from "../core/text-table.js";
import { formatDuration } from "../core/units.js";
import type { TrialRow } from "../dataset/tables.js";
import { plannedTrials } from "../design/cells.js";
import { type Design, type DeviceConfiguration, deviceName } from "../design/design.js";
import { varianceWithin } from "../fit/observed/cell-logs.js";
import { spellsOf } from "../fit/spells.js";
import { type MeasuredCell, measuredCells, NORMAL_95, openCells, repeatingTrials } from "../measure/repeat-cells.js";
import type { ChosenTrial, MeasuredTrials } from "../measure/trial-chooser.js";
import { firstTrials, type NextTrials, unmeasuredOf } from "./first-trials.js";
import { TimeSpent } from "./time-spent.js";
import type { UntilChooser } from "./until-chooser.js";

/** More than any cell takes: at 30 % between processes ± 5 % takes 140. */
const MOST_PROCESSES = 1000;
/** Of fewer processes the scatter is hardly known, and one more is measured when it seems enough. */
const LEAST_PROCESSES = 6;

/** What of a precision is wanted. */
export interface PrecisionGoal {
  readonly text: string;
  /** The 95 % interval of a cell's latency over processes is wanted within ± this share of it. */
  readonly halfWidth: number;
  /** Infinite for none. */
  readonly budgetMs: number;
}

/** Chooses trials until every cell of a design that runs is known well enough at the level of processes. */
export function precisionChooser(design: Design, { text, halfWidth, budgetMs }: PrecisionGoal): UntilChooser {
  const unlimited = { ...design, trials: 1, max_trials: MOST_PROCESSES, process_half_width: halfWidth };
  const first = plannedTrials(unlimited);
  const rows: TrialRow[] = [];
  const spent = new TimeSpent(text);
  let sharedVariance = sharedVarianceOf(rows);
  const open = () => openCells(unlimited, rows, sharedVariance);
  const unmeasured = () => unmeasuredOf(first, rows);
  const nextTrials = (): NextTrials =>
    firstTrials(first, rows, design.memory_limit_mib, "this cell was not measured yet") ?? {
      trials: repeatingTrials(unlimited, rows, sharedVariance),
      reason: "interval too wide",
      because: `not known within ±${percent(halfWidth)} % yet`,
    };
  const knownSoFar = () => {
    const measured = measuredCells(unlimited, rows).length;
    return `${measured - open().length} of ${counted(measured, "cell")} within ±${percent(halfWidth)} %`;
  };
  return {
    learn(measured: MeasuredTrials) {
      rows.push(...measured.trials);
      sharedVariance = sharedVarianceOf(rows);
      spent.add(measured.choices);
    },
    next(): ChosenTrial | undefined {
      if (spent.ms >= budgetMs) return undefined;
      const { trials, reason, because } = nextTrials();
      const [planned] = trials;
      if (planned === undefined) return undefined;
      const choice = { question: text, reason, because, answerMiniBatchSize: undefined, probability: undefined };
      const perTrialMs = spent.trials === 0 ? undefined : spent.ms / spent.trials;
      const left = unmeasured().length + furtherTrials(open(), halfWidth);
      return {
        planned,
        choice,
        answer: knownSoFar(),
        leftMs: perTrialMs && Math.min(budgetMs - spent.ms, left * perTrialMs),
      };
    },
    end() {
      const isDecided = unmeasured().length === 0 && open().length === 0;
      const left = furtherTrials(open(), halfWidth);
      return {
        isDecided,
        spentMs: spent.ms,
        trials: spent.trials,
        figures: { cells: measuredCells(unlimited, rows).length, open_cells: open().length },
        sentences: isDecided
          ? [`decided: ${knownSoFar()}`]
          : [
              `undecided, the budget of ${formatDuration(budgetMs)} is spent: ${knownSoFar()}`,
              `some ${counted(unmeasured().length + left, "more trial")} would do`,
            ],
      };
    },
  };
}

/** How many more trials open cells take by how they scatter together: (1.96 · σ / half width)² processes each. */
function furtherTrials(open: readonly MeasuredCell[], halfWidth: number): number {
  const deviation = Math.sqrt(varianceWithin(open) ?? 0);
  const each = Math.max(LEAST_PROCESSES, Math.ceil(((NORMAL_95 * deviation) / Math.log1p(halfWidth)) ** 2));
  return open.reduce((sum, { logs }) => sum + Math.max(1, each - logs.length), 0);
}

/**
 * By how much the mean speed of the machine is off, which the means of all cells of a device share: few processes see
 * few slow spells.
 */
function sharedVarianceOf(rows: readonly TrialRow[]): (device: DeviceConfiguration) => number {
  const ended = rows.filter(({ status }) => status === "ok");
  const byDevice = new Map(
    [...groupBy(ended, deviceName)].map(([name, ofDevice]) => [name, spellsOf(ofDevice, "steadyMedianMs")?.ofMean]),
  );
  return (device) => byDevice.get(deviceName(device)) ?? 0;
}
