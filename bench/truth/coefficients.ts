import { seededRandom } from "../../src/core/seeded-random.js";
import { LINEAR_PER_SIZE } from "../../src/fit/candidate-forms.js";
import { fitFunction } from "../../src/fit/fit-function.js";

const TRUTH = { constant: 4, mbs: 2 };
const DESIGNS = [
  [1, 2, 4, 8, 16, 32],
  [1, 3, 5, 9, 20, 32],
  [1, 2, 3, 4, 6, 8, 12, 16, 24, 32],
];
const NOISE = 0.1;

/** Shares of simulated sweeps whose 95 % intervals hold the true coefficients of a line. */
export function coefficientsHeld(
  miniBatchSizes: readonly number[],
  { trials, deviation }: { readonly trials: number; readonly deviation: number },
  sweeps: number,
  seed = 1,
): Record<keyof typeof TRUTH, number> {
  const held = { constant: 0, mbs: 0 };
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const random = seededRandom(seed, `coefficients ${sweep}`);
    const observations = miniBatchSizes.flatMap((miniBatchSize) => {
      const cell = (TRUTH.constant + TRUTH.mbs * miniBatchSize) * Math.exp(deviation * random.normal());
      return Array.from({ length: trials }, () => ({
        ...{ inputSizePx: 224, miniBatchSize },
        value: cell * Math.exp(NOISE * random.normal()),
      }));
    });
    const intervals = fitFunction("latency_ms", LINEAR_PER_SIZE, observations).coefficientIntervals();
    for (const name of ["constant", "mbs"] as const) {
      const { low = Number.NaN, high = Number.NaN } = intervals[name] ?? {};
      held[name] += Number(low <= TRUTH[name] && TRUTH[name] <= high) / sweeps;
    }
  }
  return held;
}

/** A table in Markdown, a design a line. */
export function* coefficientsTable(sweeps: number, seed: number): Generator<string> {
  yield "| mini-batch sizes | trials | cells deviate by | constant held | slope held |";
  yield "|---|---|---|---|---|";
  for (const sizes of DESIGNS) {
    for (const trials of [3, 5]) {
      for (const deviation of [0, 0.05]) {
        const { constant, mbs } = coefficientsHeld(sizes, { trials, deviation }, sweeps, seed);
        const shares = [constant, mbs].map((share) => `${(100 * share).toFixed(1)} %`);
        yield `| ${[sizes.join(", "), trials, `${100 * deviation} %`, ...shares].join(" | ")} |`;
      }
    }
  }
}
