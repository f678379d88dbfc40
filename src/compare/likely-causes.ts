import { groupBy } from "../core/group-by.js";
import { median, sorted } from "../core/statistics.js";
import { readDataPackage } from "../dataset/data-package.js";
import { readPart } from "../dataset/part-file.js";
import { readTrialFeatures } from "../dataset/read-trial-features.js";
import { pulsesTable, type TrialRow } from "../dataset/tables.js";
import { cellOf } from "../fit/observed/observation.js";
import { trialColumn } from "../hardware/trial-features.js";
import type { ComparedSide } from "./compared-side.js";

/** A number of each side: the median over the cells of both, each in the median of its trials. */
export interface SideBySide {
  readonly cells: number;
  readonly a: number;
  readonly b: number;
}

/** What the hardware says of why times differ; what was not recorded on both sides is undefined. */
export interface LikelyCauses {
  /** How fast the machine was around the trials: the same small inference, in ms. */
  readonly pulseMs: SideBySide | undefined;
  /** Cores that the process keeps busy in its steady inferences. */
  readonly busyCores: SideBySide | undefined;
  /** Page faults of the first inference. */
  readonly faults: SideBySide | undefined;
  /** What the first inference has beyond a steady one, W − L, per page fault, in µs. */
  readonly usPerFault: SideBySide | undefined;
}

/** Counted in the process itself, at the boundaries of its phases. */
const FAULTS = "usage/minor_faults";
const CPU_TIMES = ["usage/user_s_per_s", "usage/system_s_per_s"];
/** A first inference with fewer took its time from something else. */
const LEAST_FAULTS = 1000;

/** The value of a statistic of a feature in a trial. */
type Feature = (trial: TrialRow, name: string, statistic: "first_change" | "steady_mean") => number | undefined;

/**
 * Looks for what makes times differ in the hardware of both sides. On other devices than CPUs there is the pulse alone:
 * neither the cores nor the memory of the process that is watched say what a device does.
 *
 * @throws UserError if the hardware of a dataset is missing or does not fit its table
 */
export async function likelyCauses(a: ComparedSide, b: ComparedSide): Promise<LikelyCauses> {
  const pulseMs = sideBySide(byCell(a.trials, pulseMsIn(a)), byCell(b.trials, pulseMsIn(b)));
  if ([a, b].some(({ device }) => device.provider !== "cpu")) {
    return { pulseMs, busyCores: undefined, faults: undefined, usPerFault: undefined };
  }
  const [featureA, featureB] = [await featuresOf(a.folder), await featuresOf(b.folder)];
  const compare = (measureOf: (trial: TrialRow, feature: Feature) => number | undefined) =>
    sideBySide(
      byCell(a.trials, (trial) => measureOf(trial, featureA)),
      byCell(b.trials, (trial) => measureOf(trial, featureB)),
    );
  return {
    pulseMs,
    busyCores: compare(busyCoresIn),
    faults: compare(faultsIn),
    usPerFault: compare(usPerFaultIn),
  };
}

/** The mean of the pulses before and after a trial. */
function pulseMsIn({ folder }: ComparedSide) {
  const pulseOf = new Map(readPart(folder, pulsesTable).map((pulse) => [pulse.trialId, pulse]));
  return ({ trialId }: TrialRow): number | undefined => {
    const { pulseBeforeMs, pulseAfterMs } = pulseOf.get(trialId) ?? {};
    return pulseBeforeMs === undefined || pulseAfterMs === undefined ? undefined : (pulseBeforeMs + pulseAfterMs) / 2;
  };
}

function busyCoresIn(trial: TrialRow, feature: Feature): number | undefined {
  const [user, system] = CPU_TIMES.map((name) => feature(trial, name, "steady_mean"));
  return user === undefined || system === undefined ? undefined : user + system;
}

function faultsIn(trial: TrialRow, feature: Feature): number | undefined {
  const faults = feature(trial, FAULTS, "first_change");
  return faults !== undefined && faults >= LEAST_FAULTS ? faults : undefined;
}

function usPerFaultIn(trial: TrialRow, feature: Feature): number | undefined {
  const { firstInferenceMs, steadyMedianMs } = trial;
  const faults = faultsIn(trial, feature);
  if (faults === undefined || firstInferenceMs === undefined || steadyMedianMs === undefined) return undefined;
  return (1000 * (firstInferenceMs - steadyMedianMs)) / faults;
}

async function featuresOf(folder: string): Promise<Feature> {
  const wanted = [FAULTS, ...CPU_TIMES];
  const recorded = readDataPackage(folder).provenance.features.filter(({ name }) => wanted.includes(name));
  if (recorded.length === 0) return () => undefined;
  const { trialIds, columns, values } = await readTrialFeatures(folder, wanted);
  const rowOf = new Map(trialIds.map((trialId, row) => [trialId, values[row]]));
  const placeOf = new Map(columns.map(({ name }, place) => [name, place]));
  return ({ trialId }, name, statistic) => rowOf.get(trialId)?.[placeOf.get(trialColumn({ name }, statistic)) ?? -1];
}

/** The median of each cell's trials that ended well. */
function byCell(trials: readonly TrialRow[], measureOf: (trial: TrialRow) => number | undefined): Map<string, number> {
  const known = trials.flatMap((trial) => {
    const value = trial.status === "ok" ? measureOf(trial) : undefined;
    return value === undefined ? [] : [{ cell: cellOf(trial), value }];
  });
  const cells = groupBy(known, ({ cell }) => cell);
  return new Map([...cells].map(([cell, ofCell]) => [cell, medianOf(ofCell.map(({ value }) => value))]));
}

function sideBySide(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): SideBySide | undefined {
  const shared = [...a].flatMap(([cell, value]) => {
    const other = b.get(cell);
    return other === undefined ? [] : [[value, other] as const];
  });
  if (shared.length === 0) return undefined;
  return {
    cells: shared.length,
    a: medianOf(shared.map(([value]) => value)),
    b: medianOf(shared.map(([, value]) => value)),
  };
}

function medianOf(values: readonly number[]): number {
  return median(sorted(values));
}
