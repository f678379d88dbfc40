import { UserError } from "../core/user-error.js";
import { type Provenance, readDataPackage } from "../dataset/data-package.js";
import { importedLines } from "../dataset/imported-lines.js";
import { deviceName } from "../design/design.js";
import type { Basis } from "../fit/basis.js";
import { confidenceLimit, isNoiseKnown } from "../fit/confidence.js";
import type { DeviceFit } from "../fit/device-fit.js";
import { functionsAtSize, type LatencyStatistic } from "../fit/device-functions.js";
import { fitDataset } from "../fit/fit-dataset.js";
import { hostNotes } from "../fit/host-notes.js";
import { planCautions } from "../fit/law-cautions.js";
import { cellOf } from "../fit/observed/observation.js";
import { planningLaw } from "../fit/trusted-law.js";
import { isKnown } from "../fit/unknown-quantity.js";
import type { MeasuredFunctions } from "../plan/question/device-entry.js";
import { type DeviceType, deviceType } from "../plan/question/device-type.js";
import { energyFunctions, type WorkFunctions } from "../plan/question/given-functions.js";
import type { BorrowedWarmup } from "./borrowed-warmup.js";
import type { Work } from "./work.js";

/** A dataset as the functions of a plan come from it. */
export interface MeasuredDataset {
  readonly fits: readonly DeviceFit[];
  readonly provenance: Provenance;
}

/**
 * @param fits of it, where it is fitted already
 * @throws UserError if there is no dataset in the folder, or too few of its trials ended well
 */
export function measuredDataset(folder: string, fits?: readonly DeviceFit[]): MeasuredDataset {
  return { fits: fits ?? fitDataset(folder), provenance: readDataPackage(folder).provenance };
}

/** Which functions of a dataset are meant. */
export interface MeasuredPlace {
  readonly workload: string;
  readonly source: MeasuredFunctions;
  readonly inputSizePx: number;
  /** Default: the mean, which a hard plan does without. */
  readonly latency: LatencyStatistic | undefined;
  /** Where the device's own is not known. */
  readonly warmupFrom: BorrowedWarmup | undefined;
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
  { workload, source, inputSizePx, latency, warmupFrom }: MeasuredPlace,
): Work {
  const all = fitFor(fits, source);
  const fit = source.host === undefined ? all : all.ofHost(source.host);
  const { provider, threads, concurrent } = fit.device;
  const configuration = deviceName(fit.device) + (source.host === undefined ? "" : `-${source.host}`);
  const type = name || fit.imported?.device || configuration;
  return {
    source: {
      type,
      workload,
      dataset: source.dataset,
      model: design.model,
      ...(model.sha256 !== undefined && { model_sha256: model.sha256 }),
      provider,
      ...(threads !== undefined && { threads }),
      concurrent,
      ...(source.host !== undefined && { host: source.host }),
      input_size_px: inputSizePx,
      ...(latency !== "median" && { latency: latency ?? "mean" }),
    },
    ...fittedWork(fit, { type, inputSizePx, latency, warmupFrom, given: source }),
  };
}

/** What of a fit a plan is made with. */
interface FittedPlace extends Pick<MeasuredPlace, "inputSizePx" | "latency" | "warmupFrom"> {
  readonly type: string;
  /** What a device file says beside it. */
  readonly given: Pick<MeasuredFunctions, "max_mini_batch_size" | "energy_per_mini_batch_j" | "warmup_energy_j">;
}

/** A fit at one input size as functions of a plan, with what a user should know of them. */
export function fittedWork(
  fit: DeviceFit,
  { type, inputSizePx, latency, warmupFrom, given }: FittedPlace,
): Omit<Work, "source"> {
  const borrowed = isKnown(fit.warmup) ? undefined : warmupFrom;
  return {
    notes: [
      ...importedLines(fit.imported),
      ...(borrowed === undefined ? [] : [`${type}: its warm-up is taken ${borrowed.name}`]),
      ...hostNotes(fit).map((note) => `${type}: ${note}`),
      ...planCautions(fit, inputSizePx).map((caution) => `${type}: ${caution}`),
      ...functionsAtSize(fit, inputSizePx).notes.map((note) => `${type}, ${note}`),
    ],
    maxConfidence: confidenceLimit(fit).confidence,
    get latencyError() {
      return planningLaw(fit.latency, inputSizePx)?.leftOutError;
    },
    runs: fit.runs,
    noiseKnown: isNoiseKnown(fit),
    warmupKnown: isKnown(fit.warmup) || borrowed !== undefined,
    functions: (basis) => {
      if (basis.kind === "worst" && latency !== undefined) {
        throw new UserError(
          `latency ${latency}: a hard plan takes the worst that was observed, allowed with a confidence`,
        );
      }
      const measured = measuredFunctions(fit, inputSizePx, basis, latency ?? "mean");
      const most = Math.min(measured.maxMiniBatchSize, given.max_mini_batch_size ?? Number.POSITIVE_INFINITY);
      return {
        name: type,
        ...measured,
        ...(borrowed !== undefined && {
          warmupMs: (size: number) => {
            const latencyMs = measured.latencyMs(size);
            return latencyMs && Math.max(1, borrowed.ratioAt(inputSizePx, size)) * latencyMs;
          },
        }),
        ...energyFunctions(
          given.energy_per_mini_batch_j === undefined ? { ...given, ...recordedEnergy(fit, inputSizePx) } : given,
        ),
        miniBatchSizes: measured.miniBatchSizes?.filter((size) => size <= most) ?? [],
        maxMiniBatchSize: most,
      };
    },
  };
}

/**
 * So many devices that all behave like a fitted one, as a plan's type: the one join of fit and plan. They start warm
 * where their warm-up is not known.
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
  const functions = measuredFunctions(fit, inputSizePx, basis, latency);
  return deviceType({ name: deviceName(fit.device), count, ...functions }, isKnown(fit.warmup) ? "loaded" : "warm");
}

/** What was measured of a device at an input size as functions of a plan. */
export function measuredFunctions(
  fit: DeviceFit,
  inputSizePx: number,
  basis?: Basis,
  latency?: LatencyStatistic,
): WorkFunctions {
  const { notes: _, warmupMs, ...functions } = functionsAtSize(fit, inputSizePx, basis, latency);
  return { ...functions, ...(isKnown(fit.warmup) && { warmupMs }), warmupPerShape: fit.device.provider !== "cpu" };
}

/** The energy of mini-batches whose power was recorded: for as long as a steady one typically takes. */
function recordedEnergy(fit: DeviceFit, inputSizePx: number): Pick<MeasuredFunctions, "energy_per_mini_batch_j"> {
  const { miniBatchSizes, latencyMs } = functionsAtSize(fit, inputSizePx, { kind: "typical" }, "mean");
  const known = miniBatchSizes.flatMap((miniBatchSize) => {
    const watts = fit.powerW.get(cellOf({ inputSizePx, miniBatchSize }));
    const ms = latencyMs(miniBatchSize);
    return watts === undefined || ms === undefined ? [] : [[String(miniBatchSize), (watts * ms) / 1000] as const];
  });
  return known.length === 0 ? {} : { energy_per_mini_batch_j: Object.fromEntries(known) };
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
