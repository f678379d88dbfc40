import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../../src/core/seeded-random.js";
import { type IntegerProgram, objectiveOf, violatedRow } from "../../../src/plan/program/integer-program.js";
import { solveCoverKnapsack } from "../../../src/plan/solve/cover-knapsack.js";

interface Column {
  readonly images: number;
  readonly cost: number;
  readonly count: number;
}

function programOf(columns: readonly Column[], wanted: number, mostCost?: number): IntegerProgram {
  const terms = (of: (column: Column) => number) =>
    columns.map((column, index) => [index, BigInt(of(column))] as const);
  return {
    direction: "min",
    unit: "cost",
    variables: columns.map(({ cost, count }, index) => ({
      name: `n${index}`,
      upper: count,
      integer: true,
      objective: BigInt(cost),
    })),
    rows: [
      ...columns.map(({ count }, index) => ({
        name: `c${index}`,
        terms: [[index, 1n] as const],
        upper: BigInt(count),
      })),
      { name: "cover", terms: terms(({ images }) => images), lower: BigInt(wanted) },
      ...(mostCost === undefined
        ? []
        : [{ name: "objective", terms: terms(({ cost }) => cost), upper: BigInt(mostCost) }]),
    ],
  };
}

/** The least cost by one device after the other, over all numbers of images: no order, no bounds. */
function leastCost(columns: readonly Column[], wanted: number): number {
  const least = [0, ...Array.from({ length: wanted }, () => Number.POSITIVE_INFINITY)];
  for (const { images, cost, count } of columns) {
    for (let device = 0; device < count; device++) {
      for (let missing = wanted; missing > 0; missing--) {
        const before = least[Math.max(0, missing - images)] ?? 0;
        least[missing] = Math.min(least[missing] ?? Number.POSITIVE_INFINITY, before + cost);
      }
    }
  }
  return least[wanted] ?? Number.POSITIVE_INFINITY;
}

test("the least cost of random devices is that of trying all, and the devices have it", () => {
  const kinds = { infeasible: 0, free: 0, alike: 0 };
  for (let index = 0; index < 600; index++) {
    const random = seededRandom(5, `cover ${index}`);
    const alike = index % 3 === 0; // every image costs nearly the same, which makes the core large
    const columns = Array.from({ length: random.integer(1, 12) }, (): Column => {
      const images = random.integer(1, 60);
      const cost = alike ? images + random.integer(0, 2) : random.integer(0, 40);
      return { images, cost, count: random.integer(1, 5) };
    });
    const most = columns.reduce((sum, { images, count }) => sum + images * count, 0);
    const wanted = random.integer(1, Math.ceil(most * 1.1));
    const program = programOf(columns, wanted);
    const answer = solveCoverKnapsack(program);
    const least = leastCost(columns, wanted);
    if (least === Number.POSITIVE_INFINITY) {
      assert.deepEqual(answer, { status: "infeasible" }, `${index}`);
      kinds.infeasible++;
      continue;
    }
    assert.equal(answer?.status, "optimal", `${index}`);
    const values = answer?.values ?? [];
    assert.equal(violatedRow(program, values), undefined, `${index}`);
    assert.equal(objectiveOf(program, values), BigInt(least), `${index}`);
    assert.equal(solveCoverKnapsack(programOf(columns, wanted, least))?.status, "optimal", `${index}`);
    if (least > 0) {
      const tooLittle = solveCoverKnapsack(programOf(columns, wanted, least - 1));
      assert.deepEqual(tooLittle, { status: "infeasible" }, `${index}`);
    } else kinds.free++;
    if (alike) kinds.alike++;
  }
  assert.ok(kinds.infeasible > 20 && kinds.free > 5 && kinds.alike > 150, JSON.stringify(kinds));
});

test("100,000 types with prices of their own are decided, to the last unit of a cost of fourteen digits", () => {
  const random = seededRandom(6, "many types");
  const columns = Array.from({ length: 100_000 }, (): Column => {
    const images = random.integer(50, 200);
    return { images, cost: images * 1_000_000 + random.integer(0, 50_000_000), count: 1 };
  });
  const wanted = 1_000_000;
  const program = programOf(columns, wanted);
  const answer = solveCoverKnapsack(program);
  assert.equal(answer?.status, "optimal");
  const values = answer?.values ?? [];
  assert.equal(violatedRow(program, values), undefined);
  const cost = Number(objectiveOf(program, values));
  // The relaxation: cheapest images first, the last device in part. The best whole devices are hardly dearer.
  let relaxed = 0;
  let missing = wanted;
  for (const { images, cost: own } of columns.toSorted((a, b) => a.cost / a.images - b.cost / b.images)) {
    const part = Math.min(1, missing / images);
    relaxed += part * own;
    missing -= part * images;
    if (missing <= 0) break;
  }
  assert.ok(cost >= relaxed && cost < relaxed + 1_000_000, `${cost - relaxed}`);
});

test("a program with more than one thing to cover, a cap or a gain is left to others", () => {
  const program = programOf([{ images: 3, cost: 2, count: 4 }], 5);
  const [count, cover] = program.rows;
  assert.ok(count !== undefined && cover !== undefined);
  assert.notEqual(solveCoverKnapsack(program), undefined);
  const cap = { name: "cap", terms: [[0, 5n] as const], upper: 10n };
  assert.equal(solveCoverKnapsack({ ...program, rows: [...program.rows, cap] }), undefined);
  assert.equal(solveCoverKnapsack({ ...program, rows: [...program.rows, { ...cover, name: "two" }] }), undefined);
  assert.equal(solveCoverKnapsack({ ...program, direction: "max" }), undefined);
  const gains = program.variables.map((variable) => ({ ...variable, objective: -1n }));
  assert.equal(solveCoverKnapsack({ ...program, variables: gains }), undefined);
  const [first] = program.variables;
  assert.ok(first !== undefined);
  const takes = { ...cover, terms: [...cover.terms, [1, -1n] as const] };
  const second = { ...first, name: "n1" };
  assert.equal(solveCoverKnapsack({ ...program, variables: [first, second], rows: [count, takes] }), undefined);
});
