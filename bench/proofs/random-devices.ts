import type { SeededRandom } from "../../src/core/seeded-random.js";
import type { DeviceRecord, Table, WorkloadTables } from "./question.js";

/** What devices must have for a question to make sense, and how large they may be. */
export interface DeviceNeeds {
  readonly workloads: readonly string[];
  readonly cold: boolean;
  readonly priced: boolean;
  readonly energies: boolean;
  readonly mostTypes: number;
  readonly mostDevices: number;
}

const SIZES = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64];
/** Prices of instances that are rented, and some that try the arithmetic. */
const PRICES = [0.17, 0.526, 1.11, 1.11, 3.06, 3.06, 1, 32.77, 0.000001, 0];
const PRIMES = [7.919, 104.729, 1.009, 12.553, 65.537, 17.389, 2.741, 31.337, 99.991, 3.571];

/** Latency by mini-batch size: what measured devices do, and what no device does but a device file may say. */
const SHAPES: readonly ((random: SeededRandom, base: number, sizes: readonly number[]) => number[])[] = [
  (random, base, sizes) => sizes.map((size) => base * (size + random.uniform() * 3)),
  (_, base, sizes) => sizes.map((size) => base * size), // proportional: cost per image ties everywhere
  (_, base, sizes) => sizes.map(() => base), // flat
  (_, base, sizes) => sizes.map((size, place) => base * size * (1 + (place - sizes.length / 2) ** 2 / 3)), // V-shaped
  (random, base, sizes) => sizes.map((size) => base * size * (1 + 1e-4 * random.integer(-3, 3))), // nearly equal
  (random, _, sizes) => sizes.map((size) => oneOf(random, PRIMES) * Math.ceil(size / 4)),
  (random, base, sizes) => sizes.map(() => base * (0.2 + 20 * random.uniform())), // no order at all
];

/** Fleets of one to three types, now and then two that are the same but for their names. */
export function randomDevices(random: SeededRandom, needs: DeviceNeeds): DeviceRecord[] {
  const onePrice = random.uniform() < 0.25 ? oneOf(random, PRICES) : undefined;
  const types: DeviceRecord[] = [];
  const count = random.integer(1, needs.mostTypes);
  const mostOfOne = Math.max(1, Math.min(4, Math.floor(needs.mostDevices / count)));
  while (types.length < count) {
    const [last] = types.slice(-1);
    const alike = last !== undefined && random.uniform() < 0.15;
    const made = alike ? last : randomDevice(random, needs);
    const price = onePrice ?? oneOf(random, PRICES);
    types.push({
      ...made,
      name: `d${types.length}`,
      count: random.integer(1, mostOfOne),
      ...(needs.priced && { price_per_hour: alike && random.uniform() < 0.5 ? (last.price_per_hour ?? price) : price }),
    });
  }
  return types;
}

function randomDevice(random: SeededRandom, needs: DeviceNeeds): DeviceRecord {
  const { workloads } = needs;
  const served = workloads.map(() => workloads.length === 1 || random.uniform() < 0.93);
  return {
    name: "",
    count: 1,
    ...(random.uniform() < 0.55 && { max_uses: oneOf(random, [0, 1, 2, 3, 5, 9, 20, 100]) }),
    ...(needs.energies && random.uniform() < 0.5 && { idle_w: oneOf(random, [0, 0.5, 7.25, 18, 60]) }),
    workloads: Object.fromEntries(
      workloads.map((name, place) => [name, served[place] ? randomTables(random, needs) : nothingFits(needs)]),
    ),
  };
}

/** Functions of a device that a workload does not fit: known for two images only, and one is the most. */
function nothingFits({ cold, energies }: DeviceNeeds): WorkloadTables {
  return {
    max_mini_batch_size: 1,
    latency_ms: { 2: 10 },
    warmup_ms: { 2: 20 },
    ...(cold && { load_ms: 1 }),
    ...(energies && { energy_per_mini_batch_j: { 2: 1 } }),
  };
}

function randomTables(random: SeededRandom, { cold, energies }: DeviceNeeds): WorkloadTables {
  const sizes = random
    .shuffle(SIZES.slice(0, random.integer(3, SIZES.length)))
    .slice(0, random.integer(1, 5))
    .sort((a, b) => a - b);
  const base = 0.3 * 10 ** (2.2 * random.uniform());
  const shape = oneOf(random, SHAPES);
  const decimals = oneOf(random, [0, 1, 3, 3, 4]);
  const latencies = shape(random, base, sizes).map((ms) => rounded(Math.max(ms, 0.01), decimals));
  const factor = oneOf(random, [0.5, 1, 1, 1.5, 5, 10 ** (1 + random.uniform()), 10 ** (1 + 2 * random.uniform())]);
  const offset = random.uniform() < 0.3 ? 1000 * random.uniform() : 0;
  const warmups = latencies.map((ms) => rounded(offset + factor * ms, decimals));
  const watts = oneOf(random, [0.9, 20, 50, 70, 250]);
  const bumps = random.uniform() < 0.5;
  const joules = latencies.map((ms) => rounded((ms * watts * (bumps ? oneOf(random, [1, 1, 2, 6]) : 1)) / 1000, 4));
  const table = (values: readonly number[]): Table =>
    Object.fromEntries(sizes.map((size, place) => [size, values[place] ?? 0]));
  return {
    latency_ms: table(latencies),
    warmup_ms: table(warmups),
    ...(cold && { load_ms: rounded(oneOf(random, [0, 1.5, 250, 3000 * random.uniform()]), 3) }),
    ...(energies && { energy_per_mini_batch_j: table(joules) }),
    ...(energies &&
      random.uniform() < 0.25 && { warmup_energy_j: table(joules.map((joule) => rounded(joule * 1.7, 4))) }),
  };
}

/** Rounded to so many decimals, but never to 0: a device file allows only more. */
export function rounded(value: number, decimals: number): number {
  return Math.max(Number(value.toFixed(decimals)), value > 0 ? 1 / 10 ** decimals : 0);
}

export function oneOf<T>(random: SeededRandom, items: readonly T[]): T {
  return items[random.integer(0, items.length - 1)] as T;
}
