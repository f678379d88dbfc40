import assert from "node:assert/strict";
import { test } from "node:test";
import { cellMeans } from "../../../src/fit/law/cell-means.js";
import { deviationGrid } from "../../../src/fit/law/deviation-grid.js";
import { fitLaw } from "../../../src/fit/law/fit-law.js";
import { krigedLaw } from "../../../src/fit/law/kriging.js";
import { fitShape } from "../../../src/fit/law/law-fit.js";
import { lawShapes } from "../../../src/fit/law/law-shape.js";
import { leftOutLogs } from "../../../src/fit/law/left-out-cells.js";
import { observeLaw } from "../simulated-device.js";

const observations = observeLaw((size, batch) => 2 + (batch * size ** 2) / 2e4 + 3 * Math.sin(batch), {
  ...{ trials: 3, noise: 0.05, seed: 4, batches: [1, 2, 3, 5, 8] },
});

test("what is said of a cell without it is what a fit says that has not seen it", () => {
  const means = cellMeans(observations);
  const grid = deviationGrid(means.cells);
  for (const name of ["linear with area", "linear", "smooth roofline"]) {
    const shape = lawShapes(means.cells, { steps: false }).find((candidate) => candidate.name === name);
    const law = shape && fitShape(shape, means.cells);
    assert.ok(law !== undefined, name);
    for (const kind of [0, 1, 60, 150]) {
      const point = grid[kind] ?? assert.fail();
      const errors = leftOutLogs(krigedLaw(law, means, [point]));
      for (const [index, cell] of means.cells.entries()) {
        const cells = means.cells.filter((other) => other !== cell);
        const [other = assert.fail()] = deviationGrid(cells).filter((_, at) => at === kind);
        const mean = krigedLaw(law, { ...means, cells }, [other]).meanAt(cell.inputSizePx, cell.miniBatchSize);
        const [found = Number.NaN, expected] = [errors[index], cell.meanLog - (mean ?? Number.NaN)];
        assert.ok(Math.abs(found - expected) < 1e-6, `${name}, kind ${kind}, cell ${index}: ${found}, not ${expected}`);
      }
    }
  }
});

test("a law whose coefficients need a cell says nothing of it without it", () => {
  // Two cells a size: without one of them no line of its size is known.
  const pairs = observeLaw((size, batch) => size + batch, { trials: 3, noise: 0.02, batches: [1, 2] });
  const means = cellMeans(pairs);
  const shape = lawShapes(means.cells, { steps: false }).find(({ name }) => name === "linear per size");
  const law = (shape && fitShape(shape, means.cells)) ?? assert.fail();
  assert.deepEqual(
    leftOutLogs(krigedLaw(law, means, deviationGrid(means.cells))),
    means.cells.map(() => undefined),
  );
});

test("draws of a function spread as its interval says, and cells side by side move together", () => {
  const bent = observeLaw((size, batch) => (batch * size ** 2 * (1 + 0.3 * Math.sin(2 * Math.log(batch)))) / 2e4, {
    ...{ trials: 3, noise: 0.05, seed: 4, batches: [1, 2, 3, 5, 8, 13, 21] },
  });
  const law = fitLaw(bent) ?? assert.fail();
  const batches = [1, 5, 6, 8, 21];
  const draws = Array.from({ length: 2400 }, (_, index) => law.draw(128, batches, `draw ${index}`) ?? []);
  const logs = batches.map((_, at) => draws.map((draw) => Math.log(draw[at] ?? Number.NaN)));
  const moments = logs.map((values) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return { mean, sd: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)) };
  });
  for (const [index, batch] of batches.entries()) {
    const { mean, sd } = moments[index] ?? assert.fail();
    const said = law.at(128, batch) ?? assert.fail();
    const { low, high } = said.interval(0.6827);
    const half = Math.log(high / low) / 2;
    assert.ok(Math.abs(mean - Math.log(said.value)) < 0.2 * half, `${batch}: ${Math.exp(mean)} beside ${said.value}`);
    // What a cell that was not measured may have of its own is in its interval alone.
    assert.ok(sd < 1.15 * half && (batch === 6 || sd > 0.85 * half), `${batch}: ${sd} beside ${half}`);
  }
  const correlation = (a: number, b: number) => {
    const [one, other] = [moments[a] ?? assert.fail(), moments[b] ?? assert.fail()];
    const products = draws.map((_, at) => ((logs[a]?.[at] ?? 0) - one.mean) * ((logs[b]?.[at] ?? 0) - other.mean));
    return products.reduce((sum, value) => sum + value, 0) / draws.length / one.sd / other.sd;
  };
  assert.ok(correlation(1, 2) > correlation(0, 4) + 0.2, `${correlation(1, 2)} beside ${correlation(0, 4)}`);
});
