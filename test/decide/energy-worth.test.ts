import assert from "node:assert/strict";
import { test } from "node:test";
import { type DecisionQuestion, worthOf } from "../../src/decide/decision-question.js";
import { type ConsumedEnergy, imagesPerKilojoule } from "../../src/decide/energy-worth.js";
import { solvePlan } from "../../src/plan/plan.js";
import { deviceType } from "../../src/plan/question/device-type.js";
import { question } from "./decision.js";

const ENERGY: ConsumedEnergy = { perMiniBatchJ: (size) => size, idleW: 0, devices: 1 };

test("images per kilojoule by hand: first and later mini-batches, waiting, and what can't be classified or is not known", () => {
  const times = { latencyMs: 5, firstMs: 10 };
  const asked = { images: 100, timeMs: Number.POSITIVE_INFINITY, capacity: Number.POSITIVE_INFINITY };
  // A first mini-batch of 20 J and nine later ones of 10 J.
  assert.equal(imagesPerKilojoule(ENERGY, asked, 10, times), (1000 * 100) / 110);
  assert.equal(imagesPerKilojoule({ ...ENERGY, firstJ: () => 10 }, asked, 10, times), 1000);
  // One device waits for 1 s less 55 ms with 100 W.
  const waiting = { ...ENERGY, firstJ: () => 10, idleW: 100 };
  assert.equal(imagesPerKilojoule(waiting, { ...asked, timeMs: 1000 }, 10, times), (1000 * 100) / (100 + 94.5));
  assert.equal(imagesPerKilojoule(ENERGY, { ...asked, capacity: 99 }, 10, times), 0);
  assert.equal(imagesPerKilojoule({ ...ENERGY, perMiniBatchJ: () => undefined }, asked, 10, times), 0);
  assert.equal(imagesPerKilojoule({ ...ENERGY, firstJ: () => undefined }, asked, 10, times), 0);
});

test("it is what the planner's plans of one mini-batch size consume, with and without a deadline", async () => {
  // Oracle: the least energy that the planner proves for each mini-batch size alone.
  const sizes = [1, 2, 4, 8, 16];
  const latencyMs = (size: number) => 4 + 3 * size;
  const warmupMs = (size: number) => 60 + 5 * size;
  const perMiniBatchJ = (size: number) => 0.3 + 0.5 * size + 0.02 * size ** 2;
  const firstJ = (size: number) => 9 + size;
  for (const [timeMs, idleW] of [
    [Number.POSITIVE_INFINITY, 0],
    [20_000, 0],
    [20_000, 3],
  ] as const) {
    const energy: ConsumedEnergy = { perMiniBatchJ, firstJ, idleW, devices: 40 };
    const asked: DecisionQuestion = { ...question({ timeMs, images: 60_000 }), energy };
    const type = deviceType({
      ...{ name: "d", count: 40, maxMiniBatchSize: 16, miniBatchSizes: sizes, latencyMs, warmupMs, idleW },
      ...{ energyPerMiniBatchJ: perMiniBatchJ, warmupEnergyJ: firstJ },
    });
    for (const size of sizes) {
      const plan = await solvePlan({
        ...{ types: [type], workloads: [{ name: "", images: 60_000 }], objective: "energy", miniBatchSize: size },
        timeUs: timeMs === Number.POSITIVE_INFINITY ? "none" : 1000 * timeMs,
      });
      const worth = worthOf(asked, size, { latencyMs: latencyMs(size), firstMs: warmupMs(size) });
      const consumedJ = plan.status === "infeasible" ? Number.POSITIVE_INFINITY : (plan.energyJ ?? Number.NaN);
      const expected = (1000 * 60_000) / consumedJ;
      assert.ok(
        Math.abs(worth - expected) <= 0.03 * expected,
        `${timeMs} ms, ${idleW} W, ${size}: ${worth}, ${expected}`,
      );
    }
  }
});
