import type { SeededRandom } from "../../src/core/seeded-random.js";
import type { Observation } from "../../src/fit/observed/observation.js";

/** True latency in ms. */
export type TrueLatency = (inputSizePx: number, miniBatchSize: number) => number;

const area = (size: number) => (size / 224) ** 2;

/** Ways in which latency may depend on size and mini-batch; the constants of each are drawn. */
export const LATENCY_WORLDS: Readonly<Record<string, (random: SeededRandom, sizes: readonly number[]) => TrueLatency>> =
  {
    linear: (random) => {
      const [constant, slope] = constants(random);
      return (size, batch) => constant + slope * area(size) * batch;
    },
    "linear per size": (random, sizes) => {
      const [constant, slope] = constants(random);
      const own = new Map(sizes.map((size) => [size, [0.2, 0.15].map((spread) => Math.exp(spread * random.normal()))]));
      return (size, batch) => {
        const [ofConstant = 1, ofSlope = 1] = own.get(size) ?? [];
        return constant * ofConstant + slope * ofSlope * area(size) * batch;
      };
    },
    constant: (random) => {
      const [, slope] = constants(random);
      return (size, batch) => 20 + 0.02 * slope * area(size) * batch;
    },
    "power 0.8": (random) => {
      const [, slope] = constants(random);
      return (size, batch) => slope * (size / 224) ** 1.8 * batch ** 0.8;
    },
    "power 1.25": (random) => {
      const [, slope] = constants(random);
      return (size, batch) => slope * area(size) * batch ** 1.25;
    },
    "kink at 8": (random) => {
      const [constant, slope] = constants(random);
      return (size, batch) => constant + slope * area(size) * (batch + Math.max(0, batch - 8));
    },
    ...Object.fromEntries(
      [4, 6, 8].map((step) => [
        `steps of ${step}`,
        (random: SeededRandom) => {
          const [constant, slope] = constants(random);
          return (size: number, batch: number) => constant / 4 + slope * area(size) * step * Math.ceil(batch / step);
        },
      ]),
    ),
    padding: (random) => {
      const [constant, slope] = constants(random);
      return (size, batch) => constant / 4 + slope * area(size) * 2 ** Math.ceil(Math.log2(batch));
    },
    "cache edge": (random) => {
      const [constant, slope] = constants(random);
      const edge = between(random, 3, 20);
      return (size, batch) => constant / 2 + slope * area(size) * batch * (batch * area(size) > edge ? 1.5 : 1);
    },
    roofline: (random) => {
      const [, slope] = constants(random);
      const idle = between(random, 3, 12);
      return (size, batch) => slope * area(size) * Math.max(idle, batch);
    },
    V: (random) => {
      const [, slope] = constants(random);
      const best = between(random, 5, 14);
      return (size, batch) => slope * area(size) * batch * Math.exp(0.35 * Math.abs(Math.log(batch / best)));
    },
  };

function constants(random: SeededRandom): [constant: number, slope: number] {
  return [2 + 6 * random.uniform(), 1 + 3 * random.uniform()];
}

function between(random: SeededRandom, low: number, high: number): number {
  return low * (high / low) ** random.uniform();
}

/** How processes scatter around a cell: the standard deviation of their logarithms, of all mini-batches or of each. */
export type ProcessDeviation = number | ((miniBatchSize: number) => number);

export function deviationAt(deviation: ProcessDeviation, miniBatchSize: number): number {
  return typeof deviation === "number" ? deviation : deviation(miniBatchSize);
}

/** Trials of a world. */
export function observeWorld(
  latency: TrueLatency,
  bySize: Readonly<Record<string, readonly number[]>>,
  { trials, deviation }: { readonly trials: number; readonly deviation: ProcessDeviation },
  random: SeededRandom,
): Observation[] {
  return Object.entries(bySize).flatMap(([size, batches]) =>
    batches.flatMap((miniBatchSize) =>
      Array.from({ length: trials }, () => ({
        inputSizePx: Number(size),
        miniBatchSize,
        value: latency(Number(size), miniBatchSize) * Math.exp(deviationAt(deviation, miniBatchSize) * random.normal()),
      })),
    ),
  );
}
