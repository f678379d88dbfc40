import type { SessionLevel } from "../../src/fit/session-levels.js";

/** The hosts and versions of trials as JSON. */
export function sessionsAsJson(sessions: readonly SessionLevel[]) {
  return sessions.map(({ host, versions, trials, sharedCells, latencyOverFirst }) => ({
    ...{ host, versions, trials },
    shared_cells: sharedCells,
    latency_over_first: latencyOverFirst ?? null,
  }));
}
