import assert from "node:assert/strict";
import { test } from "node:test";
import type { IntegerProgram, Row } from "../../../src/plan/program/integer-program.js";
import { boundTightener } from "../../../src/plan/solve/tighten-bounds.js";

type Bounds = readonly (readonly [number, number])[];
type Written = Omit<Row, "name" | "terms"> & { terms: readonly bigint[] };

/** The bounds that are left of variables from 0 to `uppers`, or that there are none. */
function tightened(
  uppers: readonly number[],
  rows: readonly Written[],
  objective: readonly bigint[] = [],
  most?: bigint,
) {
  const program: IntegerProgram = {
    direction: "min",
    unit: "units",
    variables: uppers.map((upper, index) => ({
      name: `x${index}`,
      upper,
      integer: true,
      objective: objective[index] ?? 0n,
    })),
    rows: rows.map(({ terms, ...limits }, index) => ({
      name: `r${index}`,
      terms: terms.map((coefficient, place) => [place, coefficient] as const),
      ...limits,
    })),
  };
  const lower = new Float64Array(uppers.length);
  const upper = Float64Array.from(uppers);
  if (!boundTightener(program).tighten(lower, upper, most)) return "empty";
  return uppers.map((_, index): Bounds[number] => [lower[index] ?? Number.NaN, upper[index] ?? Number.NaN]);
}

test("what a row leaves for each variable, by hand", () => {
  const cases: [uppers: number[], row: Written, left: Bounds | "empty"][] = [
    // x + y from 7 on, x to 3: y from 4 on
    [
      [3, 10],
      { terms: [1n, 1n], lower: 7n },
      [
        [0, 3],
        [4, 10],
      ],
    ],
    // 2 x + 3 y to 11: x to 5, y to 3
    [
      [9, 9],
      { terms: [2n, 3n], upper: 11n },
      [
        [0, 5],
        [0, 3],
      ],
    ],
    // 3 x - 2 y from 1 on, y to 4: x from 1 on, and y to 2.5 as x is at most 2
    [
      [2, 4],
      { terms: [3n, -2n], lower: 1n },
      [
        [1, 2],
        [0, 2],
      ],
    ],
    // -2 x - 3 y from -7 on: as 2 x + 3 y to 7
    [
      [9, 9],
      { terms: [-2n, -3n], lower: -7n },
      [
        [0, 3],
        [0, 2],
      ],
    ],
    // x - y to -3, so y from 3 on, and x to 2 where y is at most 5
    [
      [9, 5],
      { terms: [1n, -1n], upper: -3n },
      [
        [0, 2],
        [3, 5],
      ],
    ],
    // 4 x is 6 for no whole x
    [[9], { terms: [4n], lower: 6n, upper: 6n }, "empty"],
    [[3, 3], { terms: [1n, 1n], lower: 7n }, "empty"],
    [[3, 3], { terms: [-1n, -1n], upper: -7n }, "empty"],
    [
      [3, 3],
      { terms: [1n, 1n], lower: 6n },
      [
        [3, 3],
        [3, 3],
      ],
    ],
  ];
  for (const [uppers, row, left] of cases) {
    assert.deepEqual(tightened(uppers, [row]), left, `${row.terms} from ${row.lower} to ${row.upper}`);
  }
});

test("what one row leaves goes on to the next, and back", () => {
  // z from 3 on by the last row, so y from 4 on, so x from 5 on: each needs the row after it.
  const rows: Written[] = [
    { terms: [1n, -1n, 0n], lower: 1n },
    { terms: [0n, 1n, -1n], lower: 1n },
    { terms: [0n, 0n, 1n], lower: 3n },
  ];
  assert.deepEqual(tightened([9, 9, 9], rows), [
    [5, 9],
    [4, 8],
    [3, 7],
  ]);
});

test("an objective that must not be more counts as a row, but for one that numbers don't hold", () => {
  assert.deepEqual(tightened([9, 9], [], [3n, 4n], 10n), [
    [0, 3],
    [0, 2],
  ]);
  const untouched = [
    [0, 9],
    [0, 9],
  ];
  assert.deepEqual(tightened([9, 9], [], [3n, 4n], 2n ** 60n), untouched);
  assert.deepEqual(tightened([9, 9], [], [2n ** 52n, 4n], 10n), untouched);
});

test("a row in which a sum exceeds what numbers hold exactly, or has no end, is left out", () => {
  const row: Written = { terms: [4n, 1n], upper: 2n };
  assert.deepEqual(tightened([2 ** 49, 9], [row]), [
    [0, 0],
    [0, 2],
  ]);
  for (const upper of [2 ** 52, Number.POSITIVE_INFINITY]) {
    assert.deepEqual(tightened([upper, 9], [row]), [
      [0, upper],
      [0, 9],
    ]);
  }
  // Amounts of both signs that would cancel: four times x less four times y is as large as it can be.
  const most = 2 ** 52;
  assert.deepEqual(tightened([most, most], [{ terms: [4n, -4n], lower: 2n ** 54n }]), [
    [0, most],
    [0, most],
  ]);
});
