import { existsSync } from "node:fs";
import { readDataPackage } from "../dataset/data-package.js";
import { readTrials } from "../dataset/read-trials.js";
import type { TrialRow } from "../dataset/tables.js";
import { inputChoicesOf } from "../design/design.js";
import {
  EFFICIENTNET_INPUT,
  EFFICIENTNET_OUTPUT,
  IMAGENET_CLASSES,
  isEfficientNetName,
} from "../model/efficientnet-layers.js";
import { tensorDims } from "../model/model-input.js";
import type { FunctionSource } from "../plan/answer/plan-document.js";
import type { ServedType } from "../plan/answer/served-model.js";

/** What a serving configuration says of a model's tensors. */
export type ServedTensors = Pick<ServedType, "input" | "output" | "fixedMiniBatchSize">;

/**
 * What is known of a measured model: all of a built-in one, the input of a file that is still the measured one, if that
 * is its only one and has an axis of the mini-batch.
 */
export async function measuredTensors({
  model,
  model_sha256,
  input_size_px: size,
  dataset,
}: FunctionSource): Promise<ServedTensors> {
  if (model === undefined || size === undefined) return {};
  if (isEfficientNetName(model)) {
    return {
      input: { name: EFFICIENTNET_INPUT, type: "float32", dims: [3, size, size] },
      output: { name: EFFICIENTNET_OUTPUT, type: "float32", dims: [IMAGENET_CLASSES] },
    };
  }
  if (!existsSync(model)) return {};
  const choices = dataset === undefined ? {} : inputChoicesOf(readDataPackage(dataset).provenance.design);
  const { describeModel } = await import("../measure/describe-model.js"); // it brings ONNX Runtime
  const { sha256, input } = await describeModel(model, choices);
  const { name, type, layout, fixedMiniBatchSize, further } = input;
  if (sha256 !== model_sha256 || further !== undefined || !layout.startsWith("n")) return {};
  const dims = tensorDims(input, size, 1).slice(1);
  return { input: { name, type, dims }, ...(fixedMiniBatchSize !== undefined && { fixedMiniBatchSize }) };
}

/**
 * The most memory that a trial of the planned mini-batch size took, or of the next larger one that was measured; memory
 * grows with both sizes.
 *
 * @returns a function that knows nothing where the memory that counts is the device's own
 */
export function peakMemoryOf(source: FunctionSource): (miniBatchSize: number) => number | undefined {
  const { dataset, input_size_px: size = 0 } = source;
  if (dataset === undefined) return () => undefined;
  const ofSource = readTrials(dataset).filter((trial) => trial.status === "ok" && isOf(trial, source));
  if (ofSource.some(({ devicePeakMemoryMib }) => devicePeakMemoryMib !== undefined)) return () => undefined;
  return (miniBatchSize) => {
    const enough = ofSource.filter((trial) => trial.inputSizePx >= size && trial.miniBatchSize >= miniBatchSize);
    const nextSize = Math.min(...enough.map(({ inputSizePx }) => inputSizePx));
    const ofSize = enough.filter(({ inputSizePx }) => inputSizePx === nextSize);
    const nextBatch = Math.min(...ofSize.map((trial) => trial.miniBatchSize));
    const peaks = ofSize.flatMap((trial) => (trial.miniBatchSize === nextBatch ? (trial.peakMemoryMib ?? []) : []));
    return peaks.length === 0 ? undefined : Math.max(...peaks);
  };
}

function isOf(trial: TrialRow, { provider, threads, concurrent }: FunctionSource): boolean {
  return trial.provider === provider && trial.threads === threads && trial.concurrent === concurrent;
}
