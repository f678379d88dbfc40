import { groupBy } from "../../core/group-by.js";
import { floorOf, type IntegerProgram, type Row, type Term, type Variable } from "../program/integer-program.js";
import { capLimits } from "../question/cap-limits.js";
import { billOf, type Configuration, mostImages } from "../question/configuration.js";
import { byTypeAndWorkload } from "../question/dominance.js";
import type { PlanProblem } from "../question/plan-problem.js";
import { leastObjective } from "./solve-program.js";

/** The devices of a type that serve a workload. */
export interface Pair {
  readonly name: string;
  readonly type: number;
  readonly workload: number;
  /** Those that are worth using; one of the largest capacity is among them. */
  readonly configurations: readonly Configuration[];
}

/** Configurations by their type and workload. */
export function pairsOf(configurations: readonly Configuration[]): Pair[] {
  return [...byTypeAndWorkload(configurations)].map(([name, ofPair]) => ({
    name,
    type: ofPair[0]?.type ?? 0,
    workload: ofPair[0]?.workload ?? 0,
    configurations: ofPair,
  }));
}

/** Coefficients are rounded down to so fine a part of what the gap allows for each device. */
const PARTS = 50;

/**
 * A lower bound of cost or energy that knows that devices are whole.
 *
 * At a price λ of an image, what a device takes for x images is at least λ·x + g with g = min over its mini-batch sizes
 * and numbers of mini-batches of (what it takes − λ·images). So every plan takes at least Σ λ·images + Σ g·N, where the
 * numbers N of devices must be able to classify the images and be there. The least Σ g·N is found by the search over
 * counts. Any prices give a valid bound; all of it is exact.
 *
 * @param prices of one image of each workload
 * @param objective of a plan, or about that much: for the fineness of the arithmetic
 * @returns undefined if the search came to no end
 */
export async function boundByCounts(
  problem: PlanProblem,
  pairs: readonly Pair[],
  price: "cost" | "energy",
  prices: readonly number[],
  objective: bigint,
  gap: number,
): Promise<bigint | undefined> {
  const { types, workloads } = problem;
  const whole = prices.map((value) => BigInt(Math.max(0, Math.floor(value))));
  const devices = types.reduce((sum, { count }) => sum + count, 0);
  const part = BigInt(Math.max(1, Math.floor((Number(objective) * gap) / (PARTS * devices))));
  const variables = pairs.map(({ name, type, workload, configurations }): Variable => {
    const least = leastSurplus(configurations, price, whole[workload] ?? 0n);
    return { name: `n_${name}`, upper: types[type]?.count ?? 0, integer: true, objective: floorOf(least, part) };
  });
  const terms = (coefficientOf: (pair: Pair) => bigint) =>
    pairs.flatMap((pair, index): Term[] => (coefficientOf(pair) === 0n ? [] : [[index, coefficientOf(pair)]]));
  const rows: Row[] = [
    ...[...groupBy(pairs.keys(), (index) => pairs[index]?.type ?? 0)].map(([type, places]) => ({
      name: `count_${type}`,
      terms: places.map((index): Term => [index, 1n]),
      upper: BigInt(types[type]?.count ?? 0),
    })),
    ...workloads.map(({ images }, index) => ({
      name: `cover_${index}`,
      terms: terms(({ workload, configurations }) =>
        workload === index ? BigInt(Math.min(images, mostImages(configurations))) : 0n,
      ),
      lower: BigInt(images),
    })),
    ...capLimits(problem)
      .filter(({ name }) => name === "devices")
      .map(({ limit }) => ({ name: "devices", terms: terms(() => 1n), upper: limit })),
  ];
  const program: IntegerProgram = { direction: "min", variables, rows, unit: `${part} of the problem's` };
  const least = await leastObjective(program);
  if (least === undefined) return undefined;
  return workloads.reduce((sum, { images }, index) => sum + (whole[index] ?? 0n) * BigInt(images), least * part);
}

/** The least that a device takes beyond what its images are worth: with no further mini-batches of a size, or all. */
function leastSurplus(configurations: readonly Configuration[], price: "cost" | "energy", worth: bigint): bigint {
  let least: bigint | undefined;
  for (const configuration of configurations) {
    const { schedule } = configuration;
    const [first, further] = billOf(configuration, price);
    const images = BigInt(schedule.choice.miniBatchSize) * worth;
    for (const furtherMiniBatches of [0n, BigInt(schedule.furtherMiniBatches)]) {
      const surplus = first - images + furtherMiniBatches * (further - images);
      if (least === undefined || surplus < least) least = surplus;
    }
  }
  return least ?? 0n;
}
