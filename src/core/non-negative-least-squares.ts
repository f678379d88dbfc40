import { CholeskyDecomposition, Matrix } from "ml-matrix";

const MOST_ROUNDS = 200;

/**
 * The coefficients c ≥ 0 that minimise Σ (value − row·c)². Columns are scaled to length 1.
 *
 * Source: Lawson and Hanson, Solving Least Squares Problems (1974), chapter 23.
 *
 * @param rows one row of terms per value
 */
export function nonNegativeLeastSquares(rows: readonly (readonly number[])[], values: readonly number[]): number[] {
  const terms = rows[0]?.length ?? 0;
  const scales = Array.from({ length: terms }, (_, term) => Math.hypot(...rows.map((row) => row[term] ?? 0)) || 1);
  const scaled = rows.map((row) => row.map((value, term) => value / (scales[term] ?? 1)));
  const gram = Array.from({ length: terms }, (_, a) =>
    Array.from({ length: terms }, (_, b) => scaled.reduce((sum, row) => sum + (row[a] ?? 0) * (row[b] ?? 0), 0)),
  );
  const target = Array.from({ length: terms }, (_, term) =>
    scaled.reduce((sum, row, index) => sum + (row[term] ?? 0) * (values[index] ?? 0), 0),
  );
  const solution = activeSet(gram, target);
  return solution.map((value, term) => value / (scales[term] ?? 1));
}

/** Terms enter where the error falls most, and leave where they would become negative. */
function activeSet(gram: readonly (readonly number[])[], target: readonly number[]): number[] {
  let solution = target.map(() => 0);
  const passive = new Set<number>();
  const tolerance = 1e-12 * Math.max(...target.map(Math.abs), 1e-300);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const gradient = target.map(
      (value, term) => value - solution.reduce((sum, other, index) => sum + (gram[term]?.[index] ?? 0) * other, 0),
    );
    const entering = gradient
      .map((slope, term) => ({ slope, term }))
      .filter(({ slope, term }) => !passive.has(term) && slope > tolerance)
      .sort((a, b) => b.slope - a.slope)[0];
    if (entering === undefined) return solution;
    passive.add(entering.term);
    for (;;) {
      const free = solveFor([...passive], gram, target);
      if ([...passive].every((term) => (free[term] ?? 0) > 0)) {
        solution = free;
        break;
      }
      // As far as the first term that becomes 0.
      const shares = [...passive]
        .filter((term) => (free[term] ?? 0) <= 0)
        .map((term) => (solution[term] ?? 0) / ((solution[term] ?? 0) - (free[term] ?? 0) || 1));
      const share = Math.min(...shares);
      solution = solution.map((value, term) => (passive.has(term) ? value + share * ((free[term] ?? 0) - value) : 0));
      for (const term of [...passive]) if ((solution[term] ?? 0) <= 1e-15) passive.delete(term);
      if (passive.size === 0) break;
    }
  }
  return solution;
}

function solveFor(terms: readonly number[], gram: readonly (readonly number[])[], target: readonly number[]): number[] {
  // A ridge of rounding keeps columns apart that say the same.
  const part = terms.map((a) => terms.map((b) => (gram[a]?.[b] ?? 0) * (a === b ? 1 + 1e-12 : 1)));
  const solved = new CholeskyDecomposition(part).solve(Matrix.columnVector(terms.map((term) => target[term] ?? 0)));
  const values = target.map(() => 0);
  for (const [index, term] of terms.entries()) values[term] = solved.get(index, 0);
  return values;
}
