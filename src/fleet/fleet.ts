import { onceForEach } from "../core/once-for-each.js";
import { UserError } from "../core/user-error.js";
import { STUDY_SIZE_PX } from "../design/study-size.js";
import type { Basis } from "../fit/basis.js";
import { supportedConfidence } from "../fit/confidence.js";
import type { DeviceFit } from "../fit/device-fit.js";
import type { LatencyStatistic } from "../fit/device-functions.js";
import type { FunctionSource } from "../plan/answer/plan-document.js";
import { UNNAMED_WORKLOAD } from "../plan/answer/plan-outcome.js";
import { type DeviceEntry, type GivenFunctions, isMeasured, isPublished } from "../plan/question/device-entry.js";
import { type DeviceType, deviceType, forWorkloads, type Start } from "../plan/question/device-type.js";
import { givenFunctions } from "../plan/question/given-functions.js";
import type { BorrowedWarmup } from "./borrowed-warmup.js";
import { inputSizeOf, sourceOf } from "./entry-source.js";
import { boundedBySpread } from "./given-spread.js";
import { type MeasuredDataset, measuredDataset, measuredWork } from "./measured-work.js";
import { publishedWork } from "./published-work.js";
import type { Work } from "./work.js";

/** The devices that a plan may use: their tables on any basis, where those come from, and how far they carry. */
export interface Fleet {
  /** The workloads that its tables are of, in their order. */
  readonly workloads: readonly string[];
  readonly sources: readonly FunctionSource[];
  /** Whether every function was measured, so that it has bounds and resamples. */
  readonly measured: boolean;
  /** What a user should know of the functions, one line each. */
  readonly notes: readonly string[];
  /** Whether it is known of all functions how repeated processes differ, so that they have bounds. */
  readonly noiseKnown: boolean;
  /** Whether the warm-up of all devices is known: of what others measured it often is not. */
  readonly warmupKnown: boolean;
  /** The largest confidence that the trials behind all functions support; 1 where none was measured. */
  readonly maxConfidence: number;
  /**
   * The largest error of a latency on cells that its law had not seen, as a ratio; undefined where it is not known of
   * all.
   */
  latencyError?(): number | undefined;
  /** The fewest sessions of a measured function that say how far they are apart; infinite where none was measured. */
  readonly fewestRuns: number;
  /**
   * Each type's mini-batch sizes with their times.
   *
   * @throws UserError if its trials do not support the basis
   */
  types(basis: Basis, start: Start): DeviceType[];
}

/** What a fleet is to serve, and what its functions are taken at. */
export interface FleetOptions {
  /**
   * Their names; the name of one of several without functions of its own is an input size. Default: one without a name.
   */
  readonly workloads?: readonly string[];
  /** Of datasets that are named without an input size. Default: 224. */
  readonly inputSizePx?: number;
  /** What stands for a measured device's steady inferences. Default: the mean, which is what adds up. */
  readonly latency?: LatencyStatistic;
  /** Of measured devices whose own warm-up is not known. */
  readonly warmupFrom?: BorrowedWarmup;
  /** What was fitted to the one dataset that is named, where that is done already. */
  readonly fits?: readonly DeviceFit[];
}

/**
 * The devices that a device file, or a caller, describes.
 *
 * @throws UserError if a dataset, its fit or the workloads do not allow it
 * @example
 * fleetOf(readDeviceFile("devices.json"), { inputSizePx: 288 });
 */
export function fleetOf(
  entries: readonly DeviceEntry[],
  { workloads = [UNNAMED_WORKLOAD], inputSizePx = STUDY_SIZE_PX, latency, warmupFrom, fits }: FleetOptions = {},
): Fleet {
  const asked: Asked = {
    workloads,
    inputSizePx,
    latency,
    warmupFrom,
    measured: onceForEach((folder) => measuredDataset(folder, fits)),
  };
  const devices = entries.map((entry) => ({
    entry,
    works: workloads.map((workload) => workOf(asked, entry, workload)),
  }));
  const unserved = workloads.find((_, index) => devices.every(({ works }) => works[index] === undefined));
  if (unserved !== undefined) throw new UserError(`workload ${unserved}: no device has functions for it`);
  const all = devices.flatMap(({ works }) => works.filter((work) => work !== undefined));
  return {
    workloads,
    sources: all.map(({ source }) => source),
    measured: all.every(({ source }) => source.dataset !== undefined || source.published !== undefined),
    noiseKnown: all.every(({ noiseKnown }) => noiseKnown),
    warmupKnown: all.every(({ warmupKnown }) => warmupKnown),
    notes: [...new Set(all.flatMap(({ notes }) => notes))],
    maxConfidence: all.reduce((least, { maxConfidence }) => Math.min(least, maxConfidence), 1),
    latencyError: () => {
      const errors = all.map(({ latencyError }) => latencyError);
      return errors.includes(undefined) ? undefined : Math.max(...errors.map((error) => error ?? 0));
    },
    fewestRuns: all.reduce((least, { runs }) => Math.min(least, runs), Number.POSITIVE_INFINITY),
    types: (basis, start) => devices.map(({ entry, works }) => typeOf(entry, works, basis, start)),
  };
}

/** What tells alike devices of a dataset from others. */
export interface DatasetFleetOptions extends Pick<FleetOptions, "inputSizePx" | "latency" | "warmupFrom" | "fits"> {
  /** How many there are. Default: 1. */
  readonly count?: number;
  /** Most mini-batches of one after its first. Default: no limit. */
  readonly maxUses?: number;
  /** Which device configuration, where the dataset has several. */
  readonly provider?: string;
  readonly threads?: number;
  readonly concurrent?: number;
  /** Which host, where the dataset has several that are apart. Default: the one with most trials. */
  readonly host?: string;
}

/**
 * So many devices that all behave like a measured one.
 *
 * @throws UserError if there is no dataset in the folder, or nothing in it was measured with such a configuration
 * @example
 * const fleet = datasetFleet("data/reference-cpu", { count: 32, inputSizePx: 224 });
 * const { outcome } = await planFleet({ fleet, images: 10_000, timeMs: 10_000 });
 */
export function datasetFleet(
  folder: string,
  { inputSizePx, latency, warmupFrom, fits, ...device }: DatasetFleetOptions = {},
): Fleet {
  return fleetOf([alikeDevices(folder, device)], {
    ...(inputSizePx !== undefined && { inputSizePx }),
    ...(latency !== undefined && { latency }),
    ...(warmupFrom !== undefined && { warmupFrom }),
    ...(fits !== undefined && { fits }),
  });
}

/** So many devices of a dataset as an entry of a device file, named after what was measured. */
export function alikeDevices(
  folder: string,
  {
    count = 1,
    maxUses = Number.POSITIVE_INFINITY,
    ...configuration
  }: Omit<DatasetFleetOptions, "inputSizePx" | "latency" | "warmupFrom" | "fits">,
): DeviceEntry {
  return { name: "", count, maxUses, source: { dataset: folder, ...configuration } };
}

/** What the functions of all devices are taken at, and of what; each dataset is read and fitted once. */
interface Asked extends Required<Omit<FleetOptions, "latency" | "warmupFrom" | "fits">> {
  readonly latency: LatencyStatistic | undefined;
  readonly warmupFrom: BorrowedWarmup | undefined;
  measured(dataset: string): MeasuredDataset;
}

function typeOf(
  { source: _, workloads: __, ...device }: DeviceEntry,
  works: readonly (Work | undefined)[],
  basis: Basis,
  start: Start,
): DeviceType {
  const tables = works.map((work) => work && deviceType({ ...device, ...work.functions(basis) }, start));
  const served = tables.find((table) => table !== undefined);
  return forWorkloads(tables.flatMap((table) => table ?? (served ? [{ ...served, choices: [[]] }] : [])));
}

/** @returns undefined where a device has functions for others of the workloads only */
function workOf(asked: Asked, entry: DeviceEntry, workload: string): Work | undefined {
  const { workloads, latency, warmupFrom } = asked;
  const source = sourceOf(entry, workload);
  if (source === undefined) {
    const known = Object.keys(entry.workloads ?? {});
    if (known.some((name) => workloads.includes(name))) return undefined;
    throw new UserError(
      `device ${entry.name}: no functions for workload ${workloads.join(", ")}, it has ${known.join(", ")}`,
    );
  }
  if (isMeasured(source)) {
    const inputSizePx = inputSizeOf(entry, source, asked, workload);
    return measuredWork(asked.measured(source.dataset), entry.name, {
      workload,
      source,
      inputSizePx,
      latency,
      warmupFrom,
    });
  }
  if (isPublished(source)) return publishedWork(entry.name, { workload, source, latency, warmupFrom });
  if (latency !== undefined && latency !== "median") {
    throw new UserError(`latency ${latency}: needs measured functions, these are given`);
  }
  if (workloads.length > 1 && entry.workloads === undefined) {
    throw new UserError(`device ${entry.name}: one set of functions, several workloads need "workloads" with one each`);
  }
  return givenWork(entry.name, workload, source);
}

function givenWork(name: string, workload: string, source: GivenFunctions): Work {
  const functions = givenFunctions(name, source);
  const { spread } = source;
  return {
    source: { type: name, workload },
    notes: [],
    maxConfidence: spread === undefined ? 1 : supportedConfidence(spread.trials),
    latencyError: undefined,
    runs: spread?.sessions ?? Number.POSITIVE_INFINITY,
    noiseKnown: spread !== undefined,
    warmupKnown: source.warmup_ms !== undefined,
    functions: (basis) => ({
      name,
      ...(basis.kind === "upper" ? boundedBySpread(name, functions, source, basis) : functions),
    }),
  };
}
