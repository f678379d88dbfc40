import assert from "node:assert/strict";
import { test } from "node:test";
import { residualDrivers, withinCells } from "../../src/rank/residual-drivers.js";
import { type PlantedDrivers, plantedDrivers } from "../worlds/planted-drivers.js";

function driversOf({ columns, target, cells }: PlantedDrivers) {
  return residualDrivers(
    columns.map((column) => withinCells(column, cells)),
    withinCells(target, cells),
    new Set(cells).size,
  );
}

const CELLS = [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3];
const A = [1, 2, 4, 3, 5, 4, 9, 7, 8, 2, 2, 6];
const B = [5, 1, 2, 8, 8, 7, 0, 3, 1, 4, 6, 5];
const TARGET = [1.1, 2.3, 4.2, 13.1, 15.4, 14.0, 29.2, 26.9, 28.3, 42.0, 41.7, 46.1];

test("a driver has the t, the p and the share of a regression with a constant per cell", () => {
  // numpy's least squares with a dummy variable a cell: t = 29.0855 on 7 degrees, residual squares 22.3467 and 0.18339;
  // for B after A t = −0.9928 on 6 degrees, p = 0.359.
  const [driver, ...others] = driversOf({ columns: [B, A], target: TARGET, cells: CELLS });
  assert.deepEqual([driver?.feature, others.length], [1, 0]);
  assert.ok(Math.abs((driver?.pValue ?? 0) / (2 * 1.4618395461445372e-8) - 1) < 1e-6, "of two features");
  assert.ok(Math.abs((driver?.share ?? 0) - (1 - 0.18339080459770102 / 22.34666666666667)) < 1e-9);
  const ofA = withinCells(A, CELLS);
  const deviation = Math.sqrt(ofA.reduce((sum, value) => sum + value ** 2, 0) / (12 - 4));
  assert.ok(Math.abs((driver?.change ?? 0) - 1.07068965517 * deviation) < 1e-9, "the coefficient, a deviation further");
});

test("values less the mean of their cell keep what is missing missing, and a constant of each cell leaves nothing", () => {
  assert.deepEqual(withinCells([1, undefined, 3, 10], [0, 0, 0, 1]), [-1, undefined, 1, 0]);
  const constant = CELLS.map((cell) => 1e9 * (cell + 0.1));
  assert.deepEqual(withinCells(constant, CELLS), new Array(12).fill(0));
  assert.deepEqual(driversOf({ columns: [constant], target: TARGET, cells: CELLS }), []);
});

test("planted drivers are found among 160 proxies of the workload and features like them, and hardly any other", () => {
  let others = 0;
  for (let seed = 1; seed <= 20; seed++) {
    const found = driversOf(plantedDrivers(seed, 3, 0.2)).map(({ feature }) => feature);
    assert.deepEqual(new Set(found.slice(0, 3)), new Set([0, 1, 2]), `seed ${seed}: ${found.join(", ")}`);
    others += found.length - 3;
  }
  assert.ok(others <= 1, `${others} that were not planted in 20 datasets`);
});

test("where nothing was planted nothing is found", () => {
  const found = Array.from({ length: 40 }, (_, seed) => driversOf(plantedDrivers(seed, 0, 0)).length);
  assert.ok(found.filter((count) => count > 0).length <= 1, found.join(" "));
});

test("a copy of a driver is not chosen beside it, and two drivers have the shares that they were planted with", () => {
  const world = plantedDrivers(5, 2, 0.4);
  const copy = (world.columns[0] ?? []).map((value) => 3 - 2 * value);
  const found = driversOf({ ...world, columns: [...world.columns, copy] });
  assert.equal(found.length, 2);
  for (const { share } of found) assert.ok(share > 0.3 && share < 0.5, String(share));
});
