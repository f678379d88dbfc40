import { median, sorted } from "../core/statistics.js";

/** One column of candidates: its name, whether it is known before the first inference, and its value per row. */
export interface FeatureColumn {
  readonly name: string;
  readonly knownBefore: boolean;
  readonly values: readonly (number | undefined)[];
}

/** Columns that say the same (|ρ| > 0.98), represented by the first of them. */
export interface FeatureGroup {
  /** The column that represents the group. */
  readonly name: string;
  /** All columns of the group, the representative first. */
  readonly members: readonly string[];
  /** Whether the representative is known before the first inference. */
  readonly knownBefore: boolean;
}

/** A group by its representative and how many others say the same. */
export function groupLabel({ name, members }: FeatureGroup): string {
  return members.length === 1 ? name : `${name} (+${members.length - 1})`;
}

/** What a forest is trained on: one column per group. */
export interface FeatureMatrix {
  readonly groups: readonly FeatureGroup[];
  /** `rows[row][group]`. */
  readonly rows: readonly (readonly number[])[];
  readonly dropped: readonly { readonly name: string; readonly reason: DropReason }[];
}

/** Why a column is left out of a ranking. */
export type DropReason =
  | "empty"
  | "constant"
  | "constant within cells"
  | "mostly missing"
  | "change of a rate"
  | "counts the time itself"
  | "level of a counter"
  | "of the monitor itself";

/** Columns whose correlation is closer than this say the same. */
export const SAME_CORRELATION = 0.98;
/** A column with a smaller share of values is dropped; a few missing values are filled with the median. */
const LEAST_PRESENT = 0.8;

/**
 * Makes a feature matrix from columns: empty and constant columns are dropped, duplicates and near-duplicates folded
 * into one named group, missing values filled with the column's median.
 *
 * A column joins the first group whose representative it is correlated with, so the order of columns decides which one
 * represents a group: give the ones that a reader would name first.
 */
export function featureMatrix(columns: readonly FeatureColumn[]): FeatureMatrix {
  const dropped: { name: string; reason: DropReason }[] = [];
  const kept: { group: { name: string; members: string[]; knownBefore: boolean }; values: number[]; unit: number[] }[] =
    [];
  for (const { name, knownBefore, values } of columns) {
    const reason = reasonToDrop(values);
    if (reason !== undefined) {
      dropped.push({ name, reason });
      continue;
    }
    const filled = fillMissing(values);
    const unit = standardised(filled);
    const same = kept.find((candidate) => Math.abs(dot(candidate.unit, unit)) > SAME_CORRELATION);
    if (same !== undefined) same.group.members.push(name);
    else kept.push({ group: { name, members: [name], knownBefore }, values: filled, unit });
  }
  const rowCount = columns[0]?.values.length ?? 0;
  return {
    groups: kept.map(({ group }) => group),
    rows: Array.from({ length: rowCount }, (_, row) => kept.map(({ values }) => values[row] ?? Number.NaN)),
    dropped,
  };
}

function reasonToDrop(values: readonly (number | undefined)[]): DropReason | undefined {
  const present = values.filter((value) => value !== undefined);
  const [first] = present;
  if (first === undefined) return "empty";
  if (present.every((value) => value === first)) return "constant";
  return present.length < LEAST_PRESENT * values.length ? "mostly missing" : undefined;
}

function fillMissing(values: readonly (number | undefined)[]): number[] {
  const middle = median(sorted(values.filter((value) => value !== undefined)));
  return values.map((value) => value ?? middle);
}

/** Centred and of length 1, so that a dot product is Pearson's correlation. */
function standardised(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const centred = values.map((value) => value - mean);
  const length = Math.sqrt(dot(centred, centred));
  return centred.map((value) => (length === 0 ? 0 : value / length));
}

function dot(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += (a[index] ?? 0) * (b[index] ?? 0);
  return sum;
}
