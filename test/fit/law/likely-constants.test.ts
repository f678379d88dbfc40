import assert from "node:assert/strict";
import { test } from "node:test";
import { cellMeans } from "../../../src/fit/law/cell-means.js";
import { deviationGrid } from "../../../src/fit/law/deviation-grid.js";
import { fitLaw } from "../../../src/fit/law/fit-law.js";
import { krigedLaw } from "../../../src/fit/law/kriging.js";
import { fitShape } from "../../../src/fit/law/law-fit.js";
import { type LawShape, lawShapes } from "../../../src/fit/law/law-shape.js";
import { likelyConstants } from "../../../src/fit/law/likely-constants.js";
import type { Observation } from "../../../src/fit/observed/observation.js";

const SIZES = { 128: [1, 2, 5, 11, 32], 224: [1, 3, 7, 16, 32], 320: [1, 2, 3, 13, 32] };
const SCATTER = [-0.04, 0.01, 0.03];
/** From 8 megapixels in units of 224 px on, an image costs half as much again. */
const edge = (size: number, batch: number) => {
  const work = (size / 224) ** 2 * batch;
  return 3 + 2 * work * (work > 8 ? 1.5 : 1);
};

function observe(latency: (size: number, batch: number) => number): Observation[] {
  return Object.entries(SIZES).flatMap(([size, batches]) =>
    batches.flatMap((miniBatchSize, cell) =>
      SCATTER.map((_, trial) => ({
        ...{ inputSizePx: Number(size), miniBatchSize },
        value: latency(Number(size), miniBatchSize) * Math.exp(SCATTER[(trial + cell) % 3] ?? 0),
      })),
    ),
  );
}

function likely(name: string, latency: (size: number, batch: number) => number) {
  const means = cellMeans(observe(latency));
  const grid = deviationGrid(means.cells);
  const shape = lawShapes(means.cells, { steps: true }).find((one) => one.name === name) ?? assert.fail(name);
  const krigedAt = (own: LawShape) => krigedLaw(fitShape(own, means.cells) ?? assert.fail("no law"), means, grid);
  return { shape, best: krigedAt(shape), krigedAt, parts: likelyConstants(shape, krigedAt(shape), means, grid) };
}

test("edges between the same two cells are as likely as each other, and those beyond a cell are not", () => {
  const { shape, best, parts, krigedAt } = likely("work step", edge);
  const edges = parts.map(({ kriged }) => kriged.law.constant).sort((a, b) => a - b);
  assert.ok(edges.length > 1 && edges.length < shape.constants.length, String(edges));
  assert.ok(edges.includes(best.law.constant));
  // Measured below the edge: 7 images of 224 px; above it: 32 of 128 px, as much work as 10.4.
  assert.ok(
    edges.every((own) => own > 7 && own < (32 * 128 ** 2) / 224 ** 2),
    String(edges),
  );
  assert.ok(Math.abs(parts.reduce((sum, { weight }) => sum + weight, 0) - 1) < 1e-12);
  for (const { kriged, weight } of parts) {
    // Each is as likely beside the best as its own likelihood says; all have as many parameters.
    const alone = krigedAt({ ...shape, constants: [kriged.law.constant] });
    const own = alone.bic + (best.law.parameters - alone.law.parameters) * Math.log(SCATTER.length * 15);
    assert.ok(Math.abs(weight / (parts[0]?.weight ?? 0) / Math.exp((best.bic - own) / 2) - 1) < 1e-6);
  }
});

test("a law without a constant, and one whose slopes hold its constant, are taken as they are", () => {
  for (const name of ["linear", "power"]) {
    const { best, parts } = likely(name, edge);
    assert.deepEqual([parts.length, parts[0]?.weight, parts[0]?.kriged.law.constant], [1, 1, best.law.constant]);
  }
});

test("where the edge may be on either side of a mini-batch, what is said of it is as uncertain as that", () => {
  const law = fitLaw(observe(edge)) ?? assert.fail("no law");
  assert.equal(law.laws[0]?.name, "work step");
  const widthAt = (batch: number) => {
    const { low, high } = law.at(224, batch)?.interval(0.9) ?? assert.fail("nothing");
    return Math.log(high / low);
  };
  // Known: 7 is below the edge, and 10.4 above it.
  assert.ok(widthAt(9) > 2 * widthAt(6) && widthAt(9) > 2 * widthAt(12), [6, 9, 12].map(widthAt).join(", "));
});
