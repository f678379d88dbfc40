import { UserError } from "../core/user-error.js";
import { type Provenance, readDataPackage } from "../dataset/data-package.js";
import { deviceName } from "../design/design.js";
import type { Basis } from "../fit/basis.js";
import { confidenceLimit } from "../fit/confidence.js";
import { functionsAtSize, type LatencyStatistic } from "../fit/device-functions.js";
import { type DeviceFit, fitDataset } from "../fit/fit-dataset.js";
import { planCautions } from "../fit/law-cautions.js";
import { sessionNotes } from "../fit/session-levels.js";
import { planningLaw } from "../fit/trusted-law.js";
import type { MeasuredFunctions } from "../plan/question/device-entry.js";
import { type DeviceType, deviceType } from "../plan/question/device-type.js";
import { energyFunctions, type WorkFunctions } from "../plan/question/given-functions.js";
import type { Work } from "./work.js";

/** A dataset as the functions of a plan come from it. */
export interface MeasuredDataset {
  readonly fits: readonly DeviceFit[];
  readonly provenance: Provenance;
}

/** @throws UserError if there is no dataset in the folder, or too few of its trials ended well */
export function measuredDataset(folder: string): MeasuredDataset {
  return { fits: fitDataset(folder), provenance: readDataPackage(folder).provenance };
}

/** Which functions of a dataset are meant. */
export interface MeasuredPlace {
  readonly workload: string;
  readonly source: MeasuredFunctions;
  readonly inputSizePx: number;
  /** Default: the mean, which a hard plan does without. */
  readonly latency: LatencyStatistic | undefined;
}

/**
 * What was measured of a device as functions of a plan.
 *
 * @param name of the device; the measured configuration's where it is empty
 * @throws UserError if the dataset has no such configuration, or the input size is too far from those that were
 *   measured
 */
export function measuredWork(
  { fits, provenance: { design, model } }: MeasuredDataset,
  name: string,
  { workload, source, inputSizePx, latency }: MeasuredPlace,
): Work {
  const fit = fitFor(fits, source);
  const { provider, threads, concurrent } = fit.device;
  const type = name || deviceName(fit.device);
  return {
    source: {
      type,
      workload,
      dataset: source.dataset,
      model: design.model,
      model_sha256: model.sha256,
      provider,
      threads,
      concurrent,
      input_size_px: inputSizePx,
      ...(latency !== "median" && { latency: "mean" }),
    },
    notes: [
      ...sessionNotes(fit.sessions).map((note) => `${type}: ${note}`),
      ...planCautions(fit, inputSizePx).map((caution) => `${type}: ${caution}`),
      ...functionsAtSize(fit, inputSizePx).notes.map((note) => `${type}, ${note}`),
    ],
    maxConfidence: confidenceLimit(fit).confidence,
    get latencyError() {
      return planningLaw(fit.latency, inputSizePx)?.leftOutError;
    },
    runs: fit.runs,
    functions: (basis) => {
      if (basis.kind === "worst" && latency !== undefined) {
        throw new UserError(
          `latency ${latency}: a hard plan takes the worst that was observed, allowed with a confidence`,
        );
      }
      const measured = measuredFunctions(fit, inputSizePx, basis, latency ?? "mean");
      const most = Math.min(measured.maxMiniBatchSize, source.max_mini_batch_size ?? Number.POSITIVE_INFINITY);
      return {
        name: type,
        ...measured,
        ...energyFunctions(source),
        miniBatchSizes: measured.miniBatchSizes?.filter((size) => size <= most) ?? [],
        maxMiniBatchSize: most,
      };
    },
  };
}

/**
 * So many devices that all behave like a fitted one, as a plan's type: the one join of fit and plan.
 *
 * @param latency what stands for steady inferences. Default: the study's median
 */
export function deviceTypeOfFit(
  fit: DeviceFit,
  inputSizePx: number,
  count: number,
  basis?: Basis,
  latency?: LatencyStatistic,
): DeviceType {
  return deviceType({ name: deviceName(fit.device), count, ...measuredFunctions(fit, inputSizePx, basis, latency) });
}

function measuredFunctions(
  fit: DeviceFit,
  inputSizePx: number,
  basis?: Basis,
  latency?: LatencyStatistic,
): WorkFunctions {
  const { notes: _, ...functions } = functionsAtSize(fit, inputSizePx, basis, latency);
  return { ...functions, warmupPerShape: fit.device.provider !== "cpu" };
}

/** The measurements of the configuration that is asked for: those of another one say nothing about it. */
function fitFor(fits: readonly DeviceFit[], { dataset, provider, threads, concurrent }: MeasuredFunctions): DeviceFit {
  const fit = fits.find(
    ({ device }) =>
      (provider === undefined || device.provider === provider) &&
      (threads === undefined || device.threads === threads) &&
      (concurrent === undefined || device.concurrent === concurrent),
  );
  if (fit !== undefined) return fit;
  const wanted = [
    ...(provider === undefined ? [] : [provider]),
    ...(threads === undefined ? [] : [`${threads} threads`]),
    ...(concurrent === undefined ? [] : [`${concurrent} devices side by side`]),
  ];
  const measured = fits.map(({ device }) => deviceName(device)).join(", ");
  throw new UserError(
    `dataset ${dataset}: nothing was measured with ${wanted.join(", ")}, it has ${measured || "no device"}`,
  );
}
