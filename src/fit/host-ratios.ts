import { inverse, Matrix } from "ml-matrix";
import { groupBy } from "../core/group-by.js";
import type { Interval } from "../core/statistics.js";
import { studentQuantile } from "../core/student-t.js";
import { type HostCell, type HostQuantity, nothing, type SessionCell, totalOf } from "./host-sums.js";

/** That hosts are alike is said of so many of those that are, of all of them and both quantities together. */
const CONFIDENCE = 0.95;

/** How many times as long a host takes as the first one. */
export interface HostRatio {
  readonly ratio: number;
  /** 95 %, of all hosts and both quantities together. */
  readonly interval: Interval;
  /** Of ln of the ratio, known with so many degrees of freedom. */
  readonly variance: number;
  readonly degrees: number;
}

/** How far the sessions of one host are apart beyond their processes, as a variance; 0 where no host has several. */
export interface SessionNoise {
  readonly variance: number;
  readonly degrees: number;
  readonly sessionsOf: ReadonlyMap<string, number>;
}

/**
 * By the method of moments: the squares between sessions at one cell and host hold their variance and that of
 * processes with known weights. All cells share a session's effect, so that sessions are the degrees.
 */
export function sessionNoise(cells: readonly SessionCell[], quantity: HostQuantity): SessionNoise {
  const measured = cells.filter((one) => one[quantity].count > 0);
  let [between, weight, groups, within, processes] = [0, 0, 0, 0, 0];
  for (const sessions of groupBy(measured, ({ cell, host }) => JSON.stringify([cell, host])).values()) {
    const parts = sessions.map((session) => session[quantity]);
    const { count, mean } = totalOf(parts);
    between += parts.reduce((sum, part) => sum + part.count * (part.mean - mean) ** 2, 0);
    weight += count - parts.reduce((sum, part) => sum + part.count ** 2, 0) / count;
    groups += parts.length - 1;
    within += parts.reduce((sum, { squares }) => sum + squares, 0);
    processes += count - parts.length;
  }
  const hosts = groupBy(measured, ({ host }) => host);
  const sessionsOf = new Map(
    [...hosts].map(([host, own]) => [host, new Set(own.map(({ session }) => session)).size] as const),
  );
  const degrees = [...sessionsOf.values()].reduce((sum, number) => sum + number - 1, 0);
  const ofProcesses = processes === 0 ? 0 : within / processes;
  return { variance: weight === 0 ? 0 : Math.max(0, (between - groups * ofProcesses) / weight), degrees, sessionsOf };
}

/**
 * How many times as long each host takes as the first one, by least squares on the cells that join them.
 *
 * @param comparisons of hosts and quantities, whose intervals hold together
 * @returns by host; not of those that nothing joins with the first
 */
export function ratiosOver(
  first: string,
  all: readonly HostCell[],
  quantity: HostQuantity,
  comparisons: number,
  ofSessions: SessionNoise,
): Map<string, HostRatio> {
  const measured = all.filter((one) => one[quantity].count > 0);
  const shared = joinedWith(
    first,
    [...groupBy(measured, ({ cell }) => cell).values()].filter(({ length }) => length > 1),
  );
  const hosts = [...new Set(shared.flatMap((cell) => cell.map(({ host }) => host)))].filter((host) => host !== first);
  const rows = shared.flat();
  const count = rows.reduce((sum, one) => sum + one[quantity].count, 0);
  const degrees = count - shared.length - hosts.length;
  if (hosts.length === 0 || degrees < 1) return new Map();
  const places = new Map(hosts.map((host, place) => [host, place]));
  const information = Matrix.zeros(hosts.length, hosts.length);
  const target = new Array<number>(hosts.length).fill(0);
  const totals = shared.map((cell) => totalOf(cell.map((one) => one[quantity])));
  for (const [index, cell] of shared.entries()) {
    const total = totals[index] ?? nothing();
    for (const a of cell) {
      const placeA = places.get(a.host);
      if (placeA === undefined) continue;
      const { count: ofA, mean } = a[quantity];
      target[placeA] = (target[placeA] ?? 0) + ofA * (mean - total.mean);
      information.set(placeA, placeA, information.get(placeA, placeA) + ofA);
      for (const b of cell) {
        const placeB = places.get(b.host);
        if (placeB === undefined) continue;
        const both = (ofA * b[quantity].count) / total.count;
        information.set(placeA, placeB, information.get(placeA, placeB) - both);
      }
    }
  }
  const covariance = inverse(information);
  const effects = hosts.map((_, place) =>
    target.reduce((sum, value, other) => sum + covariance.get(place, other) * value, 0),
  );
  const effectOf = (host: string) => effects[places.get(host) ?? -1] ?? 0;
  const left = shared.reduce((sum, cell) => sum + squaresLeft(cell, quantity, effectOf), 0);
  const sessionsOf = (host: string) => ofSessions.sessionsOf.get(host) ?? 1;
  return new Map(
    hosts.map((host, place) => {
      const own = (covariance.get(place, place) * left) / degrees;
      const shared = ofSessions.variance * (1 / sessionsOf(host) + 1 / sessionsOf(first));
      // Source: Satterthwaite, Biometrics Bulletin 2 (1946), for the degrees of a sum.
      const spread = own ** 2 / degrees + (shared === 0 ? 0 : shared ** 2 / ofSessions.degrees);
      const known = spread === 0 ? degrees : (own + shared) ** 2 / spread;
      const half = studentQuantile(1 - (1 - CONFIDENCE) / (2 * comparisons), known) * Math.sqrt(own + shared);
      const effect = effectOf(host);
      const interval = { low: Math.exp(effect - half), high: Math.exp(effect + half) };
      return [host, { ratio: Math.exp(effect), interval, variance: own + shared, degrees: known }];
    }),
  );
}

/** The cells that are joined with a host by hosts that measured several of them. */
function joinedWith(first: string, cells: readonly HostCell[][]): HostCell[][] {
  const joined = new Set([first]);
  let open = [...cells];
  for (;;) {
    const reached = open.filter((cell) => cell.some(({ host }) => joined.has(host)));
    if (reached.length === 0) return cells.filter((cell) => !open.includes(cell));
    for (const cell of reached) for (const { host } of cell) joined.add(host);
    open = open.filter((cell) => !reached.includes(cell));
  }
}

/** Σ of the squares that the effects of hosts leave at a cell, around its own mean. */
function squaresLeft(cell: readonly HostCell[], quantity: HostQuantity, effectOf: (host: string) => number): number {
  const freed = cell.map((one) => ({ ...one[quantity], mean: one[quantity].mean - effectOf(one.host) }));
  const { mean } = totalOf(freed);
  return freed.reduce((sum, part) => sum + part.squares + part.count * (part.mean - mean) ** 2, 0);
}
