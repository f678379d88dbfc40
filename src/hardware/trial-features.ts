import type { Feature } from "./feature.js";

/** Where the query finds its rows: names of tables or views, or table functions such as `read_csv('hardware/*.csv')`. */
export interface TrialFeatureTables {
  /** Columns trial_id, instrument, phase, elapsed_ms, then one per feature, named like it. */
  readonly hardware: string;
  /** One row per trial: trial_id, then one column per feature of scope "model". */
  readonly model?: string;
}

/** The four columns that a feature gives in `trial_features`. */
export const TRIAL_FEATURE_SUFFIXES = ["__before", "__first_change", "__steady_mean", "__steady_max"] as const;

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
  const columns = ["trial_id", ...sampled.flatMap(({ name }) => columnsOf(name))];
  const lines = [
    "WITH samples AS (",
    `  SELECT ${["trial_id", "instrument", "phase", "elapsed_ms", ...samples].join(",\n    ")}`,
    `  FROM ${tables.hardware}`,
    "), per_trial AS (",
    `  SELECT ${columns.join(",\n    ")}`,
    "  FROM samples GROUP BY trial_id",
    ")",
    `SELECT trial_id, per_trial.* EXCLUDE (trial_id)${constant.map(({ name }) => `, model.${quoted(name)}`).join("")}`,
    "FROM per_trial",
    ...(tables.model === undefined ? [] : [`FULL JOIN ${tables.model} AS model USING (trial_id)`]),
    "ORDER BY trial_id",
  ];
  return lines.join("\n");
}

function columnsOf(name: string): string[] {
  const column = quoted(name);
  const value = (choose: "arg_max" | "arg_min", where: string) =>
    `${choose}(${column}, elapsed_ms) FILTER (WHERE ${where} AND ${column} IS NOT NULL)`;
  const before = value("arg_max", "phase IN ('idle', 'load')");
  const after = [
    value("arg_max", "phase = 'first' AND instrument = 'probe'"),
    value("arg_min", "phase = 'steady' AND instrument = 'sampler'"),
    value("arg_max", "phase = 'first'"),
  ].join(", ");
  const steady = (aggregate: string) => `${aggregate}(${column}) FILTER (WHERE phase = 'steady')`;
  return [
    `${before} AS ${quoted(`${name}__before`)}`,
    `coalesce(${after}) - ${before} AS ${quoted(`${name}__first_change`)}`,
    `${steady("avg")} AS ${quoted(`${name}__steady_mean`)}`,
    `${steady("max")} AS ${quoted(`${name}__steady_max`)}`,
  ];
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
