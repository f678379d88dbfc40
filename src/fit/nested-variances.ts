import { groupBy } from "../core/group-by.js";

/** The levels above an inference, the highest first. */
export const GROUP_LEVELS = ["host", "session", "process"] as const;
export type GroupLevel = (typeof GROUP_LEVELS)[number];

/** What one process gave: the logarithm of its value, and where it belongs. */
export interface NestedValue {
  readonly cell: string;
  readonly host: string;
  readonly session: string;
  readonly log: number;
  /** The variance that it has from what is below the process, as far as that is known. */
  readonly ofInferences: number;
}

/** What one level adds to the variance of a value. */
export interface NestedVariance {
  /** Without bias, so it may come out below 0; undefined where no cell has two groups of this level side by side. */
  readonly variance: number | undefined;
  /** Groups beyond those needed to know their centres. */
  readonly degrees: number;
  /** Of each cell: what it adds to the sum of squares of this level beyond the levels below, and with what weight. */
  readonly cells: readonly { readonly excess: number; readonly weight: number }[];
}

/**
 * How much each level adds to the variance of repeated measurements: nested analysis of variance by the method of
 * moments with unequal group sizes, the effect of each cell taken out. The sums of squares of all cells are added; each
 * is a sum of the levels' variances with known weights, which is solved from the process upwards.
 *
 * Source: Searle, Casella and McCulloch, Variance Components (1992), section 5.3; Kalibera and Jones, Rigorous
 * Benchmarking in Reasonable Time (2013), section 7.
 */
export function nestedVariances(values: readonly NestedValue[]): Record<GroupLevel, NestedVariance> {
  const cells = [...groupBy(values, ({ cell }) => cell).values()].map(sumsOf);
  const process = levelOf(cells, 2, []);
  const session = levelOf(cells, 1, [process.variance]);
  const host = levelOf(cells, 0, [session.variance, process.variance]);
  const { sessions, hosts } = countsOf(values);
  return {
    host: { ...host, degrees: host.variance === undefined ? 0 : hosts - 1 },
    session: { ...session, degrees: session.variance === undefined ? 0 : sessions - hosts },
    process: { ...process, degrees: process.cells.reduce((sum, { weight }) => sum + weight, 0) },
  };
}

/** Of one cell, by depth (0 the cell, 1 its hosts, 2 their sessions, 3 the processes). */
interface CellSums {
  /** The squares of the groups' sums over their sizes. */
  readonly squares: readonly number[];
  /** What they hold of the inferences' variance. */
  readonly ofInferences: readonly number[];
  /** `weights[k][j]`: what the squares at depth k hold of the variance of level j (0 host, 1 session, 2 process). */
  readonly weights: readonly (readonly number[])[];
}

function sumsOf(values: readonly NestedValue[]): CellSums {
  const mean = values.reduce((sum, { log }) => sum + log, 0) / values.length;
  const keys = [
    () => "",
    ({ host }: NestedValue) => host,
    ({ host, session }: NestedValue) => JSON.stringify([host, session]),
    (_: NestedValue, index: number) => String(index),
  ];
  const indexed = values.map((value, index) => ({ value, index }));
  const groups = keys.map((keyOf) => [...groupBy(indexed, ({ value, index }) => keyOf(value, index)).values()]);
  const total = (depth: number, of: (members: readonly { value: NestedValue; index: number }[]) => number) =>
    (groups[depth] ?? []).reduce((sum, members) => sum + of(members), 0);
  return {
    squares: keys.map((_, depth) =>
      total(depth, (members) => members.reduce((sum, { value }) => sum + value.log - mean, 0) ** 2 / members.length),
    ),
    ofInferences: keys.map((_, depth) =>
      total(depth, (members) => members.reduce((sum, { value }) => sum + value.ofInferences, 0) / members.length),
    ),
    weights: keys.map((_, depth) =>
      GROUP_LEVELS.map((__, level) => {
        const keyOf = keys[level + 1] ?? (() => "");
        return total(depth, (members) => {
          const sizes = [...groupBy(members, ({ value, index }) => keyOf(value, index)).values()];
          return sizes.reduce((sum, { length }) => sum + length ** 2, 0) / members.length;
        });
      }),
    ),
  };
}

/** Solves for one level where those below it are known; what is unknown below counts as part of this level. */
function levelOf(
  cells: readonly CellSums[],
  level: number,
  below: readonly (number | undefined)[],
): Omit<NestedVariance, "degrees"> {
  const grown = (of: readonly number[]) => (of[level + 1] ?? 0) - (of[level] ?? 0);
  const parts = cells.map(({ squares, ofInferences, weights }) => {
    const weightOf = (other: number) => grown(weights.map((row) => row[other] ?? 0));
    const ofBelow = below.reduce<number>(
      (sum, variance, index) => sum + (variance ?? 0) * weightOf(level + 1 + index),
      0,
    );
    return { excess: grown(squares) - grown(ofInferences) - ofBelow, weight: weightOf(level) };
  });
  const counted = parts.filter(({ weight }) => weight > 1e-9);
  const [excess, weight] = [sumOf(counted, "excess"), sumOf(counted, "weight")];
  return { variance: weight === 0 ? undefined : excess / weight, cells: counted };
}

function sumOf<Key extends string>(items: readonly Readonly<Record<Key, number>>[], key: Key): number {
  return items.reduce((sum, item) => sum + item[key], 0);
}

function countsOf(values: readonly NestedValue[]): { readonly hosts: number; readonly sessions: number } {
  return {
    hosts: new Set(values.map(({ host }) => host)).size,
    sessions: new Set(values.map(({ host, session }) => JSON.stringify([host, session]))).size,
  };
}
