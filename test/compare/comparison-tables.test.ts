import assert from "node:assert/strict";
import { test } from "node:test";
import type { Comparison } from "../../src/compare/compare-datasets.js";
import type { ComparedSide } from "../../src/compare/compared-side.js";
import { sideLines } from "../../src/compare/comparison-summary.js";
import { lostCellTable, overallRatioTable } from "../../src/compare/comparison-tables.js";
import { recordedDifferences } from "../../src/compare/recorded-differences.js";
import { designSchema } from "../../src/design/design.js";
import { DEVICE, simulatedTrial } from "../fit/simulated-device.js";

const cell = (ratio: number, verdict: string) => ({ ratio: { ratio, verdict } });

test("the overall table has a quantity's ratio, its extremes over the cells, and how many have which verdict", () => {
  const quantities = [
    {
      quantity: "latency_ms",
      overall: { ratio: 1.25, interval: { low: 1.2, high: 1.3 }, verdict: "slower" },
      cells: [cell(1.4, "slower"), cell(0.9, "undecided"), cell(1.3, "slower")],
      betweenCells: 0.1,
    },
    {
      quantity: "peak_memory_mib",
      overall: { ratio: 1, interval: undefined, verdict: "undecided" },
      cells: [cell(1, "undecided")],
      betweenCells: undefined,
    },
  ] as unknown as Comparison["quantities"];
  assert.deepEqual(overallRatioTable({ quantities }), {
    columns: ["quantity", "B / A", "95 % interval", "verdict", "lowest", "highest", "beyond noise (%)", "cells"],
    values: [
      ["latency L", "1.250", "1.200 to 1.300", "slower", "0.900", "1.400", "10.0", "2 slower, 1 undecided"],
      ["memory", "1.000", "unknown", "undecided", "1.000", "1.000", "", "1 undecided"],
    ],
  });
});

test("cells that one side lost are listed with how they ended on each", () => {
  const lost = [{ inputSizePx: 224, miniBatchSize: 8, a: "ok", b: "out_of_memory" }] as unknown as Comparison["lost"];
  assert.deepEqual(lostCellTable({ lost }), {
    columns: ["size (px)", "mini-batch", "A", "B"],
    values: [[224, 8, "ok", "out of memory"]],
  });
});

/** A side of two trials that ended well and one that did not, measured with an environment. */
function side(environment: Readonly<Record<string, string>>): ComparedSide {
  const trials = [simulatedTrial(64, 1, 1e6, 1), simulatedTrial(64, 1, 1e6, 2), simulatedTrial(224, 8, 1, 1)];
  return {
    folder: "data/a",
    device: DEVICE,
    trials,
    model: { name: "m", sha256: "0123456789abcdef", bytes: 1 },
    design: designSchema.parse({ name: "d", input_sizes_px: [64], mini_batch_sizes: [1], devices: [{ threads: 1 }] }),
    runs: [{ runId: "run", startedAt: "2026-01-02T03:04:05Z", machine: {}, versions: {}, environment }],
  } as unknown as ComparedSide;
}

test("a side is told with the trials that ended well", () => {
  assert.equal(
    sideLines({ a: side({}), b: side({}) })[0],
    "A: data/a, cpu-1t, m, 2 trials that ended well, 1 session from 2026-01-02, host host",
  );
});

test("what the environment says on one side only is a recorded difference", () => {
  assert.deepEqual(recordedDifferences(side({ OMP_NUM_THREADS: "1" }), side({})), [
    { what: "environment OMP_NUM_THREADS", a: "1", b: "not recorded" },
  ]);
  assert.deepEqual(recordedDifferences(side({ A: "1" }), side({ A: "1" })), []);
});
