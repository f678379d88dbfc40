import { CholeskyDecomposition, Matrix } from "ml-matrix";
import { groupBy } from "../core/group-by.js";
import type { TrialRow } from "../dataset/tables.js";
import type { NoisyQuantity } from "./noise-levels.js";
import { squaresOf } from "./observed/cell-logs.js";
import { cellOf } from "./observed/observation.js";
import { sessionOf } from "./sessions-of.js";

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

/** A share of the variance that lasts, what of a spell is left at the next process, and how likely both are before. */
interface Spell {
  readonly share: number;
  readonly kept: number;
  readonly prior: number;
}

const SHARES = [0.15, 0.3, 0.45, 0.6, 0.75, 0.9];
/** A spell lasts some 5, 10 or 20 processes. */
const KEPT = [0.8, 0.9, 0.95];
const NONE: Spell = { share: 0, kept: 0, prior: 0.5 };
const SPELLS: readonly Spell[] = [
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
 *
 * Source: Patterson and Thompson, Biometrika 58 (1971), for the restricted likelihood; Harvey, Forecasting, Structural
 * Time Series Models and the Kalman Filter (1989), section 3.4, for how it is computed.
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
  const degrees = sessions.reduce((sum, session) => sum + session.length - cellsOf(session).length, 0);
  const squaresWithin = sessions
    .flatMap((session) => [...groupBy(session, ({ cell }) => cell).values()])
    .reduce((sum, ofCell) => sum + squaresOf(ofCell.map(({ log }) => log)), 0);
  if (degrees === 0 || squaresWithin / degrees < LEAST_VARIANCE) return undefined;
  const fitted = SPELLS.map((spell) => {
    const whitened = sessions.map((session) => whitenedSums(session, spell));
    const variance = whitened.reduce((sum, { squares }) => sum + squares, 0) / degrees;
    const logDeterminants = whitened.reduce((sum, { logDeterminant }) => sum + logDeterminant, 0);
    return { spell, variance, logWeight: Math.log(spell.prior) - (degrees * Math.log(variance) + logDeterminants) / 2 };
  });
  const largest = Math.max(...fitted.map(({ logWeight }) => logWeight));
  const total = fitted.reduce((sum, { logWeight }) => sum + Math.exp(logWeight - largest), 0);
  const expected = (of: (spell: Spell, variance: number) => number) =>
    fitted.reduce(
      (sum, { spell, variance, logWeight }) => sum + (Math.exp(logWeight - largest) / total) * of(spell, variance),
      0,
    );
  const own = expected(({ share }, variance) => (1 - share) * variance);
  // Processes of one cell that run in one spell differ less than those of two.
  const seen = expected((spell, variance) => (1 - spell.share * sharedWithinCells(sessions, spell)) * variance);
  return {
    probability: expected((spell) => Number(spell !== NONE)),
    share: expected(({ share }) => share),
    variance: expected(({ share }, variance) => share * variance),
    ofMean: expected((spell, variance) => spell.share * variance * sharedByMean(sessions, spell)),
    ownShare: Math.min(1, own / seen),
    degrees,
  };
}

/** A process of a session: which in its order, of which cell, and the logarithm of its quantity. */
interface Placed {
  readonly place: number;
  readonly cell: string;
  readonly log: number;
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
  const repeated = [...groupBy(placed, ({ cell }) => cell)].filter(([, { length }]) => length > 1).slice(0, MOST_CELLS);
  const most = Math.max(2, Math.floor(MOST_TRIALS / repeated.length));
  return repeated.flatMap(([, ofCell]) => ofCell.slice(0, most)).sort((a, b) => a.place - b.place);
}

function cellsOf(session: readonly Placed[]): string[] {
  return [...new Set(session.map(({ cell }) => cell))];
}

/**
 * The sum of squares around the cells' generalised means, and ln of the determinants of the variances of the processes
 * and of what these say of the cells.
 */
function whitenedSums(session: readonly Placed[], { share, kept }: Spell) {
  const columns = [
    ...cellsOf(session).map((cell) => session.map((placed) => Number(placed.cell === cell))),
    session.map(({ log }) => log),
  ];
  const speeds = columns.map(() => 0);
  const whitened = columns.map((): number[] => []);
  let [ofSpeed, logDeterminant] = [share, 0];
  for (const [index, { place }] of session.entries()) {
    const left = index === 0 ? 1 : kept ** (place - (session[index - 1]?.place ?? 0));
    ofSpeed = left ** 2 * ofSpeed + share * (1 - left ** 2);
    const variance = ofSpeed + 1 - share;
    for (const [column, values] of columns.entries()) {
      const expected = left * (speeds[column] ?? 0);
      const off = (values[index] ?? Number.NaN) - expected;
      whitened[column]?.push(off / Math.sqrt(variance));
      speeds[column] = expected + (ofSpeed / variance) * off;
    }
    logDeterminant += Math.log(variance);
    ofSpeed *= 1 - ofSpeed / variance;
  }
  const rows = new Matrix(whitened);
  const root = new CholeskyDecomposition(rows.mmul(rows.transpose())).lowerTriangularMatrix.diagonal();
  const ofCells = root.slice(0, -1).reduce((sum, value) => sum + 2 * Math.log(value), 0);
  return { squares: (root.at(-1) ?? 0) ** 2, logDeterminant: logDeterminant + ofCells };
}

/** How much of a spell two processes of a cell share, in the mean. */
function sharedWithinCells(sessions: readonly (readonly Placed[])[], spell: Spell): number {
  const cells = sessions.flatMap((session) => [...groupBy(session, ({ cell }) => cell).values()]);
  const pairs = cells.reduce((sum, { length }) => sum + length * (length - 1), 0);
  return cells.reduce((sum, ofCell) => sum + sharedInPairs(ofCell, spell), 0) / pairs;
}

/** What of a spell's variance is left in the mean of a session's processes, beyond what independent ones leave. */
function sharedByMean(sessions: readonly (readonly Placed[])[], spell: Spell): number {
  return sessions.reduce(
    (sum, session) => sum + sharedInPairs(session, spell) / session.length ** 2 / sessions.length,
    0,
  );
}

function sharedInPairs(processes: readonly Placed[], { kept }: Spell): number {
  return processes.reduce(
    (sum, { place }, index) =>
      sum + 2 * processes.slice(0, index).reduce((inner, other) => inner + kept ** (place - other.place), 0),
    0,
  );
}
