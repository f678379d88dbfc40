import assert from "node:assert/strict";
import { test } from "node:test";
import {
  largestMiniBatchBySize,
  memoryLargestOverSmallest,
  memorySlopePerImageMib,
  outOfMemorySizes,
} from "../../src/claims/memory-statistics.js";
import type { ClaimEvidence, Statistic, StatisticFunction } from "../../src/claims/statistic.js";
import type { TrialRow } from "../../src/dataset/tables.js";
import { fitDevice } from "../../src/fit/fit-dataset.js";
import { DEVICE, simulatedTrial } from "../fit/simulated-device.js";

/** Trials whose peak memory is given, cell by cell; those of `exceeding` ran out of memory. */
function judge(
  statistic: StatisticFunction,
  cells: readonly (readonly [sizePx: number, batch: number, ...peaksMib: number[]])[],
  { limitMib, exceeding = [] }: { limitMib?: number; exceeding?: readonly (readonly [number, number])[] } = {},
): Statistic {
  const trials: TrialRow[] = [
    ...cells.flatMap(([size, batch, ...peaks]) =>
      peaks.map((peakMemoryMib, index) => ({ ...simulatedTrial(size, batch, Infinity, index + 1), peakMemoryMib })),
    ),
    ...exceeding.map(([size, batch]) => ({
      ...simulatedTrial(size, batch, Infinity, 9),
      status: "out_of_memory" as const,
    })),
  ];
  const evidence: ClaimEvidence = {
    fit: fitDevice(DEVICE, limitMib, trials, () => []),
    ranking: () => Promise.reject(new Error("not asked for")),
  };
  return statistic(evidence, undefined) as Statistic;
}

function values(statistic: Statistic): { value: number; low: number; high: number; detail: string } {
  assert.ok(statistic.value !== undefined, JSON.stringify(statistic));
  return { value: statistic.value, ...statistic.interval, detail: statistic.detail };
}

function reason(statistic: Statistic): string {
  assert.ok(statistic.value === undefined);
  return statistic.reason;
}

function close(found: number, expected: number): void {
  assert.ok(Math.abs(found / expected - 1) < 1e-9, `${found} is not ${expected}`);
}

test("the cell with most pixels over the one with fewest, with the scatter of all cells, as scipy says", () => {
  const found = values(
    judge(memoryLargestOverSmallest, [
      [128, 8, 300, 380],
      [64, 1, 100, 110],
      [128, 16, 420, 400],
      [128, 1, 95, 90],
      [64, 8, 200, 390],
    ]),
  );
  close(found.value, Math.sqrt((400 * 420) / (100 * 110)));
  close(found.low, 2.1792076199663635);
  close(found.high, 7.008385586024603);
  assert.equal(found.detail, "128 px × 16 over 64 px × 1", "not over the one that came out smallest");
  const once = judge(memoryLargestOverSmallest, [
    [64, 1, 100],
    [64, 2, 150],
  ]);
  assert.equal(reason(once), "no cell was repeated, so that its noise is unknown");
  assert.equal(reason(judge(memoryLargestOverSmallest, [[64, 1, 100, 110]])), "fewer than 2 cells");
});

test("of the slopes of all sizes the least certain one counts: the one whose interval begins lowest", () => {
  // 64 px: 100 + 10 mbs exactly. 128 px: 100 + 30 mbs in the middle, from 100 + 2 mbs where trials scatter.
  const found = values(
    judge(memorySlopePerImageMib, [
      [64, 1, 110, 110],
      [64, 2, 120, 120],
      [64, 4, 140, 140],
      [128, 1, 120, 140],
      [128, 2, 140, 180],
      [128, 4, 120, 320],
    ]),
  );
  assert.equal(found.detail, "least certain at 128 px");
  assert.ok(found.low < 10 && found.high > 30, JSON.stringify(found));
  assert.ok(found.low <= found.value && found.value <= found.high);
  const exact = values(
    judge(memorySlopePerImageMib, [
      [64, 1, 110, 110],
      [64, 2, 120, 120],
      [64, 4, 140, 140],
      [128, 1, 120, 120],
      [128, 2, 150, 150],
      [128, 4, 210, 210],
      [224, 1, 130, 132],
      [224, 2, 131, 129],
    ]),
  );
  for (const value of [exact.value, exact.low, exact.high]) close(value, 10);
  assert.equal(exact.detail, "least certain at 64 px");
  const two = judge(memorySlopePerImageMib, [
    [64, 1, 100, 101],
    [64, 2, 101, 102],
  ]);
  assert.equal(reason(two), "no input size has 3 mini-batch sizes", "two cells are on a line whatever memory does");
});

test("sizes that ran out of memory are counted, each from its smallest mini-batch that did", () => {
  const cells = [
    [64, 1, 100],
    [64, 2, 120],
    [128, 1, 200],
  ] as const;
  const exceeding = [
    [128, 8],
    [128, 4],
    [64, 16],
  ] as const;
  assert.deepEqual(values(judge(outOfMemorySizes, cells, { limitMib: 300, exceeding })), {
    value: 2,
    low: 2,
    high: 2,
    detail: "beyond 300 MiB from 128 px × 4, 64 px × 16 on",
  });
  const machine = values(judge(outOfMemorySizes, cells, { exceeding }));
  assert.equal(machine.detail, "beyond the machine's MiB from 128 px × 4, 64 px × 16 on");
  assert.match(reason(judge(outOfMemorySizes, cells)), /^no trial exceeded its memory: set memory_limit_mib or/);
});

test("the largest mini-batches are listed by size, and their ranks run against those of the sizes", () => {
  const law = (size: number, batch: number) => 100 + batch * (size / 64) ** 2;
  const cells = [64, 128, 256].flatMap((size) =>
    [1, 2, 4].map((batch) => [size, batch, law(size, batch), law(size, batch)] as const),
  );
  const within = (exceeding: readonly (readonly [number, number])[]) =>
    judge(largestMiniBatchBySize, cells, { limitMib: 1000, exceeding });
  const falling = [
    [64, 64],
    [128, 4],
    [256, 1],
  ] as const;
  assert.deepEqual(values(within(falling)), {
    value: -1,
    low: -1,
    high: -1,
    detail: "64 px: 4, 128 px: 2, 256 px: 0",
  });
  // 64 px has the smallest; 128 px, of which nothing ran out, more than 256 px.
  const mixed = [
    [64, 1],
    [256, 4],
  ] as const;
  const found = values(within(mixed));
  close(found.value, 1 / 3);
  // Without 64 px it falls: nothing is refuted by what may be the edge of one process.
  assert.deepEqual([found.low, found.high], [-1, found.value]);
  assert.equal(found.detail, "64 px: 0, 128 px: at least 4, 256 px: 2");
  assert.match(
    reason(within([[256, 4]])),
    /^of 2 pairs of input sizes the order is known, required are 3: set memory_limit_mib or measure larger cells$/,
  );
  assert.equal(reason(judge(largestMiniBatchBySize, cells)), "the design has no memory_limit_mib");
  assert.equal(
    reason(judge(largestMiniBatchBySize, cells.slice(0, 6), { limitMib: 148 })),
    "2 input sizes, required are 3",
  );
});
