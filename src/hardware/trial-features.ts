import type { Feature } from "./reading/feature.js";

/**
 * Where the query finds its rows: names of tables or views, or table functions such as `read_csv('hardware/*.csv')`.
 */
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
  const columns = [...sampled.flatMap(columnsOf), ...constant.map(({ name }) => `model.${quoted(name)}`)];
  const lines = [
    `WITH moments AS MATERIALIZED (\n  ${momentsQuery(sampled, tables.hardware)}\n),`,
    `trials AS (SELECT DISTINCT trial_id FROM moments)`,
    `SELECT ${["trial_id", ...columns].join(",\n  ")}`,
    "FROM trials",
    ...MOMENTS.map((name) => `LEFT JOIN (SELECT * FROM moments WHERE moment = '${name}') AS ${name} USING (trial_id)`),
    ...(tables.model === undefined ? [] : [`FULL JOIN ${tables.model} AS model USING (trial_id)`]),
    "ORDER BY trial_id",
  ];
  return lines.join("\n");
}

/** What a sample tells of: the time before the first inference, that inference, and the time after it. */
const MOMENTS = ["before", "first", "steady"] as const;

/**
 * One row per trial and moment, in one pass over the samples that keeps none of them: an aggregation per moment needs
 * them several times, and thousands of aggregates with a FILTER each take gigabytes and minutes.
 */
function momentsQuery(features: readonly Feature[], hardware: string): string {
  const columns = features.flatMap((feature) => AGGREGATES.map((aggregate) => aggregate(feature)));
  return `SELECT ${["trial_id", "moment", ...columns].join(", ")}
  FROM (
    SELECT *,
      CASE WHEN phase IN ('idle', 'load') THEN 'before' WHEN phase IN ('first', 'steady') THEN phase END AS moment,
      CASE WHEN instrument = 'probe' THEN elapsed_ms END AS probe_ms,
      CASE WHEN instrument = 'sampler' THEN elapsed_ms END AS sampler_ms
    FROM ${hardware}
  ) GROUP BY trial_id, moment`;
}

/** Under a feature's name with a suffix; missing values, and samples without the time that orders them, count out. */
const AGGREGATES = [
  aggregate("__last", (column) => `arg_max(${column}, elapsed_ms)`),
  aggregate("__last_probe", (column) => `arg_max(${column}, probe_ms)`),
  aggregate("__first_sampler", (column) => `arg_min(${column}, sampler_ms)`),
  aggregate("__mean", (column) => `avg(${column})`),
  aggregate("__max", (column) => `max(${column})`),
];

function aggregate(suffix: string, expression: (column: string) => string) {
  return ({ name }: Feature) => `${expression(`TRY_CAST(${quoted(name)} AS DOUBLE)`)} AS ${quoted(`${name}${suffix}`)}`;
}

function columnsOf(feature: Feature): string[] {
  const of = (moment: (typeof MOMENTS)[number], suffix: string) => `${moment}.${quoted(`${feature.name}${suffix}`)}`;
  const after = [of("first", "__last_probe"), of("steady", "__first_sampler"), of("first", "__last")];
  const expressions: Readonly<Record<TrialStatistic, string>> = {
    before: of("before", "__last"),
    first_change: `coalesce(${after.join(", ")}) - ${of("before", "__last")}`,
    steady_mean: of("steady", "__mean"),
    steady_max: of("steady", "__max"),
  };
  return TRIAL_STATISTICS.map((statistic) => `${expressions[statistic]} AS ${quoted(trialColumn(feature, statistic))}`);
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
