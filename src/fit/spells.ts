import { groupBy } from "../core/group-by.js";
import type { TrialRow } from "../dataset/tables.js";
import { shares } from "./law/kriging.js";
import type { NoisyQuantity } from "./noise-levels.js";
import { degreesWithin, meanOf, varianceWithin } from "./observed/cell-logs.js";
import { cellOf } from "./observed/observation.js";
import { sessionOf } from "./sessions-of.js";
import { byCell, likelihoodOf, type Placed, type Spell, sharedInPairs } from "./spell-likelihood.js";

/**
 * How much of what processes of a cell differ by lasts from one process to the next: a machine is slow for a while,
 * because other work shares it or because it is hot. What runs in one spell, as all devices of a plan may, is slow
 * together.
 */
export interface Spells {
  /** How likely there are any; before measuring 0.5. */
  readonly probability: number;
  /** Of the variance between processes of a cell what lasts: the mean over all that is likely, none included. */
  readonly share: number;
  /** The same as the variance of a logarithm. */
  readonly variance: number;
  /** Of that variance, how much the mean of a session's processes is off. */
  readonly ofMean: number;
  /** Of the variance that processes of a cell were seen to have, what is each process's own. */
  readonly ownShare: number;
  /** So many independent squares say it: processes beyond one of each cell and session. */
  readonly degrees: number;
}

/** The spells of the quantities that plans are made with; undefined where the order of trials does not say. */
export interface DeviceSpells {
  readonly latency: Spells | undefined;
  readonly warmup: Spells | undefined;
}

/** A spell, and how likely it is before measuring. */
interface LikelySpell extends Spell {
  readonly prior: number;
}

const SHARES = [0.15, 0.3, 0.45, 0.6, 0.75, 0.9];
/** A spell lasts some 5, 10 or 20 processes. */
const KEPT = [0.8, 0.9, 0.95];
const NONE: LikelySpell = { share: 0, kept: 0, prior: 0.5 };
const SPELLS: readonly LikelySpell[] = [
  NONE,
  ...SHARES.flatMap((share) =>
    KEPT.map((kept) => ({ share, kept, prior: (1 - NONE.prior) / (SHARES.length * KEPT.length) })),
  ),
];
/** More trials of a session, cells and sessions say little new and take time. */
const MOST_TRIALS = 400;
const MOST_CELLS = 100;
const MOST_SESSIONS = 4;
/** Repeated values that are equal but for rounding say nothing. */
const LEAST_VARIANCE = 1e-12;

/**
 * Slow spells, from the order in which processes ran. The logarithm of a quantity is that of its cell and session, plus
 * a speed of the machine that goes on from process to process (an AR(1)), plus what is the process's own. How much
 * lasts and how long is averaged by restricted likelihood; before measuring, none is as likely as some.
 *
 * @param trials of one device that ended well
 * @param knownLogs how much longer, as a logarithm, trials took because the machine was seen to be slow: where what was
 *   measured is taken without that, their mean is off by what is left only
 * @returns undefined where the order is not known, no two processes of a session ran at one cell, or all such are
 *   alike; of equal times the order is that of the trials
 * @example
 * spellsOf(trials, "steadyMedianMs")?.share; // 0.7: most of what repeated processes differ by is the machine's
 */
export function spellsOf(
  trials: readonly TrialRow[],
  key: NoisyQuantity,
  knownLogs: ReadonlyMap<string, number> = new Map(),
): Spells | undefined {
  const spells = spellsIn(trials, key);
  if (spells === undefined || knownLogs.size === 0) return spells;
  return { ...spells, ofMean: spellsIn(trials, key, knownLogs)?.ofMean ?? 0 };
}

function spellsIn(
  trials: readonly TrialRow[],
  key: NoisyQuantity,
  knownLogs: ReadonlyMap<string, number> = new Map(),
): Spells | undefined {
  if (!trials.every(({ startedAt = "" }) => Number.isFinite(Date.parse(startedAt)))) return undefined;
  const sessions = [...groupBy(trials, sessionOf).values()]
    .map((session) => repeatedIn(session, key, knownLogs))
    .filter(({ length }) => length > 0)
    .sort((a, b) => b.length - a.length)
    .slice(0, MOST_SESSIONS);
  const cells = sessions.flatMap(byCell);
  const logs = cells.map((ofCell) => ({ logs: ofCell.map(({ log }) => log) }));
  const degrees = degreesWithin(logs);
  if ((varianceWithin(logs) ?? 0) < LEAST_VARIANCE) return undefined;
  const fitted = SPELLS.map((spell) => ({ spell, ...likelihoodOf(sessions, spell, degrees) }));
  const weights = shares(fitted.map(({ spell, logLikelihood }) => Math.log(spell.prior) + logLikelihood));
  const expected = (of: (spell: Spell, variance: number) => number) =>
    fitted.reduce((sum, { spell, variance }, index) => sum + (weights[index] ?? 0) * of(spell, variance), 0);
  const own = expected(({ share }, variance) => (1 - share) * variance);
  // Processes of one cell that run in one spell differ less than those of two.
  const seen = expected((spell, variance) => (1 - spell.share * sharedWithin(cells, spell)) * variance);
  return {
    probability: expected((spell) => Number(spell !== NONE)),
    share: expected(({ share }) => share),
    variance: expected(({ share }, variance) => share * variance),
    ofMean: expected((spell, variance) => spell.share * variance * sharedByMean(sessions, spell)),
    ownShare: Math.min(1, own / seen),
    degrees,
  };
}

/** Processes of a session whose cell has several, in the order in which they started. */
function repeatedIn(
  session: readonly TrialRow[],
  key: NoisyQuantity,
  knownLogs: ReadonlyMap<string, number>,
): readonly Placed[] {
  const placed = [...session]
    .sort((a, b) => Date.parse(a.startedAt ?? "") - Date.parse(b.startedAt ?? ""))
    .flatMap((trial, place) => {
      const { [key]: value = 0, trialId } = trial;
      return value > 0 ? [{ place, cell: cellOf(trial), log: Math.log(value) - (knownLogs.get(trialId) ?? 0) }] : [];
    });
  const repeated = byCell(placed)
    .filter(({ length }) => length > 1)
    .slice(0, MOST_CELLS);
  const most = Math.max(2, Math.floor(MOST_TRIALS / repeated.length));
  return repeated.flatMap((ofCell) => ofCell.slice(0, most)).sort((a, b) => a.place - b.place);
}

/** How much of a spell two processes of a cell share, in the mean. */
function sharedWithin(cells: readonly (readonly Placed[])[], spell: Spell): number {
  const pairs = cells.reduce((sum, { length }) => sum + length * (length - 1), 0);
  return cells.reduce((sum, ofCell) => sum + sharedInPairs(ofCell, spell), 0) / pairs;
}

/** What of a spell's variance is left in the mean of a session's processes, beyond what independent ones leave. */
function sharedByMean(sessions: readonly (readonly Placed[])[], spell: Spell): number {
  return meanOf(sessions.map((session) => sharedInPairs(session, spell) / session.length ** 2));
}
