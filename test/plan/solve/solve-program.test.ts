import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../../src/core/seeded-random.js";
import type { IntegerProgram } from "../../../src/plan/program/integer-program.js";
import { checked } from "../../../src/plan/solve/program-answer.js";
import { findSolution, solveProgram } from "../../../src/plan/solve/solve-program.js";
import { searchInThread, solveInThread } from "../../../src/plan/solve/solver-thread.js";

/** As many images as devices can give whose costs and energies are capped, beyond what few relaxations decide. */
function capped(seed: number, devices = 120): IntegerProgram {
  const random = seededRandom(seed, "capped");
  const columns = Array.from({ length: devices }, () => ({
    images: BigInt(random.integer(200, 1000)),
    cost: BigInt(random.integer(200, 1000)),
    energy: BigInt(random.integer(200, 1000)),
  }));
  const row = (name: string, of: (column: (typeof columns)[number]) => bigint) => ({
    name,
    terms: columns.map((column, index) => [index, of(column)] as const),
    upper: 20_000n,
  });
  return {
    direction: "max",
    unit: "images",
    variables: columns.map(({ images }, index) => ({ name: `n${index}`, upper: 1, integer: true, objective: images })),
    rows: [row("cost", ({ cost }) => cost), row("energy", ({ energy }) => energy)],
  };
}

test("of the own search's answer and the solver's the better one is given, within a bound that holds for both", async () => {
  let improved = 0;
  for (let seed = 1; seed < 2; seed++) {
    const program = capped(seed);
    const claim = checked(program, "highs", await solveInThread("highs", program, 60_000));
    assert.ok(claim !== undefined);
    const own = await searchInThread(program, { maxNodes: 50, limitMs: Number.POSITIVE_INFINITY });
    const answer = await solveProgram(program, { limitMs: 60_000, gap: 0.01 });
    assert.ok(answer.status === "solved");
    assert.ok(answer.objective >= (99n * claim.objective) / 100n, `${answer.objective} and ${claim.objective}`);
    assert.ok(answer.bound !== undefined && answer.bound >= claim.objective);
    const before = own.values && checked(program, "branch and bound", { status: "optimal", values: own.values });
    if (before === undefined || before.objective < answer.objective) improved++;
  }
  assert.ok(improved > 0, "every answer was the own search's");
});

test("an answer of the own search within the gap of its bound is proven before any solver is asked", async () => {
  const answer = await solveProgram(capped(2, 99), { limitMs: 60_000, gap: 0.5 });
  assert.ok(answer.status === "solved");
  assert.equal(answer.solver, "branch and bound");
  assert.equal(answer.proven, true);
  assert.ok(answer.bound !== undefined && answer.bound > answer.objective && answer.bound < 2n * answer.objective);
});

test("too much to cover for a cost that is limited is infeasible by the dynamic program, without any relaxation", async () => {
  const places = [...Array(9).keys()];
  const program: IntegerProgram = {
    direction: "min",
    unit: "cost",
    variables: places.map((place) => ({ name: `n${place}`, upper: 2, integer: true, objective: BigInt(3 + place) })),
    rows: [
      { name: "cover", terms: places.map((place) => [place, BigInt(2 + place)] as const), lower: 30n },
      { name: "objective", terms: places.map((place) => [place, BigInt(3 + place)] as const), upper: 32n },
    ],
  };
  // The dearest and largest lose least: 2 of 10 and one of 9 with 1 of 2 are 31 images for 35; below 30 for 32.
  assert.deepEqual(await solveProgram(program, { search: "steps" }), { status: "infeasible" });
});

test("without a solution that steps can find, that there is none is found in steps, too", async () => {
  // Twice x and four times y are never seven.
  const terms = [
    [0, 2n],
    [1, 4n],
  ] as const;
  const variables = ["x", "y"].map((name) => ({ name, upper: 9, integer: true, objective: 1n }));
  const rows = [{ name: "seven", terms, lower: 7n, upper: 7n }];
  const program: IntegerProgram = { direction: "min", unit: "units", variables, rows };
  assert.deepEqual(await solveProgram(program, { search: "steps" }), { status: "infeasible" });
});

test("where the search over counts comes to no end in so many steps, branch and bound looks for a solution", async () => {
  // Four workloads of 30 images share four devices of each of two types, that have 3 and 5 images of each.
  const variables = [0, 1, 2, 3].flatMap((workload) =>
    ["a", "b"].map((type) => ({ name: `${type}${workload}`, upper: 40, integer: true, objective: 1n })),
  );
  const terms = (chosen: (place: number) => bigint) =>
    variables.flatMap((_, place) => (chosen(place) > 0n ? [[place, chosen(place)] as const] : []));
  const rows = [
    ...[0, 1, 2, 3].map((workload) => ({
      name: `images${workload}`,
      terms: terms((place) => (Math.floor(place / 2) === workload ? (place % 2 === 0 ? 3n : 5n) : 0n)),
      lower: 30n,
    })),
    ...[0, 1].map((type) => ({
      name: `count${type}`,
      terms: terms((place) => (place % 2 === type ? 1n : 0n)),
      upper: 40n,
    })),
  ];
  const program: IntegerProgram = { direction: "min", unit: "devices", variables, rows };
  const answer = await findSolution(program, 2);
  assert.ok(answer.status === "solved");
  assert.equal(answer.solver, "branch and bound");
  assert.ok(answer.objective >= 24n);
  const counted = await findSolution(program, 100_000);
  assert.deepEqual(counted.status === "solved" && [counted.solver, counted.objective], ["count search", 24n]);
});
