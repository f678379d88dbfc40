import { groupBy } from "../core/group-by.js";
import { UserError } from "../core/user-error.js";
import { readDataPackage } from "../dataset/data-package.js";
import { readPart } from "../dataset/part-file.js";
import { type TrialRow, trialsTable } from "../dataset/tables.js";
import { type DeviceConfiguration, deviceName } from "../design/design.js";
import { fitFunction } from "./fit-function.js";
import type { FittedFunction } from "./fitted-function.js";
import { LINEAR_IN_MINI_BATCH, LINEAR_IN_PIXELS, type Observation, SURFACE } from "./form.js";

/** One quantity: the study's law at each input size, and a surface over all of them. */
export interface TimeFit {
  readonly bySize: ReadonlyMap<number, FittedFunction>;
  /** Undefined where the dataset has too few cells for it. */
  readonly surface: FittedFunction | undefined;
}

/** Everything that is fitted to the trials of one device configuration. */
export interface DeviceFit {
  readonly device: DeviceConfiguration;
  readonly latency: TimeFit;
  readonly warmup: TimeFit;
  readonly memory: FittedFunction;
  /** The budget that the trials had, or undefined where it was the machine's memory. */
  readonly memoryLimitMib: number | undefined;
  /** Every mini-batch size that ended well at an input size, smallest first. */
  readonly measuredMiniBatches: ReadonlyMap<number, readonly number[]>;
}

/**
 * Fits latency, warm-up and memory to a dataset, one result per device configuration.
 *
 * @throws UserError if the folder holds no dataset, or too few trials that ended well
 */
export function fitDataset(folder: string): DeviceFit[] {
  const { provenance } = readDataPackage(folder);
  const trials = readPart(folder, trialsTable);
  return provenance.design.devices.map((device) =>
    fitDevice(
      device,
      provenance.design.memory_limit_mib,
      trials.filter((trial) => deviceName(trial) === deviceName(device)),
    ),
  );
}

/** Fits latency, warm-up and memory to the trials of one device configuration. */
export function fitDevice(
  device: DeviceConfiguration,
  memoryLimitMib: number | undefined,
  trials: readonly TrialRow[],
): DeviceFit {
  const ok = trials.filter(({ status }) => status === "ok");
  if (ok.length === 0) throw new UserError(`fit ${deviceName(device)}: no trial of it ended well`);
  const onDevice = ok.some(({ devicePeakMemoryMib }) => devicePeakMemoryMib !== undefined);
  return {
    device,
    latency: fitTime("latency_ms", observe(ok, "steadyMedianMs")),
    warmup: fitTime("warmup_ms", observe(ok, "firstInferenceMs")),
    memory: fitFunction(
      "peak_memory_mib",
      LINEAR_IN_PIXELS,
      observe(ok, onDevice ? "devicePeakMemoryMib" : "peakMemoryMib"),
    ),
    memoryLimitMib,
    measuredMiniBatches: new Map(
      [...groupBy(ok, ({ inputSizePx }) => inputSizePx)]
        .sort(([a], [b]) => a - b)
        .map(([size, rows]) => [
          size,
          [...new Set(rows.map(({ miniBatchSize }) => miniBatchSize))].sort((a, b) => a - b),
        ]),
    ),
  };
}

function fitTime(quantity: string, observations: readonly Observation[]): TimeFit {
  const sizes = [...groupBy(observations, ({ inputSizePx }) => inputSizePx)].sort(([a], [b]) => a - b);
  const fittable = sizes.filter(([, values]) => new Set(values.map(({ miniBatchSize }) => miniBatchSize)).size >= 2);
  return {
    bySize: new Map(fittable.map(([size, values]) => [size, fitFunction(quantity, LINEAR_IN_MINI_BATCH, values)])),
    surface: fittable.length >= 2 ? fitFunction(quantity, SURFACE, observations) : undefined,
  };
}

function observe(
  trials: readonly TrialRow[],
  key: "steadyMedianMs" | "firstInferenceMs" | "peakMemoryMib" | "devicePeakMemoryMib",
): Observation[] {
  return trials.flatMap(({ inputSizePx, miniBatchSize, [key]: value }) =>
    value === undefined ? [] : [{ inputSizePx, miniBatchSize, value }],
  );
}

/**
 * The largest mini-batch that fits a memory: the memory function solved for the mini-batch size.
 *
 * @returns 0 if not even one image fits
 */
export function largestMiniBatch(memory: FittedFunction, inputSizePx: number, memoryMib: number): number {
  const base = memory.coefficients.constant ?? Number.NaN;
  const perMegapixel = memory.coefficients.mbs_Mpx ?? Number.NaN;
  return Math.max(0, Math.floor((memoryMib - base) / (perMegapixel * (inputSizePx ** 2 / 1e6))));
}
