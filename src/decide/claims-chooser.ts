import { type JudgedClaim, judgeClaims } from "../claims/judge-claims.js";
import { counted } from "../core/counted.js";
import { formatDuration } from "../core/units.js";
import { UserError } from "../core/user-error.js";
import { lastAttempts } from "../dataset/read-trials.js";
import type { ChoiceReason, TrialRow } from "../dataset/tables.js";
import { type PlannedTrial, plannedTrials } from "../design/cells.js";
import type { Design } from "../design/design.js";
import { bisectingTrials } from "../measure/bisect-memory.js";
import { oneMoreOfEach } from "../measure/repeat-cells.js";
import type { ChosenTrial, MeasuredTrials } from "../measure/trial-chooser.js";
import { analyseDataset } from "../rank/dataset-analysis.js";
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
  const queue: { readonly planned: PlannedTrial; readonly reason: ChoiceReason; readonly because: string }[] = [];
  let verdicts: readonly JudgedClaim[] = [];
  let open: readonly JudgedClaim[] | undefined;

  /** The trials of the next round; none where all is decided, or the design allows no more. */
  const round = async (): Promise<typeof queue> => {
    const first = plannedTrials({ ...design, trials: LEAST_ROUNDS });
    const ids = new Set(rows.map(({ trialId }) => trialId));
    const unmeasured = first.filter(({ trialId }) => !ids.has(trialId));
    if (unmeasured.length > 0) {
      return unmeasured.map((planned) => ({ planned, reason: "first look", because: "this cell has too few trials" }));
    }
    const probes = bisectingTrials(first, rows, design.memory_limit_mib);
    if (probes.length > 0) {
      const because = "memory ends between what ran and what ran out of it";
      return probes.map((planned) => ({ planned, reason: "memory edge", because }));
    }
    const last = rows.reduce((largest, { trial }) => Math.max(largest, trial), 0);
    const before = await judge(lastAttempts(rows.filter(({ trial }) => trial < last)));
    verdicts = await judge(lastAttempts(rows));
    open = verdicts.filter((now) => now.verdict === "inconclusive" || !before.some((claim) => isSame(claim, now)));
    if (verdicts.length > 0 && open.length === 0) return [];
    const because = `open: ${open.map(({ claim }) => claim.name).join(", ") || "all"}`;
    return oneMoreOfEach(design, rows)
      .filter(({ trial }) => trial <= most)
      .map((planned) => ({ planned, reason: "verdict open", because }));
  };
  const decided = () => verdicts.length - (open?.length ?? verdicts.length);
  return {
    learn(measured: MeasuredTrials) {
      rows.push(...measured.trials);
      spent.add(measured.choices);
    },
    async next(): Promise<ChosenTrial | undefined> {
      if (spent.ms >= budgetMs) return undefined;
      if (queue.length === 0) queue.push(...(await round()));
      const next = queue.shift();
      if (next === undefined) return undefined;
      const { planned, reason, because } = next;
      const choice = { question: text, reason, because, answerMiniBatchSize: undefined, probability: undefined };
      const answer = open && `${decided()} of ${counted(verdicts.length, "verdict")} decided`;
      const roundMs = spent.trials === 0 ? undefined : ((queue.length + 1) * spent.ms) / spent.trials;
      return { planned, choice, answer, leftMs: roundMs && Math.min(budgetMs - spent.ms, roundMs) };
    },
    end(): UntilEnd {
      const isDecided = open?.length === 0 && verdicts.length > 0;
      const isSpent = spent.ms >= budgetMs;
      return {
        isDecided,
        spentMs: spent.ms,
        trials: spent.trials,
        figures: { verdicts: verdicts.length, decided_verdicts: decided() },
        sentences: isDecided
          ? [`decided: all ${counted(verdicts.length, "verdict")}`]
          : [
              isSpent
                ? `undecided, the budget of ${formatDuration(budgetMs)} is spent: ${decided()} of ${counted(verdicts.length, "verdict")} decided`
                : `undecidable within the ${counted(most, "trial")} of a cell that the design allows: ${decided()} of ${counted(verdicts.length, "verdict")} decided`,
              ...(open ?? []).map(({ claim, verdict, device }) => `open: ${claim.name} (${device}), now ${verdict}`),
            ],
      };
    },
  };
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
