import { type JudgedClaim, judgeClaims } from "../claims/judge-claims.js";
import { counted } from "../core/counted.js";
import { onceForEach } from "../core/once-for-each.js";
import { formatDuration } from "../core/units.js";
import { UserError } from "../core/user-error.js";
import { lastAttempts } from "../dataset/read-trials.js";
import type { TrialRow } from "../dataset/tables.js";
import { cellName, type PlannedTrial, plannedTrials, recordedCell } from "../design/cells.js";
import type { Design } from "../design/design.js";
import { measuredCells } from "../measure/repeat-cells.js";
import type { ChosenTrial, MeasuredTrials } from "../measure/trial-chooser.js";
import { analyseDataset } from "../rank/dataset-analysis.js";
import { firstTrials, type NextTrials, unmeasuredOf } from "./first-trials.js";
import { TimeSpent } from "./time-spent.js";
import type { UntilChooser, UntilEnd } from "./until-chooser.js";

/** Of fewer processes of each cell it is not known how they differ. */
const LEAST_ROUNDS = 2;
/** A design that says no `max_trials` allows so many times its trials. */
const MOST_OVER_TRIALS = 2;

/** Which verdicts are wanted. */
export interface ClaimsGoal {
  readonly text: string;
  /** Judges the claims by some of the dataset's trials; none where too few of them ended well. */
  judge(trials: readonly TrialRow[]): Promise<readonly JudgedClaim[]>;
  /** Infinite for none. */
  readonly budgetMs: number;
}

/**
 * Chooses trials until the verdict on every claim is decided: all cells of the design once, round by round; after each
 * round from the second on the claims are judged. A verdict counts as decided when two rounds in turn had the same
 * one: looking after every round would find the one at which an interval is on one side by chance. What is open after
 * as many rounds as the design allows can't be decided within it.
 */
export function claimsChooser(design: Design, { text, judge, budgetMs }: ClaimsGoal): UntilChooser {
  const most = design.max_trials ?? MOST_OVER_TRIALS * design.trials;
  const rows: TrialRow[] = [];
  const spent = new TimeSpent(text);
  const verdictsAfter = onceForEach((round: number) => judge(lastAttempts(rows.filter(({ trial }) => trial <= round))));
  let known: Verdicts | undefined;

  /** What is open after a round: no verdict, or another one than the round before. */
  const openAfter = async (round: number): Promise<Verdicts> => {
    const [before, all] = [await verdictsAfter(round - 1), await verdictsAfter(round)];
    const open = all.filter((now) => now.verdict === "inconclusive" || !before.some((claim) => isSame(claim, now)));
    return { all, open };
  };
  /** The trials of a round, one of each cell that runs, that were not measured yet. */
  const leftOf = (round: number): PlannedTrial[] => {
    const ran = new Set(measuredCells(design, rows).map(({ next }) => nameOf(next)));
    return unmeasuredOf(plannedTrials({ ...design, trials: round }), rows).filter(
      (planned) => planned.trial === round && ran.has(nameOf(planned)),
    );
  };
  const nextTrials = async (): Promise<NextTrials> => {
    const planned = plannedTrials({ ...design, trials: LEAST_ROUNDS });
    const first = firstTrials(planned, rows, design.memory_limit_mib, "this cell has too few trials");
    if (first !== undefined) return first;
    const last = rows.reduce((largest, { trial }) => Math.max(largest, trial), LEAST_ROUNDS);
    const begun = last > LEAST_ROUNDS ? leftOf(last) : [];
    known = await openAfter(begun.length > 0 ? last - 1 : last);
    const because = `open: ${known.open.map(({ claim }) => claim.name).join(", ") || "all"}`;
    if (begun.length > 0) return { trials: begun, reason: "verdict open", because };
    const isEnd = areDecided(known) || last + 1 > most;
    return { trials: isEnd ? [] : leftOf(last + 1), reason: "verdict open", because };
  };
  return {
    learn(measured: MeasuredTrials) {
      rows.push(...measured.trials);
      spent.add(measured.choices);
    },
    async next(): Promise<ChosenTrial | undefined> {
      if (spent.ms >= budgetMs) return undefined;
      const { trials, reason, because } = await nextTrials();
      const [planned] = trials;
      if (planned === undefined) return undefined;
      const choice = { question: text, reason, because, answerMiniBatchSize: undefined, probability: undefined };
      const answer = known && `${decidedOf(known)} decided`;
      const roundMs = spent.trials === 0 ? undefined : (trials.length * spent.ms) / spent.trials;
      return { planned, choice, answer, leftMs: roundMs && Math.min(budgetMs - spent.ms, roundMs) };
    },
    end(): UntilEnd {
      const verdicts = known ?? { all: [], open: [] };
      const isDecided = areDecided(verdicts);
      return {
        isDecided,
        spentMs: spent.ms,
        trials: spent.trials,
        figures: { verdicts: verdicts.all.length, decided_verdicts: verdicts.all.length - verdicts.open.length },
        sentences: isDecided
          ? [`decided: ${decidedOf(verdicts)}`]
          : [
              spent.ms >= budgetMs
                ? `undecided, the budget of ${formatDuration(budgetMs)} is spent: ${decidedOf(verdicts)} decided`
                : `undecidable within the ${counted(most, "trial")} of a cell that the design allows: ${decidedOf(verdicts)} decided`,
              ...verdicts.open.map(({ claim, verdict, device }) => `open: ${claim.name} (${device}), now ${verdict}`),
            ],
      };
    },
  };
}

/** The claims as they are judged, and those of them that are not decided. */
interface Verdicts {
  readonly all: readonly JudgedClaim[];
  readonly open: readonly JudgedClaim[];
}

function areDecided({ all, open }: Verdicts): boolean {
  return all.length > 0 && open.length === 0;
}

function decidedOf({ all, open }: Verdicts): string {
  return `${all.length - open.length} of ${counted(all.length, "verdict")}`;
}

function nameOf({ cell }: PlannedTrial): string {
  return cellName(recordedCell(cell));
}

function isSame(a: JudgedClaim, b: JudgedClaim): boolean {
  return a.device === b.device && a.claim.name === b.claim.name && a.verdict === b.verdict;
}

/** A judge of the study's claims by the trials of a dataset that is there. */
export function judgeOf(folder: string): ClaimsGoal["judge"] {
  return async (trials) => {
    try {
      return await judgeClaims(analyseDataset(folder, { trials }));
    } catch (error) {
      if (error instanceof UserError) return [];
      throw error;
    }
  };
}
