import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../../src/core/seeded-random.js";
import type { IntegerProgram, Row } from "../../../src/plan/program/integer-program.js";
import { relaxationOf } from "../../../src/plan/solve/count-blocks.js";
import { searchCounts } from "../../../src/plan/solve/count-search.js";
import { solveInThread } from "../../../src/plan/solve/solver-thread.js";

const WORKLOADS = 2;

interface Type {
  readonly count: number;
  readonly cost: number;
  /** Of one device, for each workload. */
  readonly images: readonly number[];
}

/** So many devices of each type for each workload, at the least cost. */
function programOf(types: readonly Type[], wanted: readonly number[]): IntegerProgram {
  const rows: Row[] = [
    ...types.map(({ count }, type) => ({
      name: `count_${type}`,
      terms: wanted.map((_, workload) => [type * WORKLOADS + workload, 1n] as const),
      upper: BigInt(count),
    })),
    ...wanted.map((images, workload) => ({
      name: `cover_${workload}`,
      terms: types.map((own, type) => [type * WORKLOADS + workload, BigInt(own.images[workload] ?? 0)] as const),
      lower: BigInt(images),
    })),
  ];
  const variables = types.flatMap(({ count, cost }, type) =>
    wanted.map((_, workload) => ({
      name: `n_${type}_${workload}`,
      upper: count,
      integer: true,
      objective: BigInt(cost),
    })),
  );
  return { direction: "min", unit: "cost", variables, rows };
}

/** The oracle: every way to deal the devices of each type out. */
function leastCost(types: readonly Type[], wanted: readonly number[]): number | undefined {
  const [type, ...others] = types;
  if (type === undefined) return wanted.every((images) => images <= 0) ? 0 : undefined;
  let least: number | undefined;
  for (let first = 0; first <= type.count; first++) {
    for (let second = 0; first + second <= type.count; second++) {
      const left = wanted.map(
        (images, workload) => images - (workload === 0 ? first : second) * (type.images[workload] ?? 0),
      );
      const rest = leastCost(others, left);
      const cost = rest === undefined ? undefined : rest + (first + second) * type.cost;
      if (cost !== undefined && (least === undefined || cost < least)) least = cost;
    }
  }
  return least;
}

test("the search over counts has the least cost of every way to deal devices out, where costs differ by units", async () => {
  const seen = { infeasible: 0, optimal: 0 };
  for (let index = 0; index < 300; index++) {
    const random = seededRandom(index, "counts");
    const types = Array.from({ length: random.integer(2, 3) }, () => ({
      count: random.integer(1, 4),
      cost: random.integer(1, 3),
      images: [random.integer(1, 9), random.integer(1, 9)],
    }));
    const wanted = [random.integer(1, 20), random.integer(1, 20)];
    const program = programOf(types, wanted);
    const { duals } = await solveInThread("highs", relaxationOf(program), Number.POSITIVE_INFINITY);
    if (duals === undefined) continue;
    const { status, values } = searchCounts(program, duals, 20_000_000);
    const least = leastCost(types, wanted);
    assert.equal(status, least === undefined ? "infeasible" : "optimal", `${index}`);
    seen[status as keyof typeof seen]++;
    if (values === undefined) continue;
    const cost = values.reduce(
      (sum, devices, place) => sum + devices * (types[Math.floor(place / WORKLOADS)]?.cost ?? 0),
      0,
    );
    assert.equal(cost, least, `${index}`);
  }
  assert.ok(seen.infeasible > 2 && seen.optimal > 150, JSON.stringify(seen));
});
