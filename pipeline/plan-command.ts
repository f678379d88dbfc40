import { Command } from "commander";
import { UserError } from "../src/core/user-error.js";
import { solvePlan } from "../src/plan/plan.js";
import { type PlanClass, planAsJson, questionOf } from "../src/plan/plan-document.js";
import { DEFAULT_GAP } from "../src/plan/solve-program.js";
import { parsePositive } from "./arguments.js";
import { readPlanDevices } from "./plan-devices.js";
import { exportPlan } from "./plan-export.js";
import { drawPlanFigures } from "./plan-figures.js";
import { finishIntervals } from "./plan-intervals.js";
import { explainedBy, type PlanExtras, planLines } from "./plan-lines.js";
import { basisOf, type PlanFlags, questionWithoutDevices, startOf } from "./plan-question.js";
import type { ServingFlags } from "./served-model.js";
import { printResult } from "./terminal.js";

interface OutputFlags extends PlanFlags, ServingFlags {
  readonly timeLimit?: string;
  readonly gap: string;
  readonly sensitivity?: boolean;
  readonly uncertainty?: string;
  readonly pareto?: string;
  readonly export?: string;
  readonly formulation: string;
  readonly figures?: string;
  readonly json?: boolean;
}

/** `batchwise plan`: the study's models and their extensions, over measured or given functions. */
export function planCommand(): Command {
  const plan = new Command("plan").description("choose mini-batch sizes and devices");
  withDeadline(asking(plan.command("soft"), "soft", "soft real-time: fewest devices that classify N images in a time"));
  asking(plan.command("relaxed"), "relaxed", "relaxed: most images that the devices classify in a time").option(
    "--budget <time>",
    "the time, e.g. 5s",
  );
  withDeadline(asking(plan.command("hard"), "hard", "hard real-time: soft with the worst observed or an upper bound"));
  asking(plan.command("best-effort"), "best-effort", "best effort: least cost or energy, without a deadline").option(
    "--images <number>",
    "images to classify",
  );
  return plan;
}

function withDeadline(command: Command): Command {
  return command
    .option("--images <number>", "images to classify")
    .option("--deadline <time>", "the time they have, e.g. 5s");
}

function asking(command: Command, planClass: PlanClass, description: string): Command {
  return command
    .description(description)
    .argument("[dir]", "the dataset's folder, for devices that are given as a number")
    .option("--devices <number|file>", "devices that there are: a number of alike ones, or a device file", "1")
    .option("--size <px>", "input size", "224")
    .option("--max-uses <number>", "most mini-batches of a device after its first; without it there is no limit")
    .option("--provider <name>", "execution provider, where the dataset has several")
    .option("--threads <number>", "threads of a device, where the dataset has several")
    .option("--concurrent <number>", "devices measured side by side, where the dataset has several")
    .option(
      "--workload <name=images>",
      "one of several workloads; repeat",
      (value: string, all: string[]) => [...all, value],
      [],
    )
    .option("--objective <name>", "devices, images, cost or energy")
    .option("--billing <name>", "what is paid: reserved (until the deadline) or busy (until a device finishes)")
    .option("--start <state>", "loaded, cold (the load counts) or warm (no warm-up)", "loaded")
    .option("--confidence <share>", "an upper prediction bound in place of the typical or worst time, e.g. 0.95")
    .option("--latency <statistic>", "what stands for steady inferences: median (the study's) or mean", "median")
    .option("--max-cost <amount>", "cap on the cost")
    .option("--max-energy-j <joules>", "cap on the energy")
    .option("--max-power-w <watts>", "cap on the power of the used devices together")
    .option("--max-sizes <number>", "most different mini-batch sizes in the plan")
    .option("--mini-batch-size <number>", "the one mini-batch size for all devices")
    .option("--shorter-last", "allow a smaller and shorter last mini-batch (outside the study's models)")
    .option("--sensitivity", "say which constraint binds and what relaxing it buys")
    .option("--uncertainty <resamples>", "solve again with so many resampled functions")
    .option("--pareto <points>", "also the least cost at so many deadlines up to the given one")
    .option("--time-limit <seconds>", "how long solvers and searches may take together", "10")
    .option("--gap <share>", "how far from its bound a least cost or energy counts as proven", String(DEFAULT_GAP))
    .option("--export <format>", "print lp, mps, triton or kserve in place of the plan")
    .option("--formulation <name>", "of an exported program: compact or literal", "compact")
    .option("--model-name <name>", "of an exported serving configuration", "classifier")
    .option("--storage-uri <uri>", "where KServe finds the model", "pvc://models/classifier")
    .option("--input-name <name>", "of the model's input, where a serving configuration should not take the known one")
    .option("--input-type <type>", "of that input: float32, float16 or uint8")
    .option("--input-dims <dims>", "of that input without its mini-batch, e.g. 3x224x224")
    .option("--given-devices <kind>", "what devices with given functions are, for a serving configuration: gpu or cpu")
    .option("--figures <dir>", "draw the plan into a folder")
    .option("--json", "print one JSON object")
    .action((folder: string | undefined, flags: OutputFlags) => answer(planClass, folder, flags));
}

async function answer(planClass: PlanClass, folder: string | undefined, flags: OutputFlags): Promise<void> {
  const asked = questionWithoutDevices(planClass, flags);
  const devices = readPlanDevices(
    folder,
    flags,
    asked.workloads.map(({ name }) => name),
  );
  const start = startOf(flags);
  const problem = {
    ...asked,
    types: devices.types(devices.measured ? basisOf(planClass, flags) : givenBasis(flags), start),
  };
  for (const note of devices.notes) process.stderr.write(`note: ${note}\n`);
  const options = {
    limitMs: 1000 * parsePositive("--time-limit", flags.timeLimit ?? "10"),
    gap: parseGap(flags.gap),
  };
  if (flags.export === "lp" || flags.export === "mps") {
    process.stdout.write(await exportPlan(flags, problem, undefined, devices.sources));
    return;
  }
  const outcome = await solvePlan(problem, options);
  if (flags.export !== undefined) {
    process.stdout.write(await exportPlan(flags, problem, outcome, devices.sources));
    return;
  }
  const extras: PlanExtras = await explainedBy(
    flags,
    problem,
    outcome,
    (index) => devices.types({ kind: "resample", index }, start),
    devices.measured,
    options,
  );
  const figures = flags.figures === undefined ? [] : await drawPlanFigures(flags.figures, problem, outcome);
  const question = questionOf(planClass, problem, start, devices.sources);
  const intervals = devices.measured ? finishIntervals(outcome, devices, start) : undefined;
  const json = { ...planAsJson(outcome, question, intervals), ...extras.json, ...(figures.length > 0 && { figures }) };
  printResult(flags.json, json, () => [...planLines(outcome, problem.objective), ...extras.lines, ...figures]);
}

function parseGap(text: string): number {
  const gap = Number(text);
  if (text.trim() === "" || !(gap >= 0 && gap < 1)) {
    throw new UserError(`--gap ${JSON.stringify(text)}: allowed are numbers from 0 to below 1`);
  }
  return gap;
}

/** Functions that are given are what the user vouches for; there is nothing to take a bound of. */
function givenBasis({ confidence }: PlanFlags) {
  if (confidence !== undefined) throw new UserError("--confidence: needs measured functions, these are given");
  return { kind: "typical" } as const;
}
