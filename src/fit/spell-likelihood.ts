import { CholeskyDecomposition, Matrix } from "ml-matrix";
import { groupBy } from "../core/group-by.js";

/** How much of the variance between processes lasts from one to the next, and how long. */
export interface Spell {
  /** Of the variance. */
  readonly share: number;
  /** What of a spell is left at the next process. */
  readonly kept: number;
}

/** A process of a session: which in its order, of which cell, and the logarithm of its quantity. */
export interface Placed {
  readonly place: number;
  readonly cell: string;
  readonly log: number;
}

/** The processes of a session, those of a cell together. */
export function byCell(session: readonly Placed[]): Placed[][] {
  return [...groupBy(session, ({ cell }) => cell).values()];
}

/**
 * The restricted likelihood of a spell, as a logarithm, and the variance between processes of a cell that it makes most
 * likely.
 *
 * Source: Patterson and Thompson, Biometrika 58 (1971); Harvey, Forecasting, Structural Time Series Models and the
 * Kalman Filter (1989), section 3.4, for how it is computed.
 *
 * @param sessions each in the order of its processes
 * @param degrees processes beyond one of each cell and session
 */
export function likelihoodOf(
  sessions: readonly (readonly Placed[])[],
  spell: Spell,
  degrees: number,
): { readonly variance: number; readonly logLikelihood: number } {
  const whitened = sessions.map((session) => whitenedSums(session, spell));
  const variance = whitened.reduce((sum, { squares }) => sum + squares, 0) / degrees;
  const logDeterminants = whitened.reduce((sum, { logDeterminant }) => sum + logDeterminant, 0);
  return { variance, logLikelihood: -(degrees * Math.log(variance) + logDeterminants) / 2 };
}

/**
 * The sum of squares around the cells' generalised means, and ln of the determinants of the variances of the processes
 * and of what these say of the cells.
 */
function whitenedSums(session: readonly Placed[], { share, kept }: Spell) {
  const columns = [
    ...byCell(session).map(([of]) => session.map(({ cell }) => Number(cell === of?.cell))),
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

/** How much of a spell any two of some processes of a session share, over all ordered pairs of them. */
export function sharedInPairs(processes: readonly Placed[], { kept }: Spell): number {
  let [all, withEarlier] = [0, 0];
  for (const [index, { place }] of processes.entries()) {
    if (index > 0) withEarlier = (1 + withEarlier) * kept ** (place - (processes[index - 1]?.place ?? 0));
    all += 2 * withEarlier;
  }
  return all;
}
