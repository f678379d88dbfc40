import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../../src/core/seeded-random.js";
import { deadlineFrontier } from "../../../src/plan/explore/deadline-frontier.js";
import { deviceType } from "../../../src/plan/question/device-type.js";

/** How many images a device has classified by a time with its better mini-batch size, counted one by one. */
function imagesBy(ms: number, sizes: readonly { b: number; first: number; later: number }[]): number {
  return Math.max(
    ...sizes.map(({ b, first, later }) => {
      let images = 0;
      for (let end = first; end <= ms; end += later) images += b;
      return images;
    }),
  );
}

test("each corner is the earliest deadline of so many devices, by looking at every millisecond", () => {
  for (let index = 0; index < 40; index++) {
    const random = seededRandom(8, `frontier ${index}`);
    const fleets = Array.from({ length: 2 }, (_, type) => {
      const sizes = [1, 3].map((b) => ({ b, first: random.integer(5, 30), later: random.integer(2, 12) }));
      const of = (value: "first" | "later") => (b: number) => sizes.find((one) => one.b === b)?.[value] ?? 0;
      const count = random.integer(1, 3);
      return {
        sizes,
        count,
        type: deviceType({
          name: `t${type}`,
          count,
          maxMiniBatchSize: 3,
          miniBatchSizes: [1, 3],
          latencyMs: of("later"),
          warmupMs: of("first"),
        }),
      };
    });
    const images = random.integer(5, 60);
    const corners = deadlineFrontier(
      fleets.map(({ type }) => type),
      images,
    );
    const fewestBy = (ms: number) => {
      const each = fleets.flatMap(({ sizes, count }) => Array.from({ length: count }, () => imagesBy(ms, sizes)));
      each.sort((a, b) => b - a);
      let [left, devices] = [images, 0];
      for (const own of each) if (left > 0 && own > 0) [left, devices] = [left - own, devices + 1];
      return left > 0 ? Number.POSITIVE_INFINITY : devices;
    };
    const expected: { deadlineUs: number; devices: number }[] = [];
    for (let ms = 1, last = Number.POSITIVE_INFINITY; last > 1; ms++) {
      const devices = fewestBy(ms);
      if (devices < last) expected.push({ deadlineUs: 1000 * ms, devices });
      last = Math.min(last, devices);
    }
    assert.deepEqual(corners, expected, `${index}`);
  }
});

test("of a million devices some hundred numbers are looked at, from all of them to one", () => {
  const type = deviceType({ name: "d", count: 1_000_000, maxMiniBatchSize: 1, latencyMs: () => 1, warmupMs: () => 1 });
  const corners = deadlineFrontier([type], 1_000_000);
  assert.ok(corners.length > 60 && corners.length <= 120, `${corners.length}`);
  assert.deepEqual(corners[0], { deadlineUs: 1000, devices: 1_000_000 });
  assert.deepEqual(corners.at(-1), { deadlineUs: 1_000_000_000, devices: 1 });
  for (const { deadlineUs, devices } of corners) assert.equal(deadlineUs, 1000 * Math.ceil(1_000_000 / devices));
});

test("of ninety devices every number is looked at", () => {
  const type = deviceType({ name: "d", count: 90, maxMiniBatchSize: 1, latencyMs: () => 10, warmupMs: () => 10 });
  // In k times 10 ms a device classifies k images: for 90 images ninety k-ths of the devices, rounded up.
  const expected = new Map<number, number>();
  for (let k = 90; k >= 1; k--) expected.set(Math.ceil(90 / k), k * 10_000);
  assert.deepEqual(
    deadlineFrontier([type], 90),
    [...expected].map(([devices, deadlineUs]) => ({ deadlineUs, devices })).reverse(),
  );
});
