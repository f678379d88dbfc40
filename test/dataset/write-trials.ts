import { DatasetWriter } from "../../src/dataset/dataset-writer.js";
import type { HardwareRow } from "../../src/dataset/hardware-table.js";
import type { InferenceRow, PulseRow, TrialRow } from "../../src/dataset/tables.js";
import { designSchema } from "../../src/design/design.js";
import type { Feature } from "../../src/hardware/reading/feature.js";

interface Written {
  readonly trials: readonly TrialRow[];
  readonly devices?: readonly { readonly provider: "cpu"; readonly threads: number }[];
  readonly memoryLimitMib?: number;
  readonly features?: readonly Feature[];
  hardwareOf?(trial: TrialRow): HardwareRow[];
  pulsesOf?(trial: TrialRow): PulseRow[];
  inferencesOf?(trial: TrialRow): Omit<InferenceRow, "trialId" | "startedMs">[];
}

/** Writes a dataset of given trials, of a model whose multiply-adds and activations are 10 and 4 bytes a pixel. */
export async function writeTrials(
  folder: string,
  {
    trials,
    devices = [{ provider: "cpu", threads: 1 }],
    memoryLimitMib,
    features = [],
    hardwareOf = () => [],
    pulsesOf = () => [],
    inferencesOf = () => [],
  }: Written,
): Promise<void> {
  const sizes = [...new Set(trials.map(({ inputSizePx }) => inputSizePx))];
  const writer = await DatasetWriter.open(folder, {
    design: designSchema.parse({
      name: "written",
      input_sizes_px: sizes,
      mini_batch_sizes: [...new Set(trials.map(({ miniBatchSize }) => miniBatchSize))],
      devices,
      ...(memoryLimitMib !== undefined && { memory_limit_mib: memoryLimitMib }),
    }),
    model: {
      name: "m",
      sha256: "",
      bytes: 1,
      parameters: 100,
      sizes: sizes.map((px) => ({ input_size_px: px, multiply_adds: 10 * px ** 2, activation_bytes: 4 * px ** 2 })),
    },
    machine: {},
    versions: {},
    features: [...features],
    unavailable_features: [],
    runs: [],
  });
  for (const trial of trials) {
    const { trialId } = trial;
    const inferences = inferencesOf(trial).map((inference) => ({ trialId, startedMs: 0, ...inference }));
    writer.append({ trial, inferences, images: [], pulses: pulsesOf(trial), hardware: hardwareOf(trial) });
  }
  await writer.close("finished");
}
