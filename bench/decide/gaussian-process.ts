import type { CellEvidence } from "../../src/decide/cell-evidence.js";
import { type DecisionQuestion, meanCapacity } from "../../src/decide/decision-question.js";

/** A scale of 1 over ln mini-batch size, 0.5 in ln capacity, and 10 % between processes. */
const KERNEL = { lengthScale: 1, deviation: 0.5, noise: 0.1 };
const LEAST_CAPACITY = 0.01;

/** The candidate with the largest expected improvement over the best mean so far. */
export function expectedImprovement(
  cells: readonly CellEvidence[],
  possible: readonly number[],
  question: DecisionQuestion,
): number {
  const at = cells.map(({ miniBatchSize }) => Math.log(miniBatchSize));
  const values = cells.map(({ miniBatchSize, meanLogLatency, meanLogFirst }) =>
    Math.log(
      Math.max(
        LEAST_CAPACITY,
        meanCapacity(question, miniBatchSize, {
          latencyMs: Math.exp(meanLogLatency),
          firstMs: Math.exp(meanLogFirst),
        }),
      ),
    ),
  );
  const centre = values.reduce((sum, value) => sum + value, 0) / values.length;
  const covariance = at.map((x, row) =>
    at.map(
      (other, column) => kernel(x, other) + (row === column ? KERNEL.noise ** 2 / (cells[row]?.processes ?? 1) : 0),
    ),
  );
  const weights = solve(
    covariance,
    values.map((value) => value - centre),
  );
  const predicted = possible.map((size) => {
    const cross = at.map((x) => kernel(x, Math.log(size)));
    const mean = centre + dot(cross, weights);
    return { size, mean, variance: KERNEL.deviation ** 2 - dot(cross, solve(covariance, cross)) };
  });
  const best = Math.max(
    ...predicted.filter(({ size }) => cells.some((cell) => cell.miniBatchSize === size)).map(({ mean }) => mean),
  );
  const scored = predicted.map(({ size, mean, variance }) => {
    const deviation = Math.sqrt(Math.max(1e-12, variance));
    const z = (mean - best) / deviation;
    return { size, score: deviation * (z * normalCumulative(z) + Math.exp(-(z ** 2) / 2) / Math.sqrt(2 * Math.PI)) };
  });
  return scored.reduce((most, next) => (next.score > most.score ? next : most)).size;
}

/** Matérn, 5/2. */
function kernel(a: number, b: number): number {
  const distance = (Math.sqrt(5) * Math.abs(a - b)) / KERNEL.lengthScale;
  return KERNEL.deviation ** 2 * (1 + distance + distance ** 2 / 3) * Math.exp(-distance);
}

/** By Gauss's elimination of a positive definite matrix. */
function solve(matrix: readonly (readonly number[])[], values: readonly number[]): number[] {
  const rows = matrix.map((row, index) => [...row, values[index] ?? 0]);
  for (const [pivot, row] of rows.entries()) {
    for (const below of rows.slice(pivot + 1)) {
      const factor = (below[pivot] ?? 0) / (row[pivot] ?? 1);
      for (let column = pivot; column < row.length; column++)
        below[column] = (below[column] ?? 0) - factor * (row[column] ?? 0);
    }
  }
  const solution = new Array<number>(rows.length).fill(0);
  for (let index = rows.length - 1; index >= 0; index--) {
    const row = rows[index] ?? [];
    const known = solution.reduce((sum, value, column) => (column > index ? sum + value * (row[column] ?? 0) : sum), 0);
    solution[index] = ((row.at(-1) ?? 0) - known) / (row[index] ?? 1);
  }
  return solution;
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}

/** Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26. */
function normalCumulative(z: number): number {
  const t = 1 / (1 + (0.3275911 * Math.abs(z)) / Math.SQRT2);
  const polynomial = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const half = (polynomial * Math.exp(-(z ** 2) / 2)) / 2;
  return z > 0 ? 1 - half : half;
}
