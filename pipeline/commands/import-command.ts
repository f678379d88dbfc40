import { Command, Option } from "commander";
import { printable } from "../../src/core/printable.js";
import { UserError } from "../../src/core/user-error.js";
import { RECORDED_PROVIDERS } from "../../src/design/design.js";
import { type ImportSummary, importMeasurements } from "../../src/importing/dataset/import-measurements.js";
import type { ImportedFrom } from "../../src/importing/dataset/imported-trials.js";
import { sourceFile } from "../../src/importing/source-lines.js";
import {
  requireThroughputUnit,
  requireTimeUnit,
  THROUGHPUT_UNITS,
  TIME_UNITS,
} from "../../src/importing/table/measure-units.js";
import { MEANINGS } from "../../src/importing/table/table-columns.js";
import type { TableOptions } from "../../src/importing/table/table-options.js";
import { parseInteger, parseName } from "../arguments.js";
import { type Format, IMPORT_FORMATS } from "../import-formats.js";
import { OUTPUT, REQUIRED, withHelpOfAll } from "../terminal/command-help.js";
import { printResult } from "../terminal/terminal.js";

interface ImportFlags {
  readonly out: string;
  readonly device: string;
  readonly model: string;
  readonly size?: string;
  readonly batch?: string;
  readonly provider?: string;
  readonly threads?: string;
  readonly by?: string;
  readonly source?: string;
  readonly licence?: string;
  readonly column?: readonly string[];
  readonly where?: readonly string[];
  readonly timeUnit?: string;
  readonly throughputUnit?: string;
  readonly decimal?: string;
  readonly table?: string;
  readonly rows?: string;
  readonly json?: boolean;
}

/** `batchwise import`: what others measured as a dataset. */
export function importCommand(): Command {
  const command = new Command("import").description(
    "make a dataset of what others measured; what is unknown stays empty",
  );
  for (const [name, format] of Object.entries(IMPORT_FORMATS)) {
    withImportOptions(command.command(name), format).action((files: string[], flags: ImportFlags) =>
      importFiles(name, format, files, flags),
    );
  }
  return withHelpOfAll(
    command,
    "docs/imports.md",
    Object.fromEntries(Object.entries(IMPORT_FORMATS).map(([name, { examples }]) => [name, examples])),
  );
}

function withImportOptions(command: Command, { description, isTable }: Format): Command {
  const several = (value: string, all: string[] = []) => [...all, value];
  command
    .description(description)
    .argument("<files...>", "what the tool wrote")
    .optionsGroup(REQUIRED)
    .requiredOption("--out <dir>", "the folder of the new dataset")
    .optionsGroup("What was measured:")
    .option("--device <name>", "what a plan counts, in words", "unknown device")
    .option("--model <name>", "the model's name", "unknown model")
    .option("--size <px>", "input size of rows that do not say it")
    .option("--batch <number>", "the mini-batch size of all rows, where they do not say it")
    .addOption(new Option("--provider <name>", `${RECORDED_PROVIDERS.join(", ")}; default: unknown`))
    .option("--threads <number>", "threads of one operator; without it they are unknown")
    .option("--by <text>", "who measured it")
    .option("--source <text>", "where it stands")
    .option("--licence <text>", "what its licence says");
  if (isTable) {
    command
      .optionsGroup("How the table is read:")
      .option(
        "--column <meaning=header>",
        `a column whose meaning does not show, one of ${MEANINGS.join(", ")}; repeat`,
        several,
      )
      .option("--where <column=value>", "only rows with that value; repeat", several)
      .option("--time-unit <unit>", `of times without one: ${TIME_UNITS.join(", ")}`)
      .option("--throughput-unit <unit>", `of throughputs without one: ${THROUGHPUT_UNITS.join(", ")}`)
      .option("--decimal <sign>", "point or comma, where numbers such as 1,234 do not tell")
      .option("--table <number>", "which table of a file with several, from 1")
      .option(
        "--rows <kind>",
        "summaries (each of a process) or inferences (each of one); default: as their number tells",
      );
  }
  return command.optionsGroup(OUTPUT).option("--json", "print one JSON object");
}

async function importFiles(name: string, format: Format, files: readonly string[], flags: ImportFlags): Promise<void> {
  const sources = files.map(sourceFile);
  const options = tableOptions(flags);
  const imported = sources.map((source) => format.read(source, options));
  const summary = await importMeasurements(flags.out, sources, imported, importedFrom(name, flags));
  printResult(
    flags.json,
    () => summary,
    () => summaryLines(summary),
  );
}

function importedFrom(format: string, flags: ImportFlags): ImportedFrom {
  const { device, model, size, provider, threads, by, source, licence } = flags;
  return {
    ...{ format, device, model },
    ...(size !== undefined && { inputSizePx: parseInteger("--size", size, { least: 1, most: 65_536 }) }),
    ...(provider !== undefined && { provider: parseName("--provider", RECORDED_PROVIDERS, provider) }),
    ...(threads !== undefined && { threads: parseInteger("--threads", threads, { least: 1, most: 1024 }) }),
    ...(by !== undefined && { measuredBy: by }),
    ...(source !== undefined && { source }),
    ...(licence !== undefined && { licence }),
  };
}

function tableOptions(flags: ImportFlags): TableOptions {
  const { column, where, timeUnit, throughputUnit, decimal, table, rows, batch } = flags;
  return {
    ...(column !== undefined && {
      columns: new Map(
        pairs("--column", column).map(([name, header]) => [parseName("--column", MEANINGS, name), header]),
      ),
    }),
    ...(where !== undefined && { where: new Map(pairs("--where", where)) }),
    ...(timeUnit !== undefined && { timeMs: requireTimeUnit("--time-unit", timeUnit) }),
    ...(throughputUnit !== undefined && { counted: requireThroughputUnit("--throughput-unit", throughputUnit) }),
    ...(decimal !== undefined && { decimal: parseName("--decimal", ["point", "comma"] as const, decimal) }),
    ...(table !== undefined && { table: parseInteger("--table", table) }),
    ...(rows !== undefined && { kind: parseName("--rows", ["summaries", "inferences"] as const, rows) }),
    ...(batch !== undefined && { miniBatchSize: parseInteger("--batch", batch, { least: 1, most: 65_536 }) }),
  };
}

function pairs(option: string, texts: readonly string[]): [string, string][] {
  return texts.map((text) => {
    const at = text.indexOf("=");
    if (at < 1 || at === text.length - 1)
      throw new UserError(`${option} ${JSON.stringify(text)}: allowed is NAME=VALUE`);
    return [text.slice(0, at), text.slice(at + 1)];
  });
}

function summaryLines({ folder, trials, cells, inferences, unknown, notes }: ImportSummary): string[] {
  const single = inferences === 0 ? "" : `, ${inferences} inferences`;
  return [
    ...notes.map((note) => `note: ${printable(note)}`),
    `imported ${trials} trials of ${cells} cells${single} into ${folder}; unknown: ${unknown.join(", ")}`,
  ];
}
