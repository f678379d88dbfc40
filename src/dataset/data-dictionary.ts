import { groupBy } from "../core/group-by.js";
import { catalogueFor } from "../hardware/catalogue.js";
import type { Feature } from "../hardware/reading/feature.js";
import { TRIAL_STATISTICS } from "../hardware/trial-features.js";
import { tablesOf } from "./dataset-writer.js";
import { columnsOf, type Table } from "./table.js";

/** The data dictionary as Markdown, generated from the tables' definitions. */
export function dataDictionary(): string {
  const tables = tablesOf({ features: [] });
  return `# Data dictionary

Every dataset is a folder: \`datapackage.json\` (a Frictionless Data Package) beside one folder per table with CSV part
files. An empty cell is a missing value. The hardware of a finished run may be kept as Parquet
(\`dataset convert DIR --format parquet\`); \`datapackage.json\` names the file, and says of each run of the sweep its host,
machine, versions, environment and whether the machine was fit for measuring (\`provenance.runs\`). The tables here are generated from their definitions in \`src/dataset\`.

Datasets in this folder: [reference-cpu](reference-cpu/README.md), [reference-staggered](reference-staggered/README.md),
[reference-gpu](reference-gpu/README.md), and [other-host](other-host/README.md), the quick design on another host, to compare
with.

${tables.map(section).join("\n")}
${featuresSection()}`;
}

/** The catalogue of a Linux machine with NVIDIA devices, which stand here as one. */
function featuresSection(): string {
  const features = catalogueFor({ platform: "linux", gpus: 1 }).map((feature) => ({
    ...feature,
    name: feature.name.replace(/^gpu0\//, "gpu<i>/"),
  }));
  const sampled = features.filter(({ scope }) => scope !== "model");
  const groups = [...groupBy(features, ({ name }) => name.split("/")[0] ?? "")];
  const suffixes = TRIAL_STATISTICS.map((statistic) => `\`__${statistic}\``).join(", ");
  return `## Hardware features

The columns of \`hardware\` after the first four: ${sampled.length} features on Linux with one NVIDIA device, each device
\`gpu<i>\` with columns of its own. \`datapackage.json\` names those of a dataset, and under \`unavailable_features\` why
some have no values, or had none in a trial. A *counter* only grows, a *rate* is its growth per second over the true
interval, a *flag* is 0 or 1. *Before* says whether the value ahead of the first inference can be known before that
inference runs.

\`trial_features\` (written by \`dataset export\`) has one row per trial and four columns per feature, its name with
${suffixes}; the features of group \`model\` are constant and stand
there only, once.

${groups.map(([group, members]) => featureTable(group, members)).join("\n")}`;
}

function featureTable(group: string, features: readonly Feature[]): string {
  const rows = features.map(
    ({ name, unit, kind, scope, source, description, knownBefore }) =>
      `| \`${name}\` | ${unit} | ${kind} | ${scope} | ${knownBefore ? "yes" : "no"} | \`${source}\` | ${description} |`,
  );
  return `### ${group}

| feature | unit | kind | scope | before | source | meaning |
|---|---|---|---|---|---|---|
${rows.join("\n")}
`;
}

function section(table: Table<never>): string {
  const rows = columnsOf(table).map(
    ([, { header, type, unit = "", description, allowed }]) =>
      `| \`${header}\` | ${type} | ${unit} | ${description}${allowed ? ` (${allowed.join(", ")})` : ""} |`,
  );
  return `## ${table.name}

${table.description}.

| column | type | unit | meaning |
|---|---|---|---|
${rows.join("\n")}
`;
}
