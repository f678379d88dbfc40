import assert from "node:assert/strict";
import { test } from "node:test";
import { drawCapacities } from "../../src/decide/capacity-draws.js";
import { evidenceOf } from "../../src/decide/cell-evidence.js";
import { meanCapacity } from "../../src/decide/decision-question.js";
import { standingOf } from "../../src/decide/standing.js";
import { question, ran } from "./decision.js";

const LONG = question({ timeMs: 1e7 }); // the first inference hardly counts

test("the mean capacity rounds half of a mini-batch down, and holds caps on uses and latency", () => {
  assert.equal(meanCapacity(question({ timeMs: 1000 }), 8, { latencyMs: 100, firstMs: 200 }), 68);
  assert.equal(meanCapacity(question({ timeMs: 1000, maxUses: 2 }), 8, { latencyMs: 100, firstMs: 200 }), 24);
  assert.equal(meanCapacity(question({ timeMs: 1000, maxLatencyMs: 99 }), 8, { latencyMs: 100, firstMs: 200 }), 0);
  assert.equal(meanCapacity(question({ timeMs: 1000 }), 8, { latencyMs: 100, firstMs: 2000 }), 0);
});

test("ln capacity scatters as the mean of so many processes does: by 10 % / √n before any was repeated", () => {
  const { capacities } = drawCapacities(evidenceOf([ran(1, 100)]).cells, LONG, 1);
  const logs = Array.from(capacities[0] ?? [], Math.log);
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  const deviation = Math.sqrt(logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / (logs.length - 1));
  assert.ok(Math.abs(mean - Math.log(1e5)) < 0.02, `mean ${mean}`);
  // Student's t with 6 degrees has the variance 6/4, so that a deviation of 0.1 becomes 0.122 in expectation.
  assert.ok(Math.abs(deviation - 0.1 * Math.sqrt(6 / 4)) < 0.025, `deviation ${deviation}`);
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
