import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../src/core/seeded-random.js";

const DRAWS = 20_000;

function draws<T>(draw: () => T, count = DRAWS): T[] {
  return Array.from({ length: count }, draw);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

test("the same seed and stream give the same numbers, another seed or stream gives others", () => {
  const numbers = (seed: number, stream?: string) => draws(seededRandom(seed, stream).uniform, 5);
  assert.deepEqual(numbers(7, "a"), numbers(7, "a"));
  assert.notDeepEqual(numbers(7, "a"), numbers(8, "a"));
  assert.notDeepEqual(numbers(7, "a"), numbers(7, "b"));
  assert.notDeepEqual(numbers(7, "ab"), numbers(7, "ba"));
});

test("seeds that lie close, and streams that differ in a number, start with numbers of their own", () => {
  for (const start of [(index: number) => seededRandom(index, "a"), (index: number) => seededRandom(1, `a ${index}`)]) {
    const starts = draws(() => 0, 2000).map((_, index) => draws(start(index).uniform, 3));
    for (const place of [0, 1, 2]) {
      const values = starts.map((numbers) => numbers[place] ?? 0);
      const centre = mean(values);
      const deviation = Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
      assert.ok(Math.abs(centre - 0.5) < 0.03 && Math.abs(deviation - 0.2887) < 0.012, `${centre}, ${deviation}`);
      const neighbours = mean(
        values.slice(1).map((value, index) => (value - centre) * ((values[index] ?? 0) - centre)),
      );
      assert.ok(Math.abs(neighbours) < 0.1 * deviation ** 2, `covariance of neighbours ${neighbours}`);
    }
  }
});

test("a stream's name is hashed with FNV-1a", () => {
  // Oracle: the test vectors that the authors of FNV publish for 32 bits: "", "a", "foobar".
  const [empty, a, foobar] = [0x811c9dc5, 0xe40c292c, 0xbf9cf968] as const;
  const first = (seed: number, stream?: string) => seededRandom(seed, stream).integer(0, 1_000_000);
  assert.equal(first(5, "a"), first(5 ^ a ^ empty));
  assert.equal(first(5, "foobar"), first(5 ^ foobar ^ empty));
});

test("numbers of the unit interval fill it evenly and never reach 1", () => {
  const values = draws(seededRandom(1).uniform);
  assert.ok(values.every((value) => value >= 0 && value < 1));
  const tenths = Array.from({ length: 10 }, (_, tenth) => values.filter((value) => Math.floor(value * 10) === tenth));
  for (const { length } of tenths) assert.ok(Math.abs(length - DRAWS / 10) < 200, String(length)); // 4.7 deviations
});

test("integers reach both ends of their range and nothing beyond", () => {
  const { integer } = seededRandom(2);
  assert.deepEqual(new Set(draws(() => integer(3, 5))), new Set([3, 4, 5]));
  assert.deepEqual(new Set(draws(() => integer(7, 7), 10)), new Set([7]));
});

test("normal draws have the moments of the standard normal distribution", () => {
  const values = draws(seededRandom(3).normal);
  const moment = (power: number) => mean(values.map((value) => value ** power));
  assert.ok(Math.abs(moment(1)) < 0.04, String(moment(1)));
  assert.ok(Math.abs(moment(2) - 1) < 0.06, String(moment(2)));
  assert.ok(Math.abs(moment(4) - 3) < 0.4, String(moment(4)));
  const beyond = values.filter((value) => value > 1.959964).length / DRAWS;
  assert.ok(Math.abs(beyond - 0.025) < 0.006, String(beyond));
});

test("a shuffle is a copy with the same items, and every order is as likely", () => {
  const random = seededRandom(4);
  const items = ["a", "b", "c"];
  const orders = new Map<string, number>();
  for (const order of draws(() => random.shuffle(items).join(""))) orders.set(order, (orders.get(order) ?? 0) + 1);
  assert.deepEqual([...orders.keys()].sort(), ["abc", "acb", "bac", "bca", "cab", "cba"]);
  for (const count of orders.values()) assert.ok(Math.abs(count - DRAWS / 6) < 250, String(count));
  assert.deepEqual(items, ["a", "b", "c"]);
});

test("a resample has as many items, each drawn from all of them", () => {
  const random = seededRandom(5);
  const samples = draws(() => random.resample([1, 2, 3]).join(""));
  assert.equal(new Set(samples).size, 27, "three draws of three items, in order");
  assert.ok(samples.every((sample) => /^[123]{3}$/.test(sample)));
});
