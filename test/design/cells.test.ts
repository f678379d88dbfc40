import assert from "node:assert/strict";
import { test } from "node:test";
import { cellsOf, plannedTrials, requireFit } from "../../src/design/cells.js";
import { type Design, designSchema } from "../../src/design/design.js";
import type { ModelInput } from "../../src/model/model-input.js";

function design(more: object = {}): Design {
  return designSchema.parse({
    name: "cells",
    input_sizes_px: [64, 32, 128],
    mini_batch_sizes: [8, 1, 16, 2],
    trials: 3,
    devices: [{ threads: 2 }, { threads: 1, concurrent: 2 }],
    ...more,
  });
}

function ids(asked: Design): string[] {
  return plannedTrials(asked).map(({ trialId }) => trialId);
}

/** The trial ids that the design asks for, written down without its order. */
const EVERY_TRIAL = [1, 2, 3].flatMap((trial) =>
  ["cpu-2t", "cpu-1t-2c"].flatMap((device) =>
    [32, 64, 128].flatMap((size) => [1, 2, 8, 16].map((mbs) => `${device}-${size}px-${mbs}mb-${trial}`)),
  ),
);

test("cells are listed by device, then by size and mini-batch size as numbers", () => {
  const listed = cellsOf(design({ input_sizes_px: [128, 64], mini_batch_sizes: [16, 2] }));
  assert.deepEqual(
    listed.map(({ device, inputSizePx, miniBatchSize }) => [device.threads, inputSizePx, miniBatchSize]),
    [
      ...[
        [2, 64, 2],
        [2, 64, 16],
        [2, 128, 2],
        [2, 128, 16],
      ],
      ...[
        [1, 64, 2],
        [1, 64, 16],
        [1, 128, 2],
        [1, 128, 16],
      ],
    ],
  );
});

test("every cell is measured once before any is measured again", () => {
  const planned = plannedTrials(design());
  assert.deepEqual(ids(design()).sort(), [...EVERY_TRIAL].sort());
  const rounds = planned.map(({ trial }) => trial);
  assert.deepEqual(rounds, [...new Array(24).fill(1), ...new Array(24).fill(2), ...new Array(24).fill(3)]);
});

test("the order is random within a round, another in each round, and the same for the same seed", () => {
  const rounds = [0, 1, 2].map((round) => ids(design()).slice(24 * round, 24 * (round + 1)));
  const cells = rounds.map((round) => round.map((id) => id.replace(/-\d+$/, "")));
  const sortedCells = EVERY_TRIAL.slice(0, 24).map((id) => id.replace(/-\d+$/, ""));
  assert.equal(new Set([sortedCells, ...cells].map(String)).size, 4, "three orders, none of them by size");
  assert.deepEqual(ids(design()), ids(design()));
  assert.notDeepEqual(ids(design({ seed: 2 })), ids(design()));
  assert.deepEqual(ids(design({ trials: 1 })), rounds[0], "a design with fewer trials begins alike");
});

test("a trial's id names its device configuration, size, mini-batch size and number", () => {
  const one = { input_sizes_px: [32], mini_batch_sizes: [4], trials: 1, devices: [{ threads: 3, concurrent: 2 }] };
  const [planned] = plannedTrials(design(one));
  assert.equal(planned?.trialId, "cpu-3t-2c-32px-4mb-1");
  assert.deepEqual(planned?.cell, {
    inputSizePx: 32,
    miniBatchSize: 4,
    device: { provider: "cpu", threads: 3, concurrent: 2 },
  });
});

test("a model with fixed axes refuses the first cell that it can't run", () => {
  const dynamic: ModelInput = { name: "images", type: "float32", layout: "nchw", channels: 3 };
  requireFit(design(), dynamic);
  requireFit(design({ mini_batch_sizes: [2] }), { ...dynamic, fixedMiniBatchSize: 2 });
  assert.throws(() => requireFit(design(), { ...dynamic, fixedMiniBatchSize: 2 }), {
    name: "UserError",
    message: "design cells: mini-batch size 1: the model's is fixed to 2",
  });
  assert.throws(() => requireFit(design(), { ...dynamic, fixedHeightPx: 32, fixedWidthPx: 32 }), {
    message: "design cells: input size 64: the model's is fixed to 32 × 32",
  });
});
