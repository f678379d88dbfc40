import assert from "node:assert/strict";
import { test } from "node:test";
import { toLpFormat, toMpsFormat } from "../../../src/plan/program/export-program.js";
import type { IntegerProgram } from "../../../src/plan/program/integer-program.js";

/** Written out by hand: a row whose coefficients share a factor, one of seven digits, sides that round inwards. */
const PROGRAM: IntegerProgram = {
  direction: "max",
  unit: "images",
  variables: [
    { name: "n_a", upper: 3, integer: true, objective: 12n },
    { name: "n_b", upper: Number.POSITIVE_INFINITY, integer: true, objective: 0n },
    { name: "x", upper: 7, integer: false, objective: -5n },
  ],
  rows: [
    {
      name: "shared",
      terms: [
        [0, 4n],
        [1, -6n],
      ],
      upper: 9n,
    },
    {
      name: "cover",
      terms: [
        [0, 1_234_567n],
        [1, 50n],
      ],
      lower: 2_000_001n,
    },
  ],
};

test("a program is written in LP format with small decimals, its unit and its bounds", () => {
  assert.equal(
    toLpFormat(PROGRAM),
    `\\ objective in images
Maximize
 objective: 12 n_a - 5 x
Subject To
 shared: 2 n_a - 3 n_b <= 4
 cover: 123.4567 n_a + 0.005 n_b >= 200.0001
Bounds
 0 <= n_a <= 3
 n_b >= 0
 0 <= x <= 7
Generals
 n_a
 n_b
End
`,
  );
});

test("the same program in MPS format minimises the negated objective and says so", () => {
  assert.equal(
    toMpsFormat(PROGRAM),
    `* objective in images
* maximise: the objective is negated
NAME plan
ROWS
 N objective
 L shared
 G cover
COLUMNS
 integers 'MARKER' 'INTORG'
 n_a objective -12
 n_a shared 2
 n_a cover 123.4567
 n_b shared -3
 n_b cover 0.005
 x objective 5
 integers 'MARKER' 'INTEND'
RHS
 rhs shared 4
 rhs cover 200.0001
BOUNDS
 UP bound n_a 3
 PL bound n_b
 UP bound x 7
ENDATA
`,
  );
});

test("rows without a variable are left out where they hold, and can't be fulfilled where they don't", () => {
  const rows = [
    { name: "holds", terms: [], upper: 0n },
    { name: "fails", terms: [], lower: 1n },
  ];
  const text = toLpFormat({ ...PROGRAM, direction: "min", rows });
  assert.ok(!text.includes("holds"));
  assert.match(text, /^ fails: 1 none >= 1$/m);
  assert.match(text, /^ 0 <= none <= 0$/m);
  const empty = toLpFormat({ direction: "min", unit: "devices", variables: [], rows: [] });
  assert.match(empty, /^ objective: 0 none$/m);
});

test("long rows go on in further lines", () => {
  const variables = Array.from({ length: 17 }, (_, index) => ({
    name: `v${index}`,
    upper: 1,
    integer: true,
    objective: 1n,
  }));
  const text = toLpFormat({ direction: "min", unit: "devices", variables, rows: [] });
  const lines = text.split("\n").slice(2, 5);
  assert.deepEqual(
    lines.map((line) => line.trim().split(/(?= [+] )/).length),
    [8, 8, 1],
  );
});
