import { Command } from "commander";
import { checkValue } from "../../src/core/check-value.js";
import { UserError } from "../../src/core/user-error.js";
import { PART_FORMATS } from "../../src/dataset/part.js";
import { RETRIED_STATUSES } from "../../src/dataset/tables.js";
import { type Design, type DesignChanges, designSchema, modelFrom, readDesign } from "../../src/design/design.js";
import { parseShard } from "../../src/design/shard.js";
import { runPairedSweep } from "../../src/measure/paired-sweep.js";
import { runSweep } from "../../src/measure/sweep.js";
import type { SweepOptions, SweepSummary } from "../../src/measure/sweep-targets.js";
import { sizeOfShape } from "../../src/model/model-input.js";
import { parseInteger, parseIntegers, parseName, parseNames, parsePositive } from "../arguments.js";
import { EXIT_INTERRUPTED } from "../exit-codes.js";
import { type InputFlags, parseInputFlags, withInputOptions } from "../input-options.js";
import { CALLED_AS, OUTPUT, REQUIRED, withHelp } from "../terminal/command-help.js";
import { sweepAsJson, sweepLines } from "../terminal/sweep-lines.js";
import { withProgress } from "../terminal/sweep-progress.js";
import { printResult } from "../terminal/terminal.js";
import { requireNoneUntil, sweepUntil } from "../until/sweep-until.js";

/** The design's file, and what takes the place of values in it. */
interface DesignFlags extends InputFlags {
  design: string;
  sizes?: string;
  batches?: string;
  trials?: string;
  provider?: string;
  threads?: string;
  concurrent?: string;
  model?: string;
  memoryLimitMib?: string;
  seed?: string;
}

interface SweepFlags extends DesignFlags {
  out: string;
  resume: boolean;
  retry?: string;
  again?: string;
  shard?: string;
  against?: string;
  againstOut?: string;
  until?: string;
  indifference?: string;
  budget?: string;
  format: string;
  processNames?: boolean;
  json?: boolean;
}

/** `batchwise sweep`: measure a design, or go on where an earlier run stopped. */
export function sweepCommand(): Command {
  const command = new Command("sweep")
    .description("measure a design; running it again goes on where it stopped")
    .optionsGroup(REQUIRED)
    .requiredOption("--design <file>", "the design, a JSON file")
    .requiredOption("--out <dir>", "the dataset's folder")
    .optionsGroup("A dataset that is there:")
    .option("--resume", "go on with the dataset in the folder", true)
    .option("--no-resume", "refuse a folder that holds a dataset already")
    .option(
      "--retry <statuses>",
      `measure trials again that ended so, separated by commas: ${RETRIED_STATUSES.join(", ")}`,
    )
    .option("--again <number>", "measure each cell so often once more, in a session of its own")
    .optionsGroup("Only what something needs:")
    .option(
      "--until <what>",
      'measure until it is known: "plan …" with a question of plan, "precision 5%" of every cell, or claims; exits with 4 where it stays undecided',
    )
    .option("--indifference <percent>", "of a plan: what counts as just as good; default: 2%")
    .option(
      "--budget <time|percent>",
      "most time for it, or most per cent of the estimated time of the whole design; default: 9% for a plan, and at least 1min, none for the others",
    )
    .optionsGroup("Many machines:")
    .option("--shard <i/n>", "measure the i-th of n disjoint parts, as in 2/8; join them with dataset merge")
    .optionsGroup("Two designs in turns:")
    .option("--against <file>", "a second design, with one device as the first, measured in turns with it")
    .option("--against-out <dir>", "the folder of its dataset")
    .optionsGroup("In place of what the design says:")
    .option("--sizes <px>", "input sizes, separated by commas")
    .option("--batches <sizes>", "mini-batch sizes, separated by commas, or staggered")
    .option("--trials <number>", "fresh processes per cell")
    .option("--provider <name>", "execution provider")
    .option("--threads <number>", "threads of one operator")
    .option("--concurrent <number>", "devices that run each cell side by side")
    .option("--model <file>", "an ONNX file, or the name of a built-in model");
  withInputOptions(command)
    .option("--memory-limit-mib <mib>", "memory budget of a device")
    .option("--seed <number>", "seed of images and order")
    .optionsGroup(OUTPUT)
    .option("--format <format>", "csv or parquet: what the hardware of a finished run is kept as", "csv")
    .option("--process-names", "keep in the dataset which processes ran beside the sweep, by name and id")
    .option("--json", "print one JSON object at the end")
    .action(async (flags: SweepFlags) => {
      const design = withFlags(readDesign(flags.design, changesOf(flags)), flags);
      if (flags.until !== undefined) return sweepUntil(design, { ...flags, until: flags.until });
      requireNoneUntil(flags);
      if (flags.against !== undefined || flags.againstOut !== undefined) return sweepInTurns(design, flags);
      const { out, resume, retry, again, shard, format, processNames = false } = flags;
      const summary = await sweepWithProgress(design, out, {
        ...(shard !== undefined && { shard: parseShard("--shard", shard) }),
        resume,
        processNames,
        format: parseName("--format", PART_FORMATS, format),
        ...(again !== undefined && { again: parseInteger("--again", again) }),
        ...(retry !== undefined && { retry: parseNames("--retry", RETRIED_STATUSES, retry) }),
      });
      printResult(
        flags.json,
        () => sweepAsJson(summary),
        () => sweepLines(summary),
      );
      if (!summary.complete) process.exitCode = EXIT_INTERRUPTED;
    });
  return withHelp(command, "docs/datasets.md", [
    "sweep --design pipeline/designs/quick.json --out data/quick",
    "sweep --design pipeline/designs/quick.json --out data/shards --shard 2/8",
  ]);
}

/** Two sweeps in turns; what takes the place of values in the design is of the first alone. */
async function sweepInTurns(design: Design, flags: SweepFlags): Promise<void> {
  const { out, against, againstOut, resume, format, processNames = false } = flags;
  if (against === undefined || againstOut === undefined) {
    throw new UserError("--against and --against-out: required are both, a design and the folder of its dataset");
  }
  if (flags.again !== undefined || flags.retry !== undefined || flags.shard !== undefined) {
    throw new UserError("--against: not with --again, --retry or --shard, which leave trials without their partner");
  }
  const options = { resume, processNames, format: parseName("--format", PART_FORMATS, format) };
  const other = { design: readDesign(against), folder: againstOut };
  const [a, b] = await withProgress((progress) =>
    runPairedSweep({ ...options, ...progress, a: { design, folder: out }, b: other }),
  );
  printResult(
    flags.json,
    () => ({ a: sweepAsJson(a), b: sweepAsJson(b) }),
    () => [...sweepLines(a), ...sweepLines(b), `compare them: ${CALLED_AS} compare ${out} ${againstOut}`],
  );
  if (!a.complete) process.exitCode = EXIT_INTERRUPTED;
}

/** Runs a sweep with progress on stderr; Ctrl-C ends it cleanly, a second one at once. */
export async function sweepWithProgress(
  design: Design,
  folder: string,
  options: Pick<SweepOptions, "shard" | "resume" | "retry" | "again" | "format" | "processNames"> = {},
): Promise<SweepSummary> {
  return withProgress((progress) => runSweep({ ...options, ...progress, design, folder }));
}

/** Of a design with mini-batch sizes by input size only those of the sizes that are left. */
function batchesOf({ mini_batch_sizes }: Design, sizes: readonly number[], batches: string | undefined): unknown {
  if (batches !== undefined) return batches === "staggered" ? batches : parseIntegers("--batches", batches);
  if (Array.isArray(mini_batch_sizes)) return mini_batch_sizes;
  return Object.fromEntries(Object.entries(mini_batch_sizes).filter(([size]) => sizes.includes(Number(size))));
}

/** What the flags say of the model and its input: where a design has no sizes, these are the model's. */
function changesOf(flags: DesignFlags): DesignChanges {
  const { shape, ...input } = parseInputFlags(flags);
  return {
    replaced: {
      ...(flags.model !== undefined && { model: modelFrom(".", flags.model) }),
      ...(shape !== undefined && {
        input_sizes_px: [sizeOfShape(shape)],
        input_shape: `${shape.heightPx}x${shape.widthPx}`,
      }),
      ...input,
    },
    sizesPx: flags.sizes === undefined ? undefined : parseIntegers("--sizes", flags.sizes),
  };
}

/** A design with what the flags say in place of its own. */
export function withFlags(design: Design, flags: DesignFlags): Design {
  const seed = flags.seed === undefined ? undefined : Number(flags.seed);
  if (seed !== undefined && !/^\d+$/.test(flags.seed ?? "")) {
    throw new UserError(`--seed ${JSON.stringify(flags.seed)}: allowed are whole numbers from 0`);
  }
  const device = {
    ...design.devices[0],
    ...(flags.provider !== undefined && { provider: flags.provider }),
    ...(flags.threads !== undefined && { threads: parseInteger("--threads", flags.threads) }),
    ...(flags.concurrent !== undefined && { concurrent: parseInteger("--concurrent", flags.concurrent) }),
  };
  const otherDevice = [flags.provider, flags.threads, flags.concurrent].some((flag) => flag !== undefined);
  const sizes = flags.sizes === undefined ? design.input_sizes_px : parseIntegers("--sizes", flags.sizes);
  const { input_shape: _, ...square } = design;
  return checkValue(
    {
      ...(flags.sizes === undefined ? design : square),
      input_sizes_px: sizes,
      mini_batch_sizes: batchesOf(design, sizes, flags.batches),
      ...(flags.trials !== undefined && { trials: parseInteger("--trials", flags.trials) }),
      ...(otherDevice && { devices: [device] }),
      ...(flags.memoryLimitMib !== undefined && {
        memory_limit_mib: parsePositive("--memory-limit-mib", flags.memoryLimitMib),
      }),
      ...(seed !== undefined && { seed }),
    },
    `design ${flags.design} with flags`,
    designSchema,
  );
}
