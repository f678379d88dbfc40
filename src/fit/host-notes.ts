import { areApart, type HostLevel, hostLines } from "./host-levels.js";
import { type SessionLevel, sessionNotes } from "./session-levels.js";

/**
 * What is said of the hosts and runtime versions of a fit: how far hosts are apart on the cells that several measured,
 * and where they are alike that all are one pool.
 */
export function hostNotes({
  hosts,
  sessions,
}: {
  readonly hosts: readonly HostLevel[];
  readonly sessions: readonly SessionLevel[];
}): string[] {
  if (!areApart(hosts)) return [...sessionNotes(sessions), ...hostLines(hosts)];
  const [first] = hosts;
  return [
    ...hostLines(hosts),
    `functions are those of host ${first?.host}; of the others those of a plan are asked for by host`,
  ];
}
