import type { SystemFacts } from "../../../src/hardware/system/system-facts.js";

/** A quiet machine with four cores that is set up for measuring, as the readers would tell of it. */
export const QUIET: SystemFacts = {
  cores: { allowed: [0, 1, 2, 3], online: 4, siblings: [] },
  clock: { governors: ["performance"], turbo: false },
  limits: { throttledPeriods: 0 },
  memory: { totalMib: 16_000, availableMib: 14_000 },
  hugePages: "madvise",
  swap: { totalMib: 0, usedMib: 0, movedPages: 0 },
  load: {
    watchedMs: 1500,
    allowedCores: 4,
    otherCores: 0.04,
    processes: [],
    stolenRatio: 0,
    stolenRatioSinceStart: 0.002,
  },
  slices: { loopMs: 500, fastestMs: 0.1, slowRatio: 0.004, lostRatio: 0.021, waitedRatio: 0.001 },
  touch: { usPerPage: [2.1, 2.2, 2.1], medianUsPerPage: 2.1, faultsPerPage: 1 },
  heat: { hottestC: 48, throttles: 0, throttlesSinceStart: 7 },
  gpus: [],
};

/** The same machine, with one group of facts changed. */
export function quietBut<Key extends keyof SystemFacts>(key: Key, change: Partial<SystemFacts[Key]>): SystemFacts {
  const before = QUIET[key];
  return { ...QUIET, [key]: typeof before === "object" ? { ...before, ...change } : change };
}
