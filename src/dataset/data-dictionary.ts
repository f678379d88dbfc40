import { anyTable } from "./data-package.js";
import { hardwareTable } from "./hardware-table.js";
import { columnsOf, type Table } from "./table.js";
import { executionsTable, imagesTable, inferencesTable, trialsTable } from "./tables.js";

/** The data dictionary as Markdown, generated from the tables' definitions. */
export function dataDictionary(): string {
  const tables = [
    anyTable(trialsTable),
    anyTable(inferencesTable),
    anyTable(imagesTable),
    anyTable(hardwareTable([])),
    anyTable(executionsTable),
  ];
  return `# Data dictionary

Every dataset is a folder: \`datapackage.json\` (a Frictionless Data Package) beside one folder per table with CSV part
files. An empty cell is a missing value. The tables here are generated from their definitions in \`src/dataset\`.

${tables.map(section).join("\n")}`;
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
