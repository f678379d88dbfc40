import { areApart, type HostLevel } from "./host-levels.js";
import type { HostRatio } from "./host-ratios.js";
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

/** What verdicts on a fit are of, where its hosts are apart: those beside the first, and how their trials are taken. */
export function judgedHostLines(levels: readonly HostLevel[]): string[] {
  if (!areApart(levels)) return [];
  return [...hostLines(levels), `verdicts are on host ${levels[0]?.host}, the trials of others are taken at its level`];
}

/** One line on each host beside the first: alike within the noise, or apart. None of a single host. */
export function hostLines(levels: readonly HostLevel[]): string[] {
  const [first, ...others] = levels;
  if (first === undefined) return [];
  return others.map((level) => {
    const { host, sharedCells, verdict } = level;
    if (verdict === "unknown") return `host ${host}: no cells of it and host ${first.host} say how far they are apart`;
    const each = [timesOf("latency", level.latency), timesOf("warm-up", level.warmup)].filter(
      (text) => text !== undefined,
    );
    const end = verdict === "alike" ? "alike within the noise" : "apart, with a level of its own";
    return `host ${host} takes ${each.join(" and ")} of host ${first.host} over ${sharedCells} cells of several hosts: ${end}`;
  });
}

function timesOf(name: string, ratio: HostRatio | undefined): string | undefined {
  if (ratio === undefined) return undefined;
  const [at, low, high] = [ratio.ratio, ratio.interval.low, ratio.interval.high].map((value) => value.toFixed(3));
  return `${at} times (95 %: ${low} to ${high}) the ${name}`;
}
