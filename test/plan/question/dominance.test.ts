import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../../src/core/seeded-random.js";
import { type Configuration, configurationsOf } from "../../../src/plan/question/configuration.js";
import { deviceType } from "../../../src/plan/question/device-type.js";
import { onLowerHull, undominated } from "../../../src/plan/question/dominance.js";
import type { PlanProblem } from "../../../src/plan/question/plan-problem.js";

/** What a device takes with one mini-batch size for so many images; undefined if it can't classify as many. */
function takenFor({ schedule, firstCost, furtherCost, firstEnergyNj, furtherEnergyNj }: Configuration, images: number) {
  const further = BigInt(Math.ceil(images / schedule.choice.miniBatchSize) - 1);
  if (further > schedule.furtherMiniBatches) return undefined;
  return { cost: firstCost + further * furtherCost, energy: firstEnergyNj + further * furtherEnergyNj };
}

/** The configurations of a random device for random images. */
function randomConfigurations(index: number): Configuration[] {
  const random = seededRandom(index, "dominance");
  const sizes = [1, 2, 3, 5].filter(() => random.uniform() < 0.8);
  const table = () => new Map(sizes.map((size) => [size, random.integer(1, 12)]));
  const [latency, extra, joules] = [table(), table(), table()];
  const type = deviceType({
    name: "d",
    count: 1,
    maxUses: random.integer(0, 5),
    maxMiniBatchSize: 5,
    miniBatchSizes: sizes,
    latencyMs: (size) => latency.get(size),
    warmupMs: (size) => (latency.get(size) ?? 0) + (extra.get(size) ?? 0),
    energyPerMiniBatchJ: (size) => joules.get(size),
    pricePerHour: 1,
  });
  const problem: PlanProblem = {
    types: [type],
    workloads: [{ name: "images", images: random.integer(1, 25) }],
    timeUs: 60_000,
    objective: "cost",
    billing: "busy",
  };
  return configurationsOf(problem);
}

test("a mini-batch size is left out only where another one takes no more of anything, whatever the images", () => {
  const seen = { kept: 0, left: 0 };
  for (let index = 0; index < 2000; index++) {
    const all = randomConfigurations(index);
    const kept = undominated(all);
    for (const candidate of all) {
      const { miniBatchSize } = candidate.schedule.choice;
      const most = miniBatchSize * (candidate.schedule.furtherMiniBatches + 1);
      const isNeedless = kept.some((other) => {
        if (other === candidate || other.powerMw > candidate.powerMw) return false;
        for (let images = 1; images <= most; images++) {
          const [own, its] = [takenFor(candidate, images), takenFor(other, images)];
          if (own === undefined) break;
          if (its === undefined || its.cost > own.cost || its.energy > own.energy) return false;
        }
        return true;
      });
      if (kept.includes(candidate)) seen.kept++;
      else {
        seen.left++;
        assert.ok(isNeedless, `${index}: ${miniBatchSize} is needed`);
      }
    }
  }
  assert.ok(seen.kept > 2000 && seen.left > 500, JSON.stringify(seen));
});

test("of sizes that take the same for as many images the smallest is kept", () => {
  const own = (size: number) => size;
  const miniBatchSizes = [1, 2, 4];
  const bills = { latencyMs: own, warmupMs: own, energyPerMiniBatchJ: own, pricePerHour: 1 };
  const type = deviceType({ name: "d", count: 1, maxMiniBatchSize: 4, miniBatchSizes, ...bills });
  const workloads = [{ name: "images", images: 1000 }];
  const all = configurationsOf({ types: [type], workloads, timeUs: 60_000, objective: "cost", billing: "busy" });
  assert.deepEqual(
    [all, undominated(all)].map((some) => some.map(({ schedule }) => schedule.choice.miniBatchSize)),
    [[1, 2, 4], [1]],
  );
});

test("at any price of an image one of those on the lower hull is the cheapest, and others are left out", () => {
  const seen = { kept: 0, left: 0 };
  for (let index = 0; index < 1000; index++) {
    const all = randomConfigurations(index);
    for (const objective of ["cost", "energy"] as const) {
      const kept = onLowerHull(all, objective);
      seen.kept += kept.length;
      seen.left += all.length - kept.length;
      for (const configuration of kept) assert.ok(isCheapestSomewhere(configuration, all, objective), `${index}`);
      const random = seededRandom(index, `price of ${objective}`);
      for (let draw = 0; draw < 20; draw++) {
        const price = 10 ** random.integer(0, 12) * random.uniform();
        assert.equal(leastAt(price, kept, objective), leastAt(price, all, objective), `${index}: ${price}`);
      }
    }
  }
  assert.ok(seen.kept > 1000 && seen.left > 1000, JSON.stringify(seen));
});

/** With its first mini-batch alone, and with all that fit. */
function pointsOf({ schedule, ...bill }: Configuration, objective: "cost" | "energy") {
  const [first, further] =
    objective === "cost" ? [bill.firstCost, bill.furtherCost] : [bill.firstEnergyNj, bill.furtherEnergyNj];
  return [0, schedule.furtherMiniBatches].map((times) => ({
    cost: Number(first) + times * Number(further),
    images: (times + 1) * schedule.choice.miniBatchSize,
  }));
}

/** What a device costs at least, less its images at a price. */
function leastAt(price: number, configurations: readonly Configuration[], objective: "cost" | "energy"): number {
  const points = configurations.flatMap((configuration) => pointsOf(configuration, objective));
  return Math.min(...points.map(({ cost, images }) => cost - price * images));
}

/** Whether no other one is cheaper at some price of an image: the prices at which each other one is not overlap. */
function isCheapestSomewhere(own: Configuration, all: readonly Configuration[], objective: "cost" | "energy"): boolean {
  const others = all.flatMap((configuration) => pointsOf(configuration, objective));
  return pointsOf(own, objective).some(({ cost, images }) => {
    const slope = (other: { cost: number; images: number }) => (other.cost - cost) / (other.images - images);
    const least = Math.max(0, ...others.filter((other) => other.images < images).map(slope));
    const most = Math.min(...others.filter((other) => other.images > images).map(slope));
    const equal = others.every((other) => other.images !== images || other.cost >= cost);
    return equal && least <= most * (1 + 1e-12);
  });
}
