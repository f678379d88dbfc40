import { join } from "node:path";
import { Command } from "commander";
import { counted } from "../../src/core/counted.js";
import { oneLine, printable } from "../../src/core/printable.js";
import { checkDataset } from "../../src/dataset/check-dataset.js";
import { convertHardware } from "../../src/dataset/convert-hardware.js";
import { readDataPackage } from "../../src/dataset/data-package.js";
import { tablesOf } from "../../src/dataset/dataset-writer.js";
import { exportDataset } from "../../src/dataset/export-dataset.js";
import { lockFolder, measuredBy } from "../../src/dataset/folder-lock.js";
import { type MergeSummary, mergeDatasets } from "../../src/dataset/merging/merge-datasets.js";
import { PART_FORMATS, type PartFormat } from "../../src/dataset/part.js";
import { readRows } from "../../src/dataset/read-rows.js";
import { runsOf } from "../../src/dataset/runs.js";
import { columnsOf } from "../../src/dataset/table.js";
import { type TrialRow, trialsTable } from "../../src/dataset/tables.js";
import { deviceName } from "../../src/design/design.js";
import { type HostLevel, hostLevels } from "../../src/fit/host-levels.js";
import { hostLines } from "../../src/fit/host-notes.js";
import { parseName } from "../arguments.js";
import { OUTPUT, REQUIRED, withHelpOfAll } from "../terminal/command-help.js";
import { hostsAsJson } from "../terminal/hosts-as-json.js";
import { printResult, table } from "../terminal/terminal.js";

/** The versions that a run is shown with; all stand in the data package. */
const VERSIONS = ["batchwise", "node", "onnxruntime"] as const;

/** `batchwise dataset`: look at a dataset, check it, take it elsewhere. */
export function datasetCommand(): Command {
  const dataset = new Command("dataset").description("describe, check, convert, export and merge datasets");
  dataset
    .command("describe")
    .description("show the runs with host and versions, the tables with their row counts, columns and units")
    .argument("<dir>", "the dataset's folder")
    .optionsGroup(OUTPUT)
    .option("--json", "print one JSON object")
    .action((folder: string, { json }: { json?: boolean }) => describe(folder, json));
  dataset
    .command("check")
    .description("check every part file against the schema, the hashes and the keys")
    .argument("<dir>", "the dataset's folder")
    .optionsGroup(OUTPUT)
    .option("--json", "print one JSON object")
    .action(async (folder: string, { json }: { json?: boolean }) => {
      const by = measuredBy(folder);
      if (by !== undefined) {
        const line = `dataset ${folder} is being measured by ${by}, check it when that has ended`;
        return printResult(
          json,
          () => ({ sound: null, faults: [], measured_by: by }),
          () => [line],
        );
      }
      const faults = await checkDataset(folder);
      printResult(
        json,
        () => ({ sound: faults.length === 0, faults }),
        () =>
          faults.length === 0
            ? [`dataset ${folder} is sound`]
            : faults.map(({ table: name, fault }) => oneLine(`dataset ${folder}: table ${name}: ${fault}`)),
      );
      if (faults.length > 0) process.exitCode = 1;
    });
  dataset
    .command("export")
    .description("write every table as a Parquet file")
    .argument("<dir>", "the dataset's folder")
    .optionsGroup(OUTPUT)
    .option("--out <dir>", "the folder to write to; default: parquet in the dataset's folder")
    .option("--json", "print one JSON object")
    .action(async (folder: string, { out, json }: { out?: string; json?: boolean }) => {
      const files = await exportDataset(folder, out ?? join(folder, "parquet"));
      printResult(
        json,
        () => ({ files }),
        () => files,
      );
    });
  dataset
    .command("convert")
    .description("keep the hardware of a finished run as Parquet, or as CSV again, byte for byte")
    .argument("<dir>", "the dataset's folder")
    .optionsGroup(REQUIRED)
    .requiredOption("--format <format>", "csv or parquet")
    .optionsGroup(OUTPUT)
    .option("--json", "print one JSON object")
    .action(async (folder: string, { format: name, json }: { format: string; json?: boolean }) => {
      const format = parseName("--format", PART_FORMATS, name);
      const converted = await convertLocked(folder, format);
      printResult(
        json,
        () => ({ dataset: folder, format, converted }),
        () => [`dataset ${folder}: its hardware is ${converted ? "now" : "already"} kept as ${format}`],
      );
    });
  dataset
    .command("merge")
    .description("join shards of a design, or whole datasets of it, into one dataset")
    .argument("<dirs...>", "folders of datasets: of each the whole one, or all its shards")
    .optionsGroup(REQUIRED)
    .requiredOption("--out <dir>", "the folder of the joined dataset, which holds none yet")
    .optionsGroup(OUTPUT)
    .option("--json", "print one JSON object")
    .action(async (folders: string[], { out, json }: { out: string; json?: boolean }) => {
      const summary = await mergeDatasets(folders, out);
      const devices = summary.hosts < 2 ? [] : hostsOfDevices(out);
      printResult(
        json,
        () => ({ ...summary, devices: devices.map(({ name, levels }) => ({ name, hosts: hostsAsJson(levels) })) }),
        () => [
          ...mergeLines(summary),
          ...devices.flatMap(({ name, levels }) => hostLines(levels).map((line) => `${name}: ${line}`)),
        ],
      );
    });
  return withHelpOfAll(dataset, "docs/datasets.md", {
    describe: ["dataset describe data/reference-cpu", "dataset describe data/reference-cpu --json"],
    check: ["dataset check data/reference-cpu", "dataset check data/reference-cpu --json"],
    export: ["dataset export data/reference-cpu --out data/parquet", "dataset export data/quick"],
    merge: ["dataset merge data/shards --out data/whole", "dataset merge data/host-a data/host-b --out data/both"],
    convert: ["dataset convert data/quick --format parquet", "dataset convert data/quick --format csv"],
  });
}

/** The hosts of a dataset beside each other, of each device; its trials are read one after the other. */
function hostsOfDevices(folder: string): { readonly name: string; readonly levels: HostLevel[] }[] {
  const { devices } = readDataPackage(folder).provenance.design;
  return devices.map(deviceName).map((name) => ({ name, levels: hostLevels(trialsOf(folder, name)) }));
}

function* trialsOf(folder: string, device: string): Generator<TrialRow, void> {
  for (const row of readRows(folder, trialsTable)) if (deviceName(row) === device) yield row;
}

/** So many missing shards are named, the others are counted. */
const NAMED_SHARDS = 5;

function mergeLines({
  folder,
  datasets,
  runs,
  hosts,
  trials,
  planned,
  missing,
  missingShards,
}: MergeSummary): string[] {
  const named = missingShards.slice(0, NAMED_SHARDS).join(", ");
  const more = missingShards.length > NAMED_SHARDS ? ` and ${missingShards.length - NAMED_SHARDS} more` : "";
  const from = `${counted(datasets, "dataset")} with ${counted(runs, "run")} on ${counted(hosts, "host")}`;
  const how =
    missing === 0 ? `all ${planned} of the design among them` : `${missing} of the design's ${planned} are missing`;
  return [
    `merged ${from} in ${folder}: ${counted(trials, "trial")}, ${how}`,
    ...(missingShards.length === 0 ? [] : [`no run of shard ${named}${more}: measure and merge again`]),
  ];
}

async function convertLocked(folder: string, format: PartFormat): Promise<boolean> {
  readDataPackage(folder); // a folder without a dataset gets no lock
  const lock = lockFolder(folder);
  try {
    return await convertHardware(folder, format);
  } finally {
    lock.release();
  }
}

function describe(folder: string, json: boolean | undefined): void {
  const { name, status, resources, provenance } = readDataPackage(folder);
  const runs = runsOf(provenance);
  const tables = tablesOf(provenance).flatMap((known) => {
    const resource = resources.find((candidate) => candidate.name === known.name);
    return resource === undefined ? [] : [{ known, resource }];
  });
  printResult(
    json,
    () => ({
      name,
      status,
      runs: runs.map(({ runId, startedAt, endedAt, host, machine, versions, environment, system }) => ({
        ...{ run_id: runId, started_at: startedAt ?? null, ended_at: endedAt ?? null, host: host ?? null },
        ...{ machine, versions, environment, system: system ?? null },
      })),
      tables: tables.map(({ known, resource }) => ({
        name: known.name,
        rows: resource.rows,
        columns: columnsOf(known).map(([, { header, type, unit, description }]) => ({
          header,
          type,
          unit,
          description,
        })),
      })),
    }),
    () => [
      printable(`${name}: ${status}, model ${provenance.model.name}`),
      "",
      table(
        ["run", "started", "host", "processor", "kernel", ...VERSIONS, "system"],
        runs.map(({ startedAt, host, machine, versions, system }, index) => [
          index + 1,
          startedAt ?? "",
          host ?? "",
          String(machine.cpuModel ?? ""),
          String(machine.kernel ?? ""),
          ...VERSIONS.map((version) => versions[version] ?? ""),
          system?.verdict ?? "",
        ]),
      ),
      ...runs.flatMap(({ system }, index) =>
        system === undefined ? [] : [`run ${index + 1}: ${printable(system.summary)}`],
      ),
      "",
      table(
        ["table", "rows", "columns", "what"],
        tables.map(({ known, resource }) => [
          known.name,
          resource.rows ?? "",
          columnsOf(known).length,
          known.description,
        ]),
      ),
      "",
      table(
        ["table", "column", "unit", "meaning"],
        tables
          .filter(({ known }) => known.name !== "hardware")
          .flatMap(({ known }) =>
            columnsOf(known).map(([, column]) => [known.name, column.header, column.unit ?? "", column.description]),
          ),
      ),
    ],
  );
}
