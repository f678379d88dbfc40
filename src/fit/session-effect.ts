import { groupBy } from "../core/group-by.js";
import type { TrialRow } from "../dataset/tables.js";
import { LEVEL_KNOWN, type LevelError } from "./at-host-level.js";
import type { DeviceNoise } from "./device-noise.js";
import { NOTHING_SHARED, type SharedNoise } from "./law/law-prediction.js";
import type { NoisyQuantity, QuantityNoise } from "./noise-levels.js";
import { varianceWithin } from "./observed/cell-logs.js";
import { cellOf } from "./observed/observation.js";

/** The effect of sessions on the quantities that plans are made with. */
export interface SessionEffect {
  readonly latency: SharedNoise;
  readonly warmup: SharedNoise;
}

/** The name of the session, a run of the sweep on one host, that a trial is of. */
function sessionOf({ host, runId }: Pick<TrialRow, "host" | "runId">): string {
  return JSON.stringify([host, runId]);
}

/** In how many sessions trials were measured. */
export function sessionCount(trials: readonly Pick<TrialRow, "host" | "runId">[]): number {
  return new Set(trials.map(sessionOf)).size;
}

/** How many sessions measured a cell that another one did, too: these say how far they are apart. 1 of a single one. */
export function comparableSessions(trials: readonly TrialRow[]): number {
  if (sessionCount(trials) < 2) return 1;
  const sessionsOfCells = [...groupBy(trials, cellOf).values()].map((cell) => new Set(cell.map(sessionOf)));
  return new Set(sessionsOfCells.filter(({ size }) => size > 1).flatMap((of) => [...of])).size;
}

/**
 * What all devices of a plan share because they run in one session on one host, from trials that ended well in several.
 *
 * @param noise of the device, looked at only if there are several sessions
 * @param level how well the host's own level is known
 */
export function sessionEffect(
  trials: readonly TrialRow[],
  noise: () => DeviceNoise,
  level: Readonly<Record<"latency" | "warmup", LevelError>> = LEVEL_KNOWN,
): SessionEffect {
  if (sessionCount(trials) < 2) return { latency: NOTHING_SHARED, warmup: NOTHING_SHARED };
  const { latency, warmup } = noise();
  const sharedOf = (levels: QuantityNoise, key: NoisyQuantity, ofLevel: LevelError): SharedNoise => {
    const above = aboveProcesses(levels, ofLevel);
    return above.commonVariance === 0 ? NOTHING_SHARED : { ...above, ownShare: shareWithinSessions(trials, key) };
  };
  return {
    latency: sharedOf(latency, "steadyMedianMs", level.latency),
    warmup: sharedOf(warmup, "firstInferenceMs", level.warmup),
  };
}

/**
 * The variance of a session to come around the mean of those that were measured, which is off itself, of hosts and
 * sessions and of the level added, and with how many degrees it is known.
 *
 * Source: Satterthwaite, Biometrics Bulletin 2 (1946), for the degrees of a sum.
 */
function aboveProcesses(
  { levels }: QuantityNoise,
  ofLevel: LevelError,
): Pick<SharedNoise, "commonVariance" | "commonDegrees"> {
  const ofSessions = levels
    .filter(({ level, variance = 0 }) => (level === "host" || level === "session") && variance > 0)
    .map(({ variance = 0, groups, degrees }) => ({ variance: variance * (1 + 1 / groups), degrees }));
  const terms = [...ofSessions, ...(ofLevel.variance > 0 ? [ofLevel] : [])];
  const commonVariance = terms.reduce((sum, { variance }) => sum + variance, 0);
  const spread = terms.reduce((sum, { variance, degrees }) => sum + variance ** 2 / degrees, 0);
  return { commonVariance, commonDegrees: commonVariance ** 2 / spread };
}

/** 1 where no cell has two trials of one session. */
function shareWithinSessions(trials: readonly TrialRow[], key: NoisyQuantity): number {
  const varianceIn = (groupOf: (trial: TrialRow) => string) =>
    varianceWithin(
      [...groupBy(trials, groupOf).values()].map((group) => ({
        logs: group.flatMap(({ [key]: value = 0 }) => (value > 0 ? [Math.log(value)] : [])),
      })),
    );
  const around = varianceIn(cellOf);
  const within = varianceIn((trial) => `${cellOf(trial)} ${sessionOf(trial)}`);
  return within === undefined || around === undefined || around === 0 ? 1 : Math.min(1, within / around);
}
