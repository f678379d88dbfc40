import { CholeskyDecomposition, Matrix } from "ml-matrix";
import { onceForEach } from "../../core/once-for-each.js";
import type { CellMean } from "./cell-means.js";

/** What of a cell its covariances depend on. */
export type GridCell = Pick<CellMean, "inputSizePx" | "miniBatchSize" | "trials">;

/**
 * How what cells say beyond a law may look: how much of it there is, how far it reaches, and how much is of single
 * cells.
 */
export interface DeviationKind {
  /** Its variance over that of the noise of one trial. */
  readonly variance: number;
  /** How far it reaches in ln size and in ln mini-batch. */
  readonly sizeReach: number;
  readonly batchReach: number;
  /** The share that says nothing of other cells. */
  readonly ofCell: number;
  readonly logPrior: number;
}

/** A kind of deviation with the covariance of cell means that it implies, in units of the variance of one trial. */
export interface DeviationPoint extends DeviationKind {
  readonly inverse: Matrix;
  readonly logDeterminant: number;
}

/** The values of the grid: 201 kinds; and 31 for many cells, where each kind costs their number to the third power. */
const FINE = {
  variances: [0.1, 0.3, 1, 3, 10, 30, 100, 300],
  sizeReaches: [0.5, 1.5, 20],
  batchReaches: [0.35, 0.7, 1.4, 2.8],
  cellShares: [0, 0.3],
} as const;
const COARSE = {
  variances: [0.3, 1, 3, 10, 30, 100],
  sizeReaches: [1, 20],
  batchReaches: [0.7, 2],
  cellShares: [0.3],
} as const;
const MANY_CELLS = 100;
/** Prior probabilities that there is none, and where there is one, that it is of single cells alone. */
const NONE = 0.2;
const OF_CELLS_ALONE = 0.2;

/** A grid in place of an optimiser, which gets stuck: kinds whose predictions are averaged. */
export function deviationKinds(cells: number): DeviationKind[] {
  const { variances, sizeReaches, batchReaches, cellShares } = cells > MANY_CELLS ? COARSE : FINE;
  const spread = variances.length * sizeReaches.length * batchReaches.length * cellShares.length;
  const ofCells = Math.log(((1 - NONE) * OF_CELLS_ALONE) / variances.length);
  const others = Math.log(((1 - NONE) * (1 - OF_CELLS_ALONE)) / spread);
  const reachless = { sizeReach: 1, batchReach: 1 };
  return [
    { variance: 0, ...reachless, ofCell: 0, logPrior: Math.log(NONE) },
    ...variances.flatMap((variance) => [
      { variance, ...reachless, ofCell: 1, logPrior: ofCells },
      ...sizeReaches.flatMap((sizeReach) =>
        batchReaches.flatMap((batchReach) =>
          cellShares.map((ofCell) => ({ variance, sizeReach, batchReach, ofCell, logPrior: others })),
        ),
      ),
    ]),
  ];
}

/** The covariances of cell means under each kind of deviation. */
export function deviationGrid(cells: readonly GridCell[]): DeviationPoint[] {
  return deviationKinds(cells.length).map((kind) => {
    const covariance = cells.map((cell) => covariances(kind, cells, cell.inputSizePx, cell.miniBatchSize));
    for (const [index, { trials }] of cells.entries()) {
      const row = covariance[index];
      if (row !== undefined) row[index] = (row[index] ?? 0) + 1 / trials;
    }
    const cholesky = new CholeskyDecomposition(covariance);
    const logDeterminant = cells.reduce(
      (sum, _, index) => sum + 2 * Math.log(cholesky.lowerTriangularMatrix.get(index, index)),
      0,
    );
    return { ...kind, inverse: cholesky.solve(Matrix.eye(cells.length)), logDeterminant };
  });
}

/** The grid of cells, computed once for all quantities that were measured in the same ones as often. */
export function sharedGrid(): typeof deviationGrid {
  const gridOf = onceForEach((cells: string) => deviationGrid(JSON.parse(cells) as GridCell[]));
  return (cells) =>
    gridOf(
      JSON.stringify(
        cells.map(({ inputSizePx, miniBatchSize, trials }): GridCell => ({ inputSizePx, miniBatchSize, trials })),
      ),
    );
}

/** The covariance of the deviation at a cell with that at each of others, in units of the variance of one trial. */
export function covariances(
  { variance, ofCell, ...reach }: DeviationKind,
  cells: readonly GridCell[],
  inputSizePx: number,
  miniBatchSize: number,
): number[] {
  return correlations(reach, cells, inputSizePx, miniBatchSize).map((shared, index) => {
    const cell = cells[index];
    const isSame = cell?.inputSizePx === inputSizePx && cell.miniBatchSize === miniBatchSize;
    return variance * ((1 - ofCell) * shared + (isSame ? ofCell : 0));
  });
}

/** The correlation with each of others of what reaches beyond a cell. */
export function correlations(
  { sizeReach, batchReach }: Pick<DeviationKind, "sizeReach" | "batchReach">,
  cells: readonly GridCell[],
  inputSizePx: number,
  miniBatchSize: number,
): number[] {
  return cells.map(
    (cell) =>
      matern((Math.log(cell.inputSizePx) - Math.log(inputSizePx)) / sizeReach) *
      matern((Math.log(cell.miniBatchSize) - Math.log(miniBatchSize)) / batchReach),
  );
}

/** The Matérn correlation of smoothness 5/2. */
function matern(distance: number): number {
  const scaled = Math.sqrt(5) * Math.abs(distance);
  return (1 + scaled + scaled ** 2 / 3) * Math.exp(-scaled);
}
