import { UserError } from "../src/core/user-error.js";
import { readDataPackage } from "../src/dataset/data-package.js";
import { deviceName } from "../src/design/design.js";
import type { Basis } from "../src/fit/basis.js";
import { confidenceLimit, requireSupported } from "../src/fit/confidence.js";
import { functionsAtSize } from "../src/fit/device-functions.js";
import { type DeviceFit, fitDataset } from "../src/fit/fit-dataset.js";
import {
  type DeviceEntry,
  energyFunctions,
  type GivenFunctions,
  givenFunctions,
  isMeasured,
  type MeasuredFunctions,
  readDeviceFile,
  type WorkFunctions,
} from "../src/plan/device-file.js";
import { type DeviceType, deviceType, forWorkloads, type Start } from "../src/plan/device-type.js";
import type { FunctionSource } from "../src/plan/plan-document.js";
import { parseInteger, parseName } from "./arguments.js";

/** What the command line says about devices. */
export interface DeviceFlags {
  readonly devices: string;
  readonly size: string;
  readonly maxUses?: string;
  readonly provider?: string;
  readonly threads?: string;
  readonly concurrent?: string;
  /** One of LATENCIES. */
  readonly latency: string;
}

/** What stands for a device's steady inferences: the study's median, or the mean, which is what adds up. */
const LATENCIES = ["median", "mean"] as const;
type Latency = (typeof LATENCIES)[number];

/** The devices of a plan: their tables on any basis, and where those come from. */
export interface PlanDevices {
  readonly sources: readonly FunctionSource[];
  /** Whether every function was measured, so that it has bounds and resamples. */
  readonly measured: boolean;
  /** What a user should know of the functions, one line each. */
  readonly notes: readonly string[];
  /** The largest confidence that the trials behind all measured functions support. */
  readonly maxConfidence: number;
  types(basis: Basis, start: Start): DeviceType[];
}

/** So many devices that all behave like the measured one. */
export function deviceTypeFromFit(fit: DeviceFit, inputSizePx: number, count: number): DeviceType {
  return deviceType({ name: deviceName(fit.device), count, ...functionsAtSize(fit, inputSizePx) });
}

/**
 * The devices that a number or a device file names.
 *
 * @param folder the dataset of devices that are given as a number
 * @param workloads their names; the name of a workload without functions of its own is an input size
 * @throws UserError if file, dataset or flags do not allow it
 */
export function readPlanDevices(
  folder: string | undefined,
  flags: DeviceFlags,
  workloads: readonly string[],
): PlanDevices {
  const fits = new Map<string, readonly DeviceFit[]>();
  const latency = parseName("--latency", LATENCIES, flags.latency);
  const entries = /^\d+$/.test(flags.devices) ? [alikeEntry(folder, flags)] : readDeviceFile(flags.devices);
  const works = entries.map((entry) => ({
    entry,
    works: workloads.map((workload) => workOf(fits, entry, workload, workloads.length > 1, flags.size, latency)),
  }));
  return {
    sources: works.flatMap(({ works: own }) => own.map(({ source }) => source)),
    measured: works.every(({ works: own }) => own.every(({ source }) => source.dataset !== undefined)),
    notes: [...new Set(works.flatMap(({ works: own }) => own.flatMap(({ notes }) => notes)))],
    maxConfidence: Math.min(...works.flatMap(({ works: own }) => own.map(({ maxConfidence }) => maxConfidence))),
    types: (basis, start) =>
      works.map(({ entry: { source: _, workloads: __, ...device }, works: own }) =>
        forWorkloads(own.map(({ functions }) => deviceType({ ...device, ...functions(basis) }, start))),
      ),
  };
}

function alikeEntry(folder: string | undefined, flags: DeviceFlags): DeviceEntry {
  if (folder === undefined) {
    throw new UserError(`--devices ${flags.devices}: needs the dataset's folder, allowed without one is a device file`);
  }
  const { provider, threads, concurrent } = flags;
  return {
    name: "",
    count: parseInteger("--devices", flags.devices),
    maxUses: flags.maxUses === undefined ? Number.POSITIVE_INFINITY : parseInteger("--max-uses", flags.maxUses),
    source: {
      dataset: folder,
      ...(provider !== undefined && { provider }),
      ...(threads !== undefined && { threads: parseInteger("--threads", threads) }),
      ...(concurrent !== undefined && { concurrent: parseInteger("--concurrent", concurrent) }),
    },
  };
}

interface Work {
  readonly source: FunctionSource;
  readonly notes: readonly string[];
  /** The largest confidence that its trials support. */
  readonly maxConfidence: number;
  functions(basis: Basis): WorkFunctions & { readonly name: string };
}

function workOf(
  fits: Map<string, readonly DeviceFit[]>,
  entry: DeviceEntry,
  workload: string,
  several: boolean,
  size: string,
  latency: Latency,
): Work {
  const source = entry.workloads === undefined ? entry.source : entry.workloads[workload];
  if (source === undefined) {
    const known = Object.keys(entry.workloads ?? {}).join(", ");
    throw new UserError(`device ${entry.name}: no functions for workload ${workload}, it has ${known}`);
  }
  if (isMeasured(source)) {
    const ownSize = several && entry.workloads === undefined ? workload : size;
    const inputSizePx = source.input_size_px ?? parseInteger("input size", ownSize);
    return measuredWork(fits, entry, workload, source, inputSizePx, latency);
  }
  if (latency === "mean") throw new UserError("--latency mean: needs measured functions, these are given");
  if (several && entry.workloads === undefined) {
    throw new UserError(`device ${entry.name}: one set of functions, several workloads need "workloads" with one each`);
  }
  return givenWork(entry.name, workload, source);
}

function givenWork(name: string, workload: string, source: GivenFunctions): Work {
  const functions = givenFunctions(name, source);
  return { source: { type: name, workload }, notes: [], maxConfidence: 1, functions: () => ({ name, ...functions }) };
}

function measuredWork(
  fits: Map<string, readonly DeviceFit[]>,
  entry: DeviceEntry,
  workload: string,
  source: MeasuredFunctions,
  inputSizePx: number,
  latency: Latency,
): Work {
  const known = fits.get(source.dataset) ?? fitDataset(source.dataset);
  fits.set(source.dataset, known);
  const fit = fitFor(known, source);
  const { provider, threads, concurrent } = fit.device;
  const { design, model } = readDataPackage(source.dataset).provenance;
  const name = entry.name || deviceName(fit.device);
  return {
    source: {
      type: name,
      workload,
      dataset: source.dataset,
      model: design.model,
      model_sha256: model.sha256,
      provider,
      threads,
      concurrent,
      input_size_px: inputSizePx,
      ...(latency === "mean" && { latency }),
    },
    notes: functionsAtSize(fit, inputSizePx).notes.map((note) => `${name}, ${note}`),
    maxConfidence: confidenceLimit(fit).confidence,
    functions: (basis) => {
      if (basis.kind === "upper") requireSupported("--confidence", basis.confidence, fit);
      const { maxMiniBatchSize, notes: _, ...functions } = functionsAtSize(fit, inputSizePx, basis);
      if (latency === "mean" && basis.kind === "worst") {
        throw new UserError("--latency mean: a hard plan takes the worst that was observed, allowed with --confidence");
      }
      const scale = latency === "mean" ? fit.meanOverMedian(inputSizePx) : 1;
      const latencyMs = (miniBatchSize: number) => {
        const own = functions.latencyMs(miniBatchSize);
        return own && scale * own;
      };
      return {
        name,
        ...functions,
        latencyMs,
        warmupMs: (miniBatchSize) => {
          const first = functions.warmupMs(miniBatchSize);
          return first && Math.max(first, latencyMs(miniBatchSize) ?? first);
        },
        warmupPerShape: provider !== "cpu",
        ...energyFunctions(name, source),
        maxMiniBatchSize: Math.min(maxMiniBatchSize, source.max_mini_batch_size ?? maxMiniBatchSize),
      };
    },
  };
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
