import { parseNumber } from "../../src/core/units.js";
import { UserError } from "../../src/core/user-error.js";
import { readDataPackage } from "../../src/dataset/data-package.js";
import { deviceName } from "../../src/design/design.js";
import type { Basis } from "../../src/fit/basis.js";
import { confidenceLimit, requireSupported } from "../../src/fit/confidence.js";
import { functionsAtSize } from "../../src/fit/device-functions.js";
import { type DeviceFit, fitDataset } from "../../src/fit/fit-dataset.js";
import type { FunctionSource } from "../../src/plan/answer/plan-document.js";
import {
  type DeviceEntry,
  energyFunctions,
  type GivenFunctions,
  givenFunctions,
  isMeasured,
  type MeasuredFunctions,
  readDeviceFile,
  type WorkFunctions,
} from "../../src/plan/question/device-file.js";
import { type DeviceType, deviceType, forWorkloads, RANGES, type Start } from "../../src/plan/question/device-type.js";
import { parseInteger, parseName } from "../arguments.js";

/** What the command line says about devices. */
export interface DeviceFlags {
  readonly devices: string;
  /** Default: `DEFAULT_SIZE_PX`. */
  readonly size?: string;
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
  const entries = parseNumber(flags.devices) !== undefined ? [alikeEntry(folder, flags)] : entriesOf(folder, flags);
  const ofWorkloads = { names: workloads, size: sizeOf(flags, entries, workloads), latency };
  const works = entries.map((entry) => ({
    entry,
    works: workloads.map((workload) => workOf(fits, entry, workload, ofWorkloads)),
  }));
  const unserved = workloads.find((_, index) => works.every(({ works: own }) => own[index] === undefined));
  if (unserved !== undefined) throw new UserError(`workload ${unserved}: no device has functions for it`);
  const all = works.flatMap(({ works: own }) => own.filter((work) => work !== undefined));
  return {
    sources: all.map(({ source }) => source),
    measured: all.every(({ source }) => source.dataset !== undefined),
    notes: [...new Set(all.flatMap(({ notes }) => notes))],
    maxConfidence: all.reduce((least, { maxConfidence }) => Math.min(least, maxConfidence), 1),
    types: (basis, start) =>
      works.map(({ entry: { source: _, workloads: __, ...device }, works: own }) => {
        const tables = own.map((work) => work && deviceType({ ...device, ...work.functions(basis) }, start));
        const served = tables.find((table) => table !== undefined);
        return forWorkloads(tables.flatMap((table) => table ?? (served ? [{ ...served, choices: [[]] }] : [])));
      }),
  };
}

/** The input size of a dataset's functions where nothing else says it. */
const DEFAULT_SIZE_PX = 224;

/** @throws UserError if a size is given that no device would use */
function sizeOf({ size, devices }: DeviceFlags, entries: readonly DeviceEntry[], workloads: readonly string[]): number {
  if (size === undefined) return DEFAULT_SIZE_PX;
  const inputSizePx = parseInteger("--size", size);
  const isUsed = entries.some(({ source, workloads: own }) =>
    own === undefined
      ? source !== undefined && isMeasured(source) && source.input_size_px === undefined && workloads.length === 1
      : Object.values(own).some((other) => isMeasured(other) && other.input_size_px === undefined),
  );
  if (isUsed) return inputSizePx;
  throw new UserError(
    workloads.length > 1 && entries.some(({ workloads: own }) => own === undefined)
      ? `--size ${size}: not allowed with several workloads, of a dataset their names are the input sizes`
      : `--size ${size}: no device of ${devices} uses it, allowed for datasets without input_size_px`,
  );
}

/** @throws UserError if flags are given that only devices given as a number use */
function entriesOf(folder: string | undefined, flags: DeviceFlags): DeviceEntry[] {
  const { devices, maxUses, provider, threads, concurrent } = flags;
  const entries = readDeviceFile(devices);
  const unused = Object.entries({
    [folder ?? ""]: folder,
    "--max-uses": maxUses,
    "--provider": provider,
    "--threads": threads,
    "--concurrent": concurrent,
  }).find(([, value]) => value !== undefined);
  if (unused === undefined) return entries;
  throw new UserError(`${unused[0]}: not used beside the device file ${devices}, which says it for each device`);
}

function alikeEntry(folder: string | undefined, flags: DeviceFlags): DeviceEntry {
  const { devices, maxUses, provider, threads, concurrent } = flags;
  const count = parseInteger("--devices", devices, RANGES.devices);
  if (folder === undefined) {
    throw new UserError(`--devices ${devices}: needs the dataset's folder, allowed without one is a device file`);
  }
  return {
    name: "",
    count,
    maxUses: maxUses === undefined ? Number.POSITIVE_INFINITY : parseInteger("--max-uses", maxUses),
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

/** All workloads that are asked for, and what their functions are taken at. */
interface AskedWorkloads {
  readonly names: readonly string[];
  readonly size: number;
  readonly latency: Latency;
}

/** @returns undefined where a device has functions for others of the workloads only */
function workOf(
  fits: Map<string, readonly DeviceFit[]>,
  entry: DeviceEntry,
  workload: string,
  { names, size, latency }: AskedWorkloads,
): Work | undefined {
  const { workloads: own, source: only } = entry;
  const source = own === undefined ? only : Object.hasOwn(own, workload) ? own[workload] : undefined;
  if (source === undefined) {
    const known = Object.keys(own ?? {});
    if (known.some((name) => names.includes(name))) return undefined;
    throw new UserError(
      `device ${entry.name}: no functions for workload ${names.join(", ")}, it has ${known.join(", ")}`,
    );
  }
  const several = names.length > 1 && own === undefined;
  if (isMeasured(source)) {
    const inputSizePx = source.input_size_px ?? (several ? parseInteger("input size", workload) : size);
    return measuredWork(fits, entry, workload, source, inputSizePx, latency);
  }
  if (latency === "mean") throw new UserError("--latency mean: needs measured functions, these are given");
  if (several) {
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
      const { maxMiniBatchSize, miniBatchSizes, notes: _, ...functions } = functionsAtSize(fit, inputSizePx, basis);
      if (latency === "mean" && basis.kind === "worst") {
        throw new UserError("--latency mean: a hard plan takes the worst that was observed, allowed with --confidence");
      }
      const most = source.max_mini_batch_size ?? maxMiniBatchSize;
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
        ...energyFunctions(source),
        miniBatchSizes: miniBatchSizes.filter((size) => size <= most),
        maxMiniBatchSize: Math.min(maxMiniBatchSize, most),
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
