import type { ExecutionRow } from "../../src/dataset/tables.js";

/** One device of an execution, on time and without an interval where nothing else is said. */
export function executionRow(planId: string, device: number, values: Partial<ExecutionRow>): ExecutionRow {
  return {
    planId,
    device,
    type: "cpu-1t",
    inputSizePx: 32,
    threads: 1,
    concurrent: 1,
    miniBatchSize: 2,
    miniBatches: 10,
    imagesPlanned: 20,
    imagesDone: 20,
    deadlineMs: undefined,
    predictedFinishMs: 1000,
    predictedLowMs: undefined,
    predictedHighMs: undefined,
    measuredFinishMs: undefined,
    deadline: undefined,
    detail: undefined,
    startedAt: "2026-11-24T10:00:00.000Z",
    ...values,
  };
}

/** One device of which a second was predicted, with the finish that was measured and the interval, if there are any. */
export function finishedRow(
  planId: string,
  device: number,
  measuredFinishMs?: number,
  predictedLowMs?: number,
  predictedHighMs?: number,
): ExecutionRow {
  return executionRow(planId, device, { measuredFinishMs, predictedLowMs, predictedHighMs });
}
