import { groupBy } from "../core/group-by.js";
import { type HostRatio, ratiosOver, sessionNoise } from "./host-ratios.js";
import { type HostTrial, hostCells, QUANTITIES, sessionCells } from "./host-sums.js";

/** Trials without any noise are alike but for this. */
const ROUNDING = 1e-9;

/** One host beside the one with most trials. */
export interface HostLevel {
  readonly host: string;
  /** Trials that ended well. */
  readonly trials: number;
  /** Cells that it and another host measured. */
  readonly sharedCells: number;
  /** Undefined of the first host, and where no cells join it with that. */
  readonly latency: HostRatio | undefined;
  readonly warmup: HostRatio | undefined;
  /** `apart` where an interval does not hold 1, `unknown` where nothing joins it with the first host. */
  readonly verdict: "first" | "alike" | "apart" | "unknown";
}

/**
 * Holds the hosts of a device's trials against each other on the cells that several of them measured, the anchors at
 * least: ln of a quantity is an effect of the cell, an effect of the host and the noise of a process, fitted by least
 * squares. What hosts differ by from cell to cell counts as noise. Where hosts were measured in several sessions, how
 * far these are apart counts, too; a host that had one session only can't be told from it.
 *
 * @param trials taken one after the other, so that there may be any number of them
 * @returns the host with most trials first, then by name; none where no trial ended well
 */
export function hostLevels(trials: Iterable<HostTrial>): HostLevel[] {
  const sessions = sessionCells(trials);
  const cells = hostCells(sessions);
  const counts = new Map<string, number>();
  for (const { host, trials: count } of cells) counts.set(host, (counts.get(host) ?? 0) + count);
  const [first, ...others] = [...counts.keys()].sort(
    (a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0) || (a < b ? -1 : 1),
  );
  if (first === undefined) return [];
  const comparisons = others.length * Object.keys(QUANTITIES).length;
  const ratios = {
    latency: ratiosOver(first, cells, "latency", comparisons, sessionNoise(sessions, "latency")),
    warmup: ratiosOver(first, cells, "warmup", comparisons, sessionNoise(sessions, "warmup")),
  };
  const hostsOf = groupBy(cells, ({ cell }) => cell);
  return [first, ...others.toSorted()].map((host) => {
    const [latency, warmup] = [ratios.latency.get(host), ratios.warmup.get(host)];
    const own = cells.filter((one) => one.host === host);
    return {
      host,
      trials: counts.get(host) ?? 0,
      sharedCells: own.filter(({ cell }) => (hostsOf.get(cell)?.length ?? 0) > 1).length,
      latency,
      warmup,
      verdict: host === first ? "first" : verdictOf([latency, warmup]),
    };
  });
}

function verdictOf(ratios: readonly (HostRatio | undefined)[]): HostLevel["verdict"] {
  const known = ratios.filter((ratio) => ratio !== undefined);
  if (known.some(({ interval: { low, high } }) => low > 1 + ROUNDING || high < 1 - ROUNDING)) return "apart";
  return known.length === 0 ? "unknown" : "alike";
}

/** Whether some hosts are so far apart that each has its own level in a fit. */
export function areApart(levels: readonly HostLevel[]): boolean {
  return levels.some(({ verdict }) => verdict === "apart");
}
