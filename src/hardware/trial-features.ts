import type { Feature } from "./reading/feature.js";

/** Where the query finds its rows: names of tables or views, or table functions such as `read_csv('hardware/*.csv')`. */
export interface TrialFeatureTables {
  /** Columns trial_id, instrument, phase, elapsed_ms, then one per feature, named like it. */
  readonly hardware: string;
  /** One row per trial: trial_id, then one column per feature of scope "model". */
  readonly model?: string;
}

/** What `trial_features` tells of a feature, a column each. */
export const TRIAL_STATISTICS = ["before", "first_change", "steady_mean", "steady_max"] as const;
export type TrialStatistic = (typeof TRIAL_STATISTICS)[number];

/**
 * The column of a feature's statistic.
 *
 * @example
 * trialColumn({ name: "memory/free_kib" }, "before"); // "memory/free_kib__before"
 */
export function trialColumn({ name }: Pick<Feature, "name">, statistic: TrialStatistic): string {
  return `${name}__${statistic}`;
}

/**
 * DuckDB SQL that makes one row per trial from the samples of sampler and probe. For each feature:
 *
 * - `__before`: its last value before the first inference (phases idle and load);
 * - `__first_change`: its value after the first inference minus that one. After is the probe's snapshot taken when
 *   that inference was done (phase first); for what only the sampler reads it is the first sample of phase steady,
 *   up to one interval late, so that the change covers the whole inference; failing both, the last of phase first;
 * - `__steady_mean`, `__steady_max`: over phase steady.
 *
 * A value that can't be told is NULL. Features of scope "model" are constant, so they keep their names and appear
 * once, and only where there is a model table. A trial that is in one of the two tables only has NULL for the other.
 * Rows come in the order of trial_id.
 */
export function trialFeaturesQuery(features: readonly Feature[], tables: TrialFeatureTables): string {
  const sampled = features.filter((feature) => feature.scope !== "model");
  const constant = tables.model === undefined ? [] : features.filter((feature) => feature.scope === "model");
  const samples = sampled.map(({ name }) => `TRY_CAST(${quoted(name)} AS DOUBLE) AS ${quoted(name)}`);
  // One aggregation per moment, with WHERE: thousands of aggregates with a FILTER each took gigabytes and minutes.
  const parts = [
    aggregation("before", "phase IN ('idle', 'load')", sampled, [last("")]),
    aggregation("after_probe", "phase = 'first' AND instrument = 'probe'", sampled, [last("")]),
    aggregation("after_sampler", "phase = 'steady' AND instrument = 'sampler'", sampled, [first("")]),
    aggregation("during", "phase = 'first'", sampled, [last("")]),
    aggregation("steady", "phase = 'steady'", sampled, [mean("__mean"), most("__max")]),
  ];
  const columns = [...sampled.flatMap(columnsOf), ...constant.map(({ name }) => `model.${quoted(name)}`)];
  const lines = [
    `WITH samples AS MATERIALIZED (\n  SELECT ${["trial_id", "instrument", "phase", "elapsed_ms", ...samples].join(", ")}`,
    `  FROM ${tables.hardware}\n),`,
    `trials AS (SELECT DISTINCT trial_id FROM samples),`,
    parts.join(",\n"),
    `SELECT ${["trial_id", ...columns].join(",\n  ")}`,
    "FROM trials",
    ...["before", "after_probe", "after_sampler", "during", "steady"].map(
      (name) => `LEFT JOIN ${name} USING (trial_id)`,
    ),
    ...(tables.model === undefined ? [] : [`FULL JOIN ${tables.model} AS model USING (trial_id)`]),
    "ORDER BY trial_id",
  ];
  return lines.join("\n");
}

/** How to make one number of a feature's samples, under the feature's name with a suffix; missing values count out. */
type Aggregate = (feature: Feature) => string;

const aggregate =
  (expression: (column: string) => string) =>
  (suffix: string): Aggregate =>
  ({ name }) =>
    `${expression(quoted(name))} AS ${quoted(`${name}${suffix}`)}`;
const last = aggregate((column) => `arg_max(${column}, elapsed_ms)`);
const first = aggregate((column) => `arg_min(${column}, elapsed_ms)`);
const mean = aggregate((column) => `avg(${column})`);
const most = aggregate((column) => `max(${column})`);

function aggregation(
  name: string,
  where: string,
  features: readonly Feature[],
  aggregates: readonly Aggregate[],
): string {
  const columns = features.flatMap((feature) => aggregates.map((made) => made(feature)));
  return `${name} AS (\n  SELECT ${["trial_id", ...columns].join(", ")}\n  FROM samples WHERE ${where} GROUP BY trial_id\n)`;
}

function columnsOf(feature: Feature): string[] {
  const of = (part: string, suffix = "") => `${part}.${quoted(`${feature.name}${suffix}`)}`;
  const after = ["after_probe", "after_sampler", "during"].map((part) => of(part));
  const expressions: Readonly<Record<TrialStatistic, string>> = {
    before: of("before"),
    first_change: `coalesce(${after.join(", ")}) - ${of("before")}`,
    steady_mean: of("steady", "__mean"),
    steady_max: of("steady", "__max"),
  };
  return TRIAL_STATISTICS.map((statistic) => `${expressions[statistic]} AS ${quoted(trialColumn(feature, statistic))}`);
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
