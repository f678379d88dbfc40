import assert from "node:assert/strict";
import { test } from "node:test";
import { drawCapacities } from "../../src/decide/capacity-draws.js";
import { evidenceOf } from "../../src/decide/cell-evidence.js";
import { meanCapacity } from "../../src/decide/decision-question.js";
import { standingOf } from "../../src/decide/standing.js";
import { logMomentsOf, question, ran } from "./decision.js";

const LONG = question({ timeMs: 1e7 }); // the first inference hardly counts

test("the mean capacity rounds half of a mini-batch down, and holds caps on uses and latency", () => {
  assert.equal(meanCapacity(question({ timeMs: 1000 }), 8, { latencyMs: 100, firstMs: 200 }), 68);
  assert.equal(meanCapacity(question({ timeMs: 1000, maxUses: 2 }), 8, { latencyMs: 100, firstMs: 200 }), 24);
  assert.equal(meanCapacity(question({ timeMs: 1000, maxLatencyMs: 99 }), 8, { latencyMs: 100, firstMs: 200 }), 0);
  assert.equal(meanCapacity(question({ timeMs: 1000 }), 8, { latencyMs: 100, firstMs: 2000 }), 0);
  const held = { latencyMs: 100, firstMs: 200, heldLatencyMs: 120 };
  assert.equal(meanCapacity(question({ timeMs: 1000, maxLatencyMs: 110 }), 8, held), 0);
});

test("ln capacity scatters as the mean of so many processes does: by 10 % / √n before any was repeated", () => {
  const { capacities } = drawCapacities(evidenceOf([ran(1, 100)]).cells, LONG, 1);
  const { mean, deviation } = logMomentsOf(capacities[0]);
  assert.ok(Math.abs(mean - Math.log(1e5)) < 0.02, `mean ${mean}`);
  // The mean of 1/χ² of 6 degrees is 1/4: the noise of all is 6/4, that of one mini-batch size 6/4 of it.
  assert.ok(Math.abs(deviation - 0.1 * Math.sqrt((6 / 4) * (6 / 4))) < 0.03, `deviation ${deviation}`);
});

test("a mini-batch size whose own processes differ more is known less well, and one whose do not, better", () => {
  const processes = [1, 2, 4].flatMap((size) =>
    Array.from({ length: 10 }, (_, index) => ran(size, 100 * Math.exp((size === 4 ? 0.3 : 0.03) * (-1) ** index))),
  );
  const { capacities } = drawCapacities(evidenceOf(processes).cells, LONG, 1);
  const [one = 0, two = 0, four = 0] = capacities.map((draws) => logMomentsOf(draws).deviation);
  assert.ok(four > 1.5 * one && four > 1.5 * two, `${one}, ${two}, ${four}`);
});

test("the probability of the leader is that of two normal means, where the noise is known well", () => {
  // 40 processes each, 10 % apart by half of 2 standard errors: exact scatter ±s around the means.
  const s = 0.1;
  const cell = (size: number, log: number) =>
    Array.from({ length: 40 }, (_, index) => ran(size, size * Math.exp(log + (index % 2 === 0 ? s : -s))));
  const gap = 0.03;
  const cells = evidenceOf([...cell(1, gap), ...cell(2, 0)]).cells;
  const probabilities = [1, 2, 3, 4, 5, 6, 7, 8].map(
    (seed) => standingOf(drawCapacities(cells, LONG, seed), { ...LONG, indifference: 0 })?.probability ?? 0,
  );
  const mean = probabilities.reduce((sum, value) => sum + value, 0) / probabilities.length;
  // Φ(gap / (s·√(2/40))) = Φ(1.342) = 0.910; statistical tables.
  assert.ok(Math.abs(mean - 0.91) < 0.02, `${mean}`);
});

test("the runner-up is where most may be gained, and nothing ran means no standing", () => {
  const cells = evidenceOf([ran(1, 100), ran(2, 195), ran(4, 400), ran(8, 4000)]).cells;
  const standing = standingOf(drawCapacities(cells, LONG, 1), LONG);
  assert.ok(standing !== undefined && [1, 2, 4].includes(standing.leader));
  assert.ok(standing.runnerUp !== undefined && standing.runnerUp.miniBatchSize !== 8);
  assert.equal(standingOf(drawCapacities([], LONG, 1), LONG), undefined);
});

test("without an end of the time it is images per second, of as many as the device may run", () => {
  const endless = question({ timeMs: Number.POSITIVE_INFINITY, images: 80 });
  const times = { latencyMs: 100, firstMs: 200 };
  assert.equal(meanCapacity(endless, 8, times), (1000 * 80) / (200 + 9 * 100));
  assert.equal(meanCapacity({ ...endless, maxUses: 3 }, 8, times), (1000 * 32) / 500);
  assert.equal(meanCapacity({ ...endless, images: 5 }, 8, times), (1000 * 5) / 200);
});

test("a cap that a share of processes must keep leaves out what a typical one keeps narrowly", () => {
  const { cells } = evidenceOf(Array.from({ length: 40 }, (_, index) => ran(4, 100 * (index % 2 === 0 ? 0.9 : 1.1))));
  const kept = (maxLatencyMs: number, maxLatencyShare?: number) => {
    const asked = { ...LONG, maxLatencyMs, ...(maxLatencyShare !== undefined && { maxLatencyShare }) };
    const [capacities = new Float64Array()] = drawCapacities(cells, asked, 1).capacities;
    return capacities.filter((capacity) => capacity > 0).length / capacities.length;
  };
  // One process is off by 10 %, their mean by less than 2 %: of 99 % of processes none takes longer than 126 ms.
  assert.ok(kept(105) > 0.95 && kept(95) < 0.05);
  assert.ok(kept(115, 0.99) < 0.05 && kept(140, 0.99) > 0.95);
});
