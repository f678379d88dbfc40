import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../../src/core/seeded-random.js";
import { mostCapable } from "../../../src/plan/question/configuration.js";
import { deviceType } from "../../../src/plan/question/device-type.js";
import { withoutNeedless } from "../../../src/plan/question/needless-types.js";
import type { PlanProblem } from "../../../src/plan/question/plan-problem.js";

/** The least cost of so many images by trying every number of devices of every column. */
function leastCost(
  columns: ReturnType<typeof mostCapable>,
  { types }: PlanProblem,
  images: number,
): bigint | undefined {
  const [column, ...others] = columns;
  if (images <= 0) return 0n;
  if (column === undefined) return undefined;
  let least: bigint | undefined;
  for (let devices = 0; devices <= (types[column.type]?.count ?? 0); devices++) {
    const rest = leastCost(others, { types } as PlanProblem, images - devices * column.schedule.capacity);
    const cost = rest === undefined ? undefined : rest + BigInt(devices) * column.firstCost;
    if (cost !== undefined && (least === undefined || cost < least)) least = cost;
  }
  return least;
}

test("the types that are left have the least cost of all types, by brute force", () => {
  let dropped = 0;
  for (let index = 0; index < 300; index++) {
    const random = seededRandom(3, `needless ${index}`);
    const types = Array.from({ length: 5 }, (_, type) => {
      const ms = random.integer(1, 9);
      return deviceType({
        name: `t${type}`,
        count: random.integer(1, 2),
        maxMiniBatchSize: 1,
        latencyMs: () => ms,
        warmupMs: () => ms,
        pricePerHour: random.integer(0, 6),
      });
    });
    const images = random.integer(1, 120);
    const problem: PlanProblem = { types, workloads: [{ name: "", images }], timeUs: 60_000, objective: "cost" };
    const columns = mostCapable(problem);
    const left = withoutNeedless(problem, columns);
    dropped += columns.length - left.length;
    assert.equal(leastCost([...left], problem, images), leastCost(columns, problem, images), `${index}`);
  }
  assert.ok(dropped > 100, `${dropped}`);
});

test("of devices at one price only the most capable are left, whichever come first", () => {
  for (const order of [1, -1]) {
    const types = Array.from({ length: 30 }, (_, index) => {
      const ms = order > 0 ? index + 1 : 30 - index;
      return deviceType({
        name: `t${index}`,
        count: 4,
        maxMiniBatchSize: 1,
        latencyMs: () => ms,
        warmupMs: () => ms,
        pricePerHour: 1,
      });
    });
    const problem: PlanProblem = { types, workloads: [{ name: "", images: 150 }], timeUs: 60_000, objective: "cost" };
    // 60, 30, 20, 15 … images a device, four of each. 150 images need three of 60 or five of 30, of which only four are
    // as good or better; but at most eight of 20, and eight are better.
    const left = withoutNeedless(problem, mostCapable(problem)).map(({ schedule }) => schedule.capacity);
    assert.deepEqual(
      left.sort((a, b) => b - a),
      [60, 30],
    );
  }
});

test("of types that are alike as many are left as the images need", () => {
  const types = ["a", "b", "c"].map((name) =>
    deviceType({ name, count: 1, maxMiniBatchSize: 1, latencyMs: () => 10, warmupMs: () => 10 }),
  );
  // Six images in 60 ms on each: twelve images need two of them.
  const problem: PlanProblem = {
    types,
    workloads: [{ name: "", images: 12 }],
    timeUs: 60_000,
    objective: "devices",
  };
  assert.deepEqual(
    withoutNeedless(problem, mostCapable(problem)).map(({ type }) => type),
    [0, 1],
  );
});
