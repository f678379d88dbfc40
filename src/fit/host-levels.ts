import { inverse, Matrix } from "ml-matrix";
import { groupBy } from "../core/group-by.js";
import type { Interval } from "../core/statistics.js";
import { studentQuantile } from "../core/student-t.js";
import type { PulseRow, TrialRow } from "../dataset/tables.js";
import { cellName } from "../design/cells.js";
import type { TrialTimes } from "./trial-times.js";

/** The quantities in which hosts are held against each other. */
const QUANTITIES = { latency: "steadyMedianMs", warmup: "firstInferenceMs" } as const satisfies Record<
  string,
  keyof TrialRow
>;
type HostQuantity = keyof typeof QUANTITIES;

/** That hosts are alike is said of so many of those that are, of all of them and both quantities together. */
const CONFIDENCE = 0.95;

/** Trials without any noise are alike but for this. */
const ROUNDING = 1e-9;

/** How many times as long a host takes as the first one. */
export interface HostRatio {
  readonly ratio: number;
  /** 95 %, of all hosts and both quantities together. */
  readonly interval: Interval;
}

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

/** What is looked at of a trial. */
export type HostTrial = Pick<
  TrialRow,
  | "host"
  | "runId"
  | "status"
  | "inputSizePx"
  | "miniBatchSize"
  | "provider"
  | "threads"
  | "concurrent"
  | "steadyMedianMs"
  | "firstInferenceMs"
>;

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
  const sessions = collect(trials);
  const cells = ofHosts(sessions);
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

/** The logarithms of a host's trials at one cell, added up. */
interface Sums {
  count: number;
  mean: number;
  /** Σ (ln − mean)². */
  squares: number;
}

interface HostCell extends Readonly<Record<HostQuantity, Sums>> {
  readonly cell: string;
  readonly host: string;
  trials: number;
}

/** The same of one of the host's sessions. */
interface SessionCell extends HostCell {
  readonly session: string;
}

function collect(trials: Iterable<HostTrial>): SessionCell[] {
  const cells = new Map<string, SessionCell>();
  for (const trial of trials) {
    if (trial.status !== "ok") continue;
    const [cell, { host, runId: session }] = [cellName(trial), trial];
    const key = JSON.stringify([cell, host, session]);
    const known = cells.get(key) ?? { cell, host, session, trials: 0, latency: nothing(), warmup: nothing() };
    cells.set(key, known);
    known.trials++;
    for (const quantity of Object.keys(QUANTITIES) as HostQuantity[]) {
      add(known[quantity], trial[QUANTITIES[quantity]] ?? 0);
    }
  }
  return [...cells.values()];
}

/** All sessions of a host at a cell together. */
function ofHosts(cells: readonly SessionCell[]): HostCell[] {
  return [...groupBy(cells, ({ cell, host }) => JSON.stringify([cell, host])).values()].flatMap((sessions) => {
    const [first] = sessions;
    if (first === undefined) return [];
    const joined = (quantity: HostQuantity): Sums => {
      const parts = sessions.map((session) => session[quantity]);
      const { count, mean } = totalOf(parts);
      const squares = parts.reduce((sum, part) => sum + part.squares + part.count * (part.mean - mean) ** 2, 0);
      return count === 0 ? nothing() : { count, mean, squares };
    };
    const { cell, host } = first;
    const all = sessions.reduce((sum, { trials }) => sum + trials, 0);
    return [{ cell, host, trials: all, latency: joined("latency"), warmup: joined("warmup") }];
  });
}

/** How far the sessions of one host are apart beyond their processes, as a variance; 0 where no host has several. */
interface SessionNoise {
  readonly variance: number;
  readonly degrees: number;
  readonly sessionsOf: ReadonlyMap<string, number>;
}

/**
 * By the method of moments: the squares between sessions at one cell and host hold their variance and that of
 * processes with known weights. All cells share a session's effect, so that sessions are the degrees.
 */
function sessionNoise(cells: readonly SessionCell[], quantity: HostQuantity): SessionNoise {
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

function nothing(): Sums {
  return { count: 0, mean: 0, squares: 0 };
}

/** Source: Welford, Technometrics 4 (1962). */
function add(sums: Sums, value: number): void {
  if (!(value > 0)) return;
  const away = Math.log(value) - sums.mean;
  sums.count++;
  sums.mean += away / sums.count;
  sums.squares += away * (Math.log(value) - sums.mean);
}

function ratiosOver(
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
      return [host, { ratio: Math.exp(effect), interval }];
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

function totalOf(parts: readonly Sums[]): Pick<Sums, "count" | "mean"> {
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  return { count, mean: parts.reduce((sum, part) => sum + part.count * part.mean, 0) / count };
}

/** Σ of the squares that the effects of hosts leave at a cell, around its own mean. */
function squaresLeft(cell: readonly HostCell[], quantity: HostQuantity, effectOf: (host: string) => number): number {
  const freed = cell.map((one) => ({ ...one[quantity], mean: one[quantity].mean - effectOf(one.host) }));
  const { mean } = totalOf(freed);
  return freed.reduce((sum, part) => sum + part.squares + part.count * (part.mean - mean) ** 2, 0);
}

/** Whether some hosts are so far apart that each has its own level in a fit. */
export function areApart(levels: readonly HostLevel[]): boolean {
  return levels.some(({ verdict }) => verdict === "apart");
}

/**
 * Trials as they would have been on one of the hosts: those of hosts that are apart are taken by their factors.
 *
 * @param host whose level it is; that of the first where it is alike or nothing is known of it
 */
export function atHostLevel<Trial extends HostTrial>(
  trials: readonly Trial[],
  levels: readonly HostLevel[],
  host: string | undefined = levels[0]?.host,
): Trial[] {
  if (!areApart(levels)) return [...trials];
  const factorsOf = new Map(levels.map((level) => [level.host, hostFactors(levels, level.host, host)]));
  return trials.map((trial) => {
    const { latency = 1, warmup = 1 } = factorsOf.get(trial.host) ?? {};
    return {
      ...trial,
      steadyMedianMs: trial.steadyMedianMs && trial.steadyMedianMs * latency,
      firstInferenceMs: trial.firstInferenceMs && trial.firstInferenceMs * warmup,
    };
  });
}

/** The times of the inferences of such trials, taken by the same factors. */
export function timesAtHostLevel(
  times: ReadonlyMap<string, TrialTimes>,
  trials: readonly Pick<TrialRow, "trialId" | "host">[],
  levels: readonly HostLevel[],
  host: string | undefined = levels[0]?.host,
): ReadonlyMap<string, TrialTimes> {
  if (!areApart(levels)) return times;
  const hostOf = new Map(trials.map((trial) => [trial.trialId, trial.host]));
  return new Map(
    [...times].map(([trialId, { latencyMs, warmupMs, meanMs }]) => {
      const { latency, warmup } = hostFactors(levels, hostOf.get(trialId) ?? "", host);
      return [
        trialId,
        { latencyMs: latencyMs * latency, warmupMs: warmupMs * warmup, meanMs: meanMs && meanMs * latency },
      ];
    }),
  );
}

/**
 * Pulses as they would have been on one host: where hosts are apart, only what a host's own differ by tells how fast it
 * was just then.
 */
export function pulsesAtHostLevel(
  pulses: readonly PulseRow[],
  trials: readonly Pick<TrialRow, "trialId" | "host">[],
  levels: readonly HostLevel[],
): readonly PulseRow[] {
  if (!areApart(levels)) return pulses;
  const hostOf = new Map(trials.map((trial) => [trial.trialId, trial.host]));
  const groups = groupBy(pulses, ({ trialId }) => hostOf.get(trialId) ?? "");
  return [...groups.values()].flatMap((ofHost) => {
    const usual = PULSE_COLUMNS.map((column) => usualOf(ofHost.flatMap(({ [column]: value = 0 }) => value)));
    return ofHost.map((pulse) => ({
      ...pulse,
      ...Object.fromEntries(
        PULSE_COLUMNS.map((column, index) => [column, pulse[column] && pulse[column] / (usual[index] ?? 1)]),
      ),
    }));
  });
}

const PULSE_COLUMNS = ["pulseBeforeMs", "pulseAfterMs", "touchUsPerPage"] as const;

/** The geometric mean. */
function usualOf(values: readonly number[]): number {
  const logs = values.filter((value) => value > 0).map(Math.log);
  return Math.exp(logs.reduce((sum, log) => sum + log, 0) / Math.max(1, logs.length));
}

/** What times of one host are multiplied with to be those of another one. */
export function hostFactors(
  levels: readonly HostLevel[],
  from: string,
  to: string | undefined,
): Readonly<Record<HostQuantity, number>> {
  const levelOf = (host: string | undefined, quantity: HostQuantity) => {
    const level = levels.find((one) => one.host === host);
    return level?.verdict === "apart" ? (level[quantity]?.ratio ?? 1) : 1;
  };
  return {
    latency: levelOf(to, "latency") / levelOf(from, "latency"),
    warmup: levelOf(to, "warmup") / levelOf(from, "warmup"),
  };
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
