import { sampleVariance, variance } from "simple-statistics";
import { groupBy } from "../core/group-by.js";
import { median, sorted } from "../core/statistics.js";
import { studentQuantile } from "../core/student-t.js";
import { LINEAR_PER_SIZE, QUADRATIC_PER_SIZE } from "../fit/candidate-forms.js";
import { medianAbsolute, residualsByFold } from "../fit/cross-validation.js";
import { rSquared } from "../fit/fit-function.js";
import { meanOf, squaresOf } from "../fit/observed/cell-logs.js";
import { cellOf, countCells, type Observation } from "../fit/observed/observation.js";
import { besideNoise, bootstrapStatistic, type StatisticFunction } from "./statistic.js";

/** A quadratic needs three cells beside the one that is left out. */
const CELLS_FOR_QUADRATIC = 4;

/** R² of the study's law, latency linear in the mini-batch size, at one input size; resampled over cells. */
export const linearRSquared: StatisticFunction = ({ fit: { latency } }, inputSizePx) => {
  const here = latency.observations.filter((observation) => observation.inputSizePx === inputSizePx);
  if (countCells(here) < 3) return { value: undefined, reason: `fewer than 3 cells at ${inputSizePx ?? "no"} px` };
  const r2 = (cells: readonly (readonly Observation[])[]) => {
    const observations = cells.flat();
    const law = LINEAR_PER_SIZE.fit(observations);
    return law === undefined || countCells(observations) < 3 ? Number.NaN : rSquared(law, observations);
  };
  const cells = [...groupBy(here, cellOf).values()];
  return besideNoise(bootstrapStatistic(cells, r2, `R² at ${inputSizePx} px`), rSquaredOfNoise(cells));
};

/** R² of a law that is right, its residuals those of repeated processes: a cell that was not repeated has none. */
function rSquaredOfNoise(cells: readonly (readonly Observation[])[]): number | undefined {
  const values = cells.map((cell) => cell.map(({ value }) => value));
  if (values.every((cell) => cell.length < 2)) return undefined;
  const ofNoise = values.reduce((sum, cell) => sum + (cell.length < 2 ? 0 : cell.length * sampleVariance(cell)), 0);
  const all = values.flat();
  return 1 - ofNoise / (all.length * variance(all));
}

/**
 * The error of the linear law on left-out cells over that of a quadratic one, at all input sizes. Noise makes both
 * errors alike, so by itself it does not refute.
 */
export const linearOverQuadraticError: StatisticFunction = ({ fit: { latency } }) => {
  const sizes = [...groupBy(latency.observations, ({ inputSizePx }) => inputSizePx).values()];
  const observations = sizes.filter((values) => countCells(values) >= CELLS_FOR_QUADRATIC).flat();
  const linear = residualsByFold(LINEAR_PER_SIZE, observations, cellOf);
  const quadratic = residualsByFold(QUADRATIC_PER_SIZE, observations, cellOf);
  const cells = [...linear].flatMap(([cell, residuals]) => {
    const rival = quadratic.get(cell) ?? [];
    return rival.length > 0 ? [{ linear: residuals, quadratic: rival }] : [];
  });
  if (cells.length === 0) return { value: undefined, reason: "no input size has 4 mini-batch sizes" };
  const error = (residuals: readonly number[]) => medianAbsolute(residuals) ?? Number.NaN;
  return bootstrapStatistic(
    cells,
    (sample) => error(sample.flatMap((cell) => cell.linear)) / error(sample.flatMap((cell) => cell.quadratic)),
    `left-out error of linear over quadratic, ${cells.length} cells`,
  );
};

/** Of fewer cells all are on one side of the median more often than once in twenty. */
const CELLS_FOR_EXTREMES = 6;
/** Of fewer resampled intervals leave out the outermost cells, beyond which the median is in one case of eight. */
const CELLS_FOR_BOOTSTRAP = 8;

/**
 * How many times as long the first inference takes as a steady one: the median over cells. With six or seven of them
 * its interval is from the smallest to the largest ratio, with fewer that of their geometric mean, Student's of
 * logarithms.
 */
export const warmupOverLatency: StatisticFunction = ({ fit: { warmup, latency } }) => {
  const steady = new Map([...groupBy(latency.observations, cellOf)].map(([cell, values]) => [cell, medianOf(values)]));
  const ratios = [...groupBy(warmup.observations, cellOf)].flatMap(([cell, values]) => {
    const latencyMs = steady.get(cell);
    return latencyMs === undefined ? [] : [medianOf(values) / latencyMs];
  });
  if (ratios.length < 2) return { value: undefined, reason: "fewer than 2 cells" };
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)];
  const detail = `W / L, median of ${ratios.length} cells, ${least.toFixed(2)} to ${most.toFixed(2)}`;
  const middle = (sample: readonly number[]) => median(sorted(sample));
  if (ratios.length >= CELLS_FOR_BOOTSTRAP) return bootstrapStatistic(ratios, middle, detail);
  const value = middle(ratios);
  if (ratios.length >= CELLS_FOR_EXTREMES) return { value, interval: { low: least, high: most }, detail };
  const logs = ratios.map(Math.log);
  const degrees = logs.length - 1;
  const reach = studentQuantile(0.975, degrees) * Math.sqrt(squaresOf(logs) / degrees / logs.length);
  const [low, high] = [Math.exp(meanOf(logs) - reach), Math.exp(meanOf(logs) + reach)];
  return { value, interval: { low: Math.min(value, low), high: Math.max(value, high) }, detail };
};

function medianOf(observations: readonly Observation[]): number {
  return median(sorted(observations.map(({ value }) => value)));
}
