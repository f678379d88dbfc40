import type { SeededRandom } from "../../src/core/seeded-random.js";
import type { Choice } from "../../src/plan/question/device-type.js";
import { problemOf, type Question } from "./question.js";
import { oneOf, rounded } from "./random-devices.js";

/** A time that some device needs for its share of the images, met exactly, missed by a microsecond, short or ample. */
export function someTimeMs(random: SeededRandom, question: Question): number {
  const { types, workloads } = problemOf(question);
  const choices = types.flatMap(({ choices: tables, maxUses }) =>
    tables.flatMap((table, workload) => table.map((choice) => ({ choice, maxUses, workload }))),
  );
  if (choices.length === 0) return 100;
  const { choice, maxUses, workload } = oneOf(random, choices);
  const devices = types.reduce((sum, { count }) => sum + count, 0);
  const share =
    (workloads[workload]?.images || random.integer(1, 200)) / random.integer(1, Math.ceil(devices / workloads.length));
  const further = Math.min(maxUses, Math.max(0, Math.ceil(share / choice.miniBatchSize) - 1), 400);
  const us = finishOf(choice, further);
  const spread = 1 + 2 * (workloads.length - 1) * random.uniform();
  const factor = spread * oneOf(random, [1, 1, 1 + random.uniform(), 1 + 3 * random.uniform(), 2, 4, 0.97, 0.5, 20]);
  const ms = Math.max(1, Math.floor(us * factor) - oneOf(random, [0, 0, 1])) / 1000;
  return random.uniform() < 0.1 ? rounded(ms + 0.0007, 4) : rounded(ms, 3);
}

function finishOf({ warmupUs, latencyUs }: Choice, further: number): number {
  return warmupUs + further * latencyUs;
}

/** Where more images are better, a device could do far more than can be tried: then its uses are limited. */
export function withFewUses(random: SeededRandom, question: Question, capped: boolean): Question {
  const { types, timeUs: deadline } = problemOf(question);
  const timeUs = deadline === "none" ? 0 : deadline;
  const devices = question.devices.map((device, place) => {
    const latencies = (types[place]?.choices ?? []).flat().map(({ latencyUs }) => latencyUs);
    const most = Math.min(device.max_uses ?? Number.POSITIVE_INFINITY, timeUs / Math.min(...latencies));
    const allowed = capped ? 8 : 400;
    return most > allowed && latencies.length > 0 ? { ...device, max_uses: random.integer(0, allowed) } : device;
  });
  return { ...question, devices };
}
