import { groupBy } from "../core/group-by.js";
import type { TrialRow } from "../dataset/tables.js";
import { LEVEL_KNOWN, type LevelError } from "./at-host-level.js";
import type { DeviceNoise } from "./device-noise.js";
import { NOTHING_SHARED, type SharedNoise } from "./law/law-prediction.js";
import type { NoisyQuantity, QuantityNoise } from "./noise-levels.js";
import { varianceWithin } from "./observed/cell-logs.js";
import { cellOf } from "./observed/observation.js";
import { sessionCount, sessionOf } from "./sessions-of.js";
import type { DeviceSpells, Spells } from "./spells.js";

/** The effect of sessions on the quantities that plans are made with. */
export interface SessionEffect {
  readonly latency: SharedNoise;
  readonly warmup: SharedNoise;
}

/**
 * What all devices of a plan share because they run in one session on one host, at one time: of hosts and sessions,
 * from trials that ended well in several, and of slow spells of the machine.
 *
 * @param noise of the device, looked at only if there are several sessions
 * @param spells of its trials
 * @param level how well the host's own level is known
 */
export function sessionEffect(
  trials: readonly TrialRow[],
  noise: () => DeviceNoise,
  spells: DeviceSpells,
  level: Readonly<Record<"latency" | "warmup", LevelError>> = LEVEL_KNOWN,
): SessionEffect {
  const several = sessionCount(trials) > 1;
  const sharedOf = (quantity: "latency" | "warmup", key: NoisyQuantity): SharedNoise => {
    const ofSessions = several ? aboveProcesses(noise()[quantity], level[quantity]) : [];
    const terms = [...ofSessions, ...ofSpells(spells[quantity], several)];
    if (terms.length === 0) return NOTHING_SHARED;
    const ownShare = ofSessions.length === 0 ? 1 : shareWithinSessions(trials, key);
    return { ...sumOf(terms), ownShare: ownShare * (spells[quantity]?.ownShare ?? 1) };
  };
  return { latency: sharedOf("latency", "steadyMedianMs"), warmup: sharedOf("warmup", "firstInferenceMs") };
}

/** A variance that all devices share, and with how many degrees it is known. */
interface SharedTerm {
  readonly variance: number;
  /** Of it, by how much the mean of what was measured is off. */
  readonly ofMean: number;
  readonly degrees: number;
}

/**
 * Of hosts and sessions: the variance of one to come around the mean of those that were measured, which is off itself;
 * and how well the level is known.
 */
function aboveProcesses({ levels }: QuantityNoise, ofLevel: LevelError): SharedTerm[] {
  const ofSessions = levels
    .filter(({ level, variance = 0 }) => (level === "host" || level === "session") && variance > 0)
    .map(({ variance = 0, groups, degrees }) => ({
      ...{ variance: variance * (1 + 1 / groups), degrees },
      ofMean: variance / groups,
    }));
  return [...ofSessions, ...(ofLevel.variance > 0 ? [{ ...ofLevel, ofMean: ofLevel.variance }] : [])];
}

/** Less of a logarithm's variance is nothing. */
const LEAST_VARIANCE = 1e-12;

/**
 * The variance of the machine's speed when a plan runs, around its mean while it was measured. That mean is off; by how
 * much, sessions tell where there are several.
 */
function ofSpells(spells: Spells | undefined, severalSessions: boolean): SharedTerm[] {
  if (spells === undefined) return [];
  const { variance, ofMean, degrees } = spells;
  const term = severalSessions
    ? { variance: variance - ofMean, ofMean: 0, degrees }
    : { variance: variance + ofMean, ofMean, degrees };
  return term.variance < LEAST_VARIANCE ? [] : [term];
}

/** Source: Satterthwaite, Biometrics Bulletin 2 (1946), for the degrees. */
function sumOf(terms: readonly SharedTerm[]): Omit<SharedNoise, "ownShare"> {
  const commonVariance = terms.reduce((sum, { variance }) => sum + variance, 0);
  const spread = terms.reduce((sum, { variance, degrees }) => sum + variance ** 2 / degrees, 0);
  const meanVariance = terms.reduce((sum, { ofMean }) => sum + ofMean, 0);
  return { commonVariance, commonDegrees: commonVariance ** 2 / spread, meanVariance };
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
