import { Command } from "commander";
import { counted } from "../../src/core/counted.js";
import { formatDuration } from "../../src/core/units.js";
import { UserError } from "../../src/core/user-error.js";
import { readDataPackage } from "../../src/dataset/data-package.js";
import { readPart } from "../../src/dataset/part-file.js";
import { type ExecutionRow, executionsTable } from "../../src/dataset/tables.js";
import { type Calibration, calibrationOf } from "../../src/execute/calibration.js";
import { datasetOf, type ExecuteOptions, executePlan } from "../../src/execute/execute-plan.js";
import { openExecutions } from "../../src/execute/executions-writer.js";
import { readPlanDocument } from "../../src/plan/answer/read-plan-document.js";
import { parseInteger } from "../arguments.js";
import { EXIT_FAILED, EXIT_INTERRUPTED } from "../exit-codes.js";
import { OUTPUT, withHelp } from "../terminal/command-help.js";
import { printResult, table, tell } from "../terminal/terminal.js";

interface ExecuteFlags {
  readonly out?: string;
  readonly report?: string;
  readonly figures?: string;
  readonly provider?: string;
  readonly threads?: string;
  readonly anyNeighbours?: boolean;
  readonly json?: boolean;
}

/** `batchwise execute`: run a plan here, or report how well executed plans were predicted. */
export function executeCommand(): Command {
  const command = new Command("execute")
    .description("run a plan on this machine and record what was predicted and measured")
    .argument("[plan]", "the plan, as plan --json wrote it")
    .optionsGroup("The execution:")
    .option("--out <dir>", "the dataset to add the executions to; default: the one that the plan was made from")
    .option("--provider <name>", "the execution provider here; a plan of another one is refused")
    .option("--threads <number>", "the threads of a device here; a plan of other devices is refused")
    .option("--any-neighbours", "run also a plan whose devices were measured with other ones beside them")
    .optionsGroup("In place of an execution:")
    .option("--report <dir>", "in place of an execution: predicted against measured of a dataset's executions")
    .option("--figures <dir>", "draw the report into a folder")
    .optionsGroup(OUTPUT)
    .option("--json", "print one JSON object")
    .action(async (plan: string | undefined, flags: ExecuteFlags) => {
      if (flags.report !== undefined) return report(flags.report, flags);
      if (flags.figures !== undefined) throw new UserError("--figures: allowed with --report only");
      if (plan === undefined) throw new UserError("execute: no plan is given, allowed without one is --report");
      await execute(plan, flags);
    });
  return withHelp(command, "docs/execution.md", [
    "execute plan.json --out data/executed",
    "execute --report data/executed --figures data/executed/figures",
  ]);
}

async function execute(path: string, flags: ExecuteFlags): Promise<void> {
  const plan = readPlanDocument(path);
  const { provider, threads, anyNeighbours } = flags;
  const dataset = datasetOf(plan);
  const out = flags.out ?? dataset;
  const options: ExecuteOptions = {
    ...(provider !== undefined && { provider }),
    ...(threads !== undefined && { threads: parseInteger("--threads", threads) }),
    ...(anyNeighbours && { anyNeighbours }),
  };
  const executions = openExecutions(out, dataset);
  let rows: ExecutionRow[] | undefined;
  try {
    rows = await untilInterrupted((signal) => executePlan(plan, { ...options, signal }));
    if (rows !== undefined) await executions.append(rows);
  } finally {
    executions.close();
  }
  if (rows === undefined) {
    tell("stopped: nothing is recorded of a plan that did not end");
    process.exitCode = EXIT_INTERRUPTED;
    return;
  }
  printResult(
    flags.json,
    () => ({ dataset: out, devices: rows }),
    () => executionLines(rows, out),
  );
  if (rows.some(({ measuredFinishMs }) => measuredFinishMs === undefined)) process.exitCode = EXIT_FAILED;
}

/** @returns undefined after Ctrl-C, when every process of the plan has ended */
async function untilInterrupted<Result>(run: (signal: AbortSignal) => Promise<Result>): Promise<Result | undefined> {
  const controller = new AbortController();
  const interrupt = () => controller.abort();
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  try {
    return await run(controller.signal);
  } catch (error) {
    if (controller.signal.aborted) return undefined;
    throw error;
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
}

function executionLines(rows: readonly ExecutionRow[], out: string): string[] {
  const time = (ms: number | undefined) => (ms === undefined ? "" : formatDuration(ms));
  return [
    table(
      ["device", "type", "mini-batch size", "mini-batches", "images", "predicted", "measured", "deadline"],
      rows.map((row) => [
        row.device,
        row.type,
        row.miniBatchSize,
        row.miniBatches,
        row.imagesDone,
        time(row.predictedFinishMs),
        time(row.measuredFinishMs),
        row.deadline ?? "none",
      ]),
    ),
    ...rows.flatMap(({ device, detail }) => (detail === undefined ? [] : [`device ${device}: ${detail}`])),
    "",
    `recorded in ${out}`,
  ];
}

async function report(folder: string, { figures, json }: ExecuteFlags): Promise<void> {
  readDataPackage(folder);
  const rows = readPart(folder, executionsTable);
  const calibration = calibrationOf(rows);
  if (calibration.plans.length === 0) throw new UserError(`dataset ${folder}: holds no executions`);
  const files = figures === undefined ? [] : await drawReport(rows, figures);
  const drawn = files.length > 0 && { figures: files };
  printResult(
    json,
    () => ({ ...calibration, ...drawn }),
    () => [...calibrationLines(calibration), ...files],
  );
}

/** An execution must not wait until what draws is loaded. */
async function drawReport(rows: readonly ExecutionRow[], target: string): Promise<string[]> {
  const { FIGURES } = await import("../../src/figures/figure-registry.js");
  const { writeFigures } = await import("../../src/figures/write-figures.js");
  return await writeFigures([FIGURES.executions.calibration(rows)], target);
}

function calibrationLines({ plans, devices, medianRatio, medianError, coverage }: Calibration): string[] {
  const share = (value: number | undefined) => (value === undefined ? "not known" : `${(100 * value).toFixed(1)} %`);
  return [
    table(
      ["plan", "devices", "predicted", "measured", "deadline"],
      plans.map(({ planId, devices: used, predictedFinishMs, measuredFinishMs, deadline }) => [
        planId,
        used,
        formatDuration(predictedFinishMs),
        measuredFinishMs === undefined ? "failed" : formatDuration(measuredFinishMs),
        deadline ?? "none",
      ]),
    ),
    "",
    `${counted(plans.length, "plan")}, ${counted(devices, "device")}: measured is ${share(medianRatio)} of predicted in the median, off by ${share(medianError)}; ${share(coverage)} fell into the 90 % prediction interval`,
  ];
}
