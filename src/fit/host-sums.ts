import { groupBy } from "../core/group-by.js";
import type { TrialRow } from "../dataset/tables.js";
import { cellName } from "../design/cells.js";

/** The quantities in which hosts are held against each other. */
export const QUANTITIES = { latency: "steadyMedianMs", warmup: "firstInferenceMs" } as const satisfies Record<
  string,
  keyof TrialRow
>;
export type HostQuantity = keyof typeof QUANTITIES;

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

/** The logarithms of a host's trials at one cell, added up. */
export interface Sums {
  count: number;
  mean: number;
  /** Σ (ln − mean)². */
  squares: number;
}

export interface HostCell extends Readonly<Record<HostQuantity, Sums>> {
  readonly cell: string;
  readonly host: string;
  trials: number;
}

/** The same of one of the host's sessions. */
export interface SessionCell extends HostCell {
  readonly session: string;
}

/** Adds up trials by cell, host and session. */
export function sessionCells(trials: Iterable<HostTrial>): SessionCell[] {
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
export function hostCells(cells: readonly SessionCell[]): HostCell[] {
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

export function nothing(): Sums {
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

/** How many there are in several sums, and the mean of all. */
export function totalOf(parts: readonly Sums[]): Pick<Sums, "count" | "mean"> {
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  return { count, mean: parts.reduce((sum, part) => sum + part.count * part.mean, 0) / count };
}
