import { onceForEach } from "../core/once-for-each.js";
import { UserError } from "../core/user-error.js";
import { deviceName } from "../design/design.js";
import { STUDY_SIZE_PX } from "../design/study-size.js";
import { confidenceLimit, isNoiseKnown } from "../fit/confidence.js";
import type { DeviceFit } from "../fit/device-fit.js";
import { spreadAtSize } from "../fit/spread-at-size.js";
import { UNNAMED_WORKLOAD } from "../plan/answer/plan-outcome.js";
import {
  type DeviceEntry,
  type FunctionsEntry,
  type GivenFunctions,
  isMeasured,
  isPublished,
} from "../plan/question/device-entry.js";
import { microsecondsUp } from "../plan/question/device-type.js";
import type { WorkFunctions } from "../plan/question/given-functions.js";
import type { Spread } from "../plan/question/spread.js";
import type { Table } from "../plan/question/value-function.js";
import { quantitySpread } from "./given-spread.js";
import { measuredDataset, measuredFunctions, measuredWork } from "./measured-work.js";
import { publishedWork } from "./published-work.js";

/** An entry of a device file whose functions are given, for any one workload or for each of several. */
export interface GivenDevice {
  readonly name: string;
  readonly count: number;
  readonly max_uses?: number;
  readonly price_per_hour?: number;
  readonly idle_w?: number;
}

/** Functions that a plan can be made with, and what they are of. */
export interface OfferedFunctions {
  /** One of a kind: device, input size and what its times are. */
  readonly label: string;
  readonly device: GivenDevice & (GivenFunctions | { readonly workloads: Readonly<Record<string, GivenFunctions>> });
  /** Those that a hard plan takes in their place, by their label. */
  readonly worst?: string;
}

const NAMES = { typical: "mean", worst: "worst observed" } as const;

/**
 * What a dataset's devices do at each input size that was measured, as functions that are given: of the mean, with the
 * spread that bounds come from where it is known, and of the worst that was observed.
 */
export function offeredByFits(fits: readonly DeviceFit[]): OfferedFunctions[] {
  return fits.flatMap((fit) => {
    const isOwn = fit.imported === undefined;
    const bases = isOwn ? (["typical", "worst"] as const) : (["typical"] as const); // others' summaries do not tell it
    return [...fit.measuredMiniBatches.keys()].flatMap((inputSizePx) => {
      const label = (kind: keyof typeof NAMES) => `${deviceName(fit.device)}, ${inputSizePx} px, ${NAMES[kind]}`;
      return bases.flatMap((kind) => {
        const functions = tabulated(measuredFunctions(fit, inputSizePx, { kind }, "mean"));
        if (functions === undefined) return [];
        const spread = kind === "typical" ? spreadOf(fit, inputSizePx, functions) : undefined;
        const device = { name: deviceName(fit.device), count: 1, ...functions, ...(spread && { spread }) };
        return [{ label: label(kind), device, ...(isOwn && { worst: label("worst") }) }];
      });
    });
  });
}

function spreadOf(fit: DeviceFit, inputSizePx: number, { latency_ms }: GivenFunctions): Spread | undefined {
  const at = isNoiseKnown(fit) && fit.runs > 0 ? spreadAtSize(fit, inputSizePx) : undefined;
  if (at === undefined) return undefined;
  const sizes = Object.keys(latency_ms).map(Number);
  const latency = quantitySpread(at.latency, sizes);
  const warmup = at.warmup && quantitySpread(at.warmup, sizes);
  return (
    latency && {
      trials: confidenceLimit(fit).trials,
      sessions: fit.runs,
      latency,
      ...(warmup && { warmup }),
      ...(fit.loadMs.length > 0 && { load_ms: [...fit.loadMs] }),
    }
  );
}

/**
 * The devices of a device file with functions in place of datasets.
 *
 * @throws UserError if a dataset does not allow it
 */
export function offeredByEntries(entries: readonly DeviceEntry[]): OfferedFunctions[] {
  const measured = onceForEach((folder: string) => measuredDataset(folder));
  return entries.map(({ name, count, maxUses, pricePerHour, idleW, source, workloads }) => {
    const given = (functions: FunctionsEntry): GivenFunctions => {
      if (!isMeasured(functions) && !isPublished(functions)) return functions;
      const asked = { workload: UNNAMED_WORKLOAD, latency: undefined, warmupFrom: undefined };
      const work = isPublished(functions)
        ? publishedWork(name, { ...asked, source: functions })
        : measuredWork(measured(functions.dataset), name, {
            ...{ ...asked, source: functions },
            inputSizePx: functions.input_size_px ?? STUDY_SIZE_PX,
          });
      const tables = tabulated(work.functions({ kind: "typical" }));
      if (tables === undefined) throw new UserError(`device ${name}: no mini-batch is known that can be planned with`);
      return tables;
    };
    const device: GivenDevice = {
      name,
      count,
      ...(Number.isFinite(maxUses) && { max_uses: maxUses }),
      ...(pricePerHour !== undefined && { price_per_hour: pricePerHour }),
      ...(idleW !== undefined && { idle_w: idleW }),
    };
    return {
      label: name,
      device:
        source === undefined
          ? {
              ...device,
              workloads: Object.fromEntries(Object.entries(workloads ?? {}).map(([key, value]) => [key, given(value)])),
            }
          : { ...device, ...given(source) },
    };
  });
}

/** Functions as tables to the microsecond, in which plans count; undefined where nothing is known. */
function tabulated(functions: WorkFunctions): GivenFunctions | undefined {
  const { miniBatchSizes = [], latencyMs, warmupMs, warmupPerShape, loadMs } = functions;
  const table = (of: (size: number) => number | undefined, round = (value: number) => value): Table =>
    Object.fromEntries(
      miniBatchSizes.flatMap((size) => {
        const value = of(size);
        return value === undefined || Number.isNaN(value) ? [] : [[size, round(value)]];
      }),
    );
  const upToUs = (ms: number) => microsecondsUp(ms) / 1000;
  const latency_ms = table(latencyMs, upToUs);
  if (Object.keys(latency_ms).length === 0) return undefined;
  const { energyPerMiniBatchJ, warmupEnergyJ } = functions;
  return {
    latency_ms,
    ...(warmupMs && { warmup_ms: table(warmupMs, upToUs) }),
    warm_up_per_shape: warmupPerShape ?? true,
    ...(loadMs !== undefined && { load_ms: upToUs(loadMs) }),
    ...(energyPerMiniBatchJ && { energy_per_mini_batch_j: table(energyPerMiniBatchJ) }),
    ...(warmupEnergyJ && { warmup_energy_j: table(warmupEnergyJ) }),
  };
}
