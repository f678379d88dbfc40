import { seededRandom } from "../../src/core/seeded-random.js";
import { quantile, sorted } from "../../src/core/statistics.js";
import { staggered } from "../../src/design/staggered.js";
import { LINEAR_PER_SIZE } from "../../src/fit/candidate-forms.js";
import { cellMeans } from "../../src/fit/law/cell-means.js";
import { deviationGrid } from "../../src/fit/law/deviation-grid.js";
import { fitLaw } from "../../src/fit/law/fit-law.js";
import { krigedLaw } from "../../src/fit/law/kriging.js";
import { fitShape } from "../../src/fit/law/law-fit.js";
import type { Observation } from "../../src/fit/observed/observation.js";
import {
  deviationAt,
  LATENCY_WORLDS,
  observeWorld,
  type ProcessDeviation,
  type TrueLatency,
} from "../../test/worlds/latency-worlds.js";

export const SIZES = [64, 128, 224, 320, 448];
export const LARGEST = 32;
const TRIALS = 3;
const PROBABILITY = 0.9;
/** New processes of each cell. */
const PROCESSES = 10;
type Predict = (inputSizePx: number, miniBatchSize: number) => number | undefined;

/** How law and deviation, and what they are held against, predict mini-batches up to the largest in one world. */
export interface WorldErrors {
  /** |ln prediction / truth| at the median and at nine tenths of the cells. */
  readonly errors: Readonly<Record<Predictor, readonly [median: number, ninth: number]>>;
  /** The share of new processes within the 90 % interval, and at the worst of the mini-batches. */
  readonly covered: number;
  readonly coveredAtWorst: number;
}

const OTHERS = ["linear per size", "Gaussian process", "isotonic"] as const;
const PREDICTORS = ["law and deviation", ...OTHERS] as const;
type Predictor = (typeof PREDICTORS)[number];

/** Simulates datasets of one world, on a staggered design. */
export function errorsIn(world: string, datasets: number, deviation: ProcessDeviation, seed = 1): WorldErrors {
  const errors: Record<Predictor, number[]> = {
    "law and deviation": [],
    "linear per size": [],
    "Gaussian process": [],
    isotonic: [],
  };
  const covered = Array.from({ length: LARGEST }, () => ({ held: 0, processes: 0 }));
  for (let dataset = 0; dataset < datasets; dataset++) {
    const random = seededRandom(seed, `${world} ${dataset}`);
    const truth: TrueLatency = LATENCY_WORLDS[world]?.(random, SIZES) ?? (() => Number.NaN);
    const observed = observeWorld(truth, staggered(SIZES, LARGEST), { trials: TRIALS, deviation }, random);
    const law = fitLaw(observed);
    const others: Record<Exclude<Predictor, "law and deviation">, Predict> = {
      "linear per size": linearPerSize(observed),
      "Gaussian process": gaussianProcess(observed),
      isotonic: isotonic(observed),
    };
    for (const size of SIZES) {
      for (let batch = 1; batch <= LARGEST; batch++) {
        const said = law?.at(size, batch);
        const errorOf = (value = Number.NaN) => Math.abs(Math.log(value / truth(size, batch)));
        errors["law and deviation"].push(errorOf(said?.value));
        for (const name of OTHERS) errors[name].push(errorOf(others[name](size, batch)));
        const { low, high } = said?.ofProcess(PROBABILITY) ?? { low: 0, high: 0 };
        const tally = covered[batch - 1];
        for (let process = 0; tally !== undefined && process < PROCESSES; process++) {
          const value = truth(size, batch) * Math.exp(deviationAt(deviation, batch) * random.normal());
          tally.held += Number(value >= low && value <= high);
          tally.processes++;
        }
      }
    }
  }
  const told = (name: Predictor) => {
    const values = sorted(errors[name]);
    return [quantile(values, 0.5), quantile(values, 0.9)] as const;
  };
  return {
    errors: {
      "law and deviation": told("law and deviation"),
      "linear per size": told("linear per size"),
      "Gaussian process": told("Gaussian process"),
      isotonic: told("isotonic"),
    },
    covered: sum(covered.map(({ held }) => held)) / sum(covered.map(({ processes }) => processes)),
    coveredAtWorst: Math.min(...covered.map(({ held, processes }) => held / processes)),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function linearPerSize(observed: readonly Observation[]): Predict {
  const law = LINEAR_PER_SIZE.fit(observed);
  return (size, batch) => law?.evaluate(size, batch);
}

/** A constant with a deviation: what is known of the cells without any law. */
function gaussianProcess(observed: readonly Observation[]): Predict {
  const means = cellMeans(observed);
  const constant = { name: "constant", constants: [0], isLogLinear: true, columns: () => [1] };
  const law = fitShape(constant, means.cells);
  const kriged = law && krigedLaw(law, means, deviationGrid(means.cells));
  return (size, batch) => Math.exp(kriged?.at(size, batch)?.mean ?? Number.NaN);
}

/** At each size the non-decreasing function nearest to the cells' logarithms, straight in ln b between them. */
function isotonic(observed: readonly Observation[]): Predict {
  const { cells } = cellMeans(observed);
  const bySize = new Map(
    SIZES.map((size) => {
      const own = cells
        .filter(({ inputSizePx }) => inputSizePx === size)
        .sort((a, b) => a.miniBatchSize - b.miniBatchSize);
      const pools: { sum: number; count: number }[] = [];
      for (const { meanLog } of own) {
        let pool = { sum: meanLog, count: 1 };
        for (let last = pools.at(-1); last && last.sum / last.count > pool.sum / pool.count; last = pools.at(-1)) {
          pool = { sum: pool.sum + last.sum, count: pool.count + last.count };
          pools.pop();
        }
        pools.push(pool);
      }
      const values = pools.flatMap(({ sum, count }) => new Array<number>(count).fill(sum / count));
      return [
        size,
        own.map(({ miniBatchSize }, index) => ({ miniBatchSize, log: values[index] ?? Number.NaN })),
      ] as const;
    }),
  );
  return (size, batch) => {
    const points = bySize.get(size) ?? [];
    const right = points.find(({ miniBatchSize }) => miniBatchSize >= batch);
    const left = points.findLast(({ miniBatchSize }) => miniBatchSize <= batch);
    if (left === undefined || right === undefined) return undefined;
    const width = Math.log(right.miniBatchSize / left.miniBatchSize);
    const share = width === 0 ? 0 : Math.log(batch / left.miniBatchSize) / width;
    return Math.exp(left.log + share * (right.log - left.log));
  };
}

/** The errors in every world as a table in Markdown: median/90th percentile over cells, in per cent. */
export function* functionsTable(datasets: number, seed: number): Generator<string> {
  const deviations: Readonly<Record<string, ProcessDeviation>> = {
    "5 %": 0.05,
    "10 %": 0.1,
    "15 %": 0.15,
    "17 % at 1 to 6 % at 32": (batch) => 0.17 * batch ** -0.3,
  };
  for (const [name, deviation] of Object.entries(deviations)) {
    yield "";
    yield `${datasets} datasets a world, ${name} between processes: error in per cent, median/90th percentile`;
    yield "";
    yield `| world | ${PREDICTORS.join(" | ")} | over the best of the others | in the 90 % interval | at the worst mini-batch |`;
    yield `|---|${"---|".repeat(PREDICTORS.length + 3)}`;
    for (const world of Object.keys(LATENCY_WORLDS)) {
      const { errors, covered, coveredAtWorst } = errorsIn(world, datasets, deviation, seed);
      const percent = (value: number) => (100 * value).toFixed(1);
      const told = PREDICTORS.map((name) => errors[name].map(percent).join("/"));
      const over = ([0, 1] as const).map((index) => {
        const others = OTHERS.map((name) => errors[name][index]);
        return (errors["law and deviation"][index] / Math.min(...others)).toFixed(2);
      });
      yield `| ${[world, ...told, over.join("/"), `${percent(covered)} %`, `${percent(coveredAtWorst)} %`].join(" | ")} |`;
    }
  }
}
