import { byStanding, type Known, unmeasuredIn } from "./by-standing.js";
import { bestByMeans } from "./full-grid.js";
import { expectedImprovement } from "./gaussian-process.js";
import type { Choice, Method } from "./method.js";

/** The candidates in random order, again and again. */
export const randomOrder: Method = byStanding("random", ({ possible, evidence, random }) => {
  const least = Math.min(...possible.map((size) => processesAt(evidence, size)));
  const next = possible.filter((size) => processesAt(evidence, size) === least);
  return next[random.integer(0, next.length - 1)] ?? 1;
});

/** The candidates so that those measured are spread evenly over the logarithm of their size, again and again. */
export const spaceFilling: Method = byStanding("space-filling", ({ possible, evidence }) => {
  const least = Math.min(...possible.map((size) => processesAt(evidence, size)));
  const taken = possible.filter((size) => processesAt(evidence, size) > least);
  const distance = (size: number) => Math.min(...taken.map((other) => Math.abs(Math.log(size / other))));
  const open = possible.filter((size) => processesAt(evidence, size) === least);
  if (taken.length === 0) return open[0] ?? 1;
  return open.reduce((best, size) => (distance(size) > distance(best) ? size : best), open[0] ?? 1);
});

/** Top-two Thompson sampling (Russo, 2020), the best of one draw or, as often, the best of another that differs. */
export const topTwoThompson: Method = byStanding("thompson", (known) => {
  const unmeasured = unmeasuredIn(known);
  if (unmeasured !== undefined) return unmeasured;
  const first = bestOfDraw(known);
  if (known.random.uniform() < 0.5) return first;
  for (let attempt = 0; attempt < 100; attempt++) {
    const other = bestOfDraw(known);
    if (other !== first) return other;
  }
  return first;
});

function bestOfDraw({ draws: { miniBatchSizes, capacities }, random }: Known): number {
  const draw = random.integer(0, (capacities[0]?.length ?? 1) - 1);
  let best = 0;
  for (const [index, values] of capacities.entries()) {
    if ((values[draw] ?? 0) > (capacities[best]?.[draw] ?? 0)) best = index;
  }
  return miniBatchSizes[best] ?? 1;
}

/** A Gaussian process of ln capacity over ln mini-batch size, with expected improvement. */
export const bayesianOptimiser: Method = byStanding("bayesian", (known, { question }) => {
  if (known.processes === 0) return known.possible[0] ?? 1;
  if (known.processes === 1) return known.possible.at(-1) ?? 1;
  return expectedImprovement(known.evidence.cells, known.possible, question);
});

/**
 * Model Analyzer's quick search: from the smallest mini-batch up by doubling while throughput grows, one measurement
 * each, and two steps further before it gives up.
 */
export const quickSearch: Method = ({ device, question, seed }): Choice => {
  const machine = device.start(`quick ${seed}`, "short");
  const outcomes = [];
  let worse = 0;
  for (const size of device.miniBatchSizes) {
    const before = bestByMeans(outcomes, question);
    const outcome = machine.run(size);
    outcomes.push(outcome);
    if (outcome.status !== "ran") break;
    worse = bestByMeans(outcomes, question) === size || before === size ? 0 : worse + 1;
    if (worse === 2) break;
  }
  return { miniBatchSize: bestByMeans(outcomes, question), decided: false, outcomes };
};

function processesAt({ cells }: Known["evidence"], miniBatchSize: number): number {
  return cells.find((cell) => cell.miniBatchSize === miniBatchSize)?.processes ?? 0;
}
