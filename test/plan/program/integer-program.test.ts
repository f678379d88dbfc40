import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type IntegerProgram,
  isBetter,
  rowThatNothingFulfils,
  violatedRow,
} from "../../../src/plan/program/integer-program.js";

/** x up to 3, y without a limit; x + 2y from 4 to 9. */
const PROGRAM: IntegerProgram = {
  direction: "max",
  unit: "units",
  variables: [
    { name: "x", upper: 3, integer: true, objective: 1n },
    { name: "y", upper: Number.POSITIVE_INFINITY, integer: true, objective: 1n },
  ],
  rows: [
    {
      name: "sum",
      terms: [
        [0, 1n],
        [1, 2n],
      ],
      lower: 4n,
      upper: 9n,
    },
  ],
};

test("what whole values violate is named: a variable's own bounds first, then the rows, both ends included", () => {
  const cases: [values: number[], violated: string | undefined][] = [
    [[0, 2], undefined],
    [[3, 3], undefined],
    [[3, 0], "sum"],
    [[2, 4], "sum"],
    [[4, 1], "x"],
    [[-1, 3], "x"],
    [[1, -1], "y"],
    [[1], "y"],
  ];
  for (const [values, violated] of cases) assert.equal(violatedRow(PROGRAM, values), violated, `${values}`);
});

test("a row that asks for more than its variables amount to at their largest is named, and no other", () => {
  const named = (terms: readonly bigint[], limits: { lower?: bigint; upper?: bigint }, uppers = [3, 2]) =>
    rowThatNothingFulfils({
      ...PROGRAM,
      variables: uppers.map((upper, index) => ({ name: `v${index}`, upper, integer: true, objective: 1n })),
      rows: [{ name: "asks", terms: terms.map((value, index) => [index, value] as const), ...limits }],
    });
  assert.equal(named([2n, 5n], { lower: 17n }), "asks");
  assert.equal(named([2n, 5n], { lower: 16n }), undefined);
  assert.equal(named([2n, -5n], { lower: 7n }), "asks");
  assert.equal(named([2n, -5n], { lower: 6n }), undefined);
  assert.equal(named([2n, 5n], { lower: 17n }, [Number.POSITIVE_INFINITY, 2]), undefined);
  assert.equal(named([2n, 5n], { upper: -1n }), undefined);
});

test("the better of two objectives is the smaller or the larger one, and of equal ones neither", () => {
  const better = (["min", "max"] as const).map((direction) =>
    [[1n, 2n] as const, [2n, 1n] as const, [2n, 2n] as const].map(([a, b]) => isBetter({ direction }, a, b)),
  );
  assert.deepEqual(better, [
    [true, false, false],
    [false, true, false],
  ]);
});
