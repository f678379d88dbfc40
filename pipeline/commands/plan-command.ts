import { Command } from "commander";
import { parseNumber } from "../../src/core/units.js";
import { UserError } from "../../src/core/user-error.js";
import { REPLICATES } from "../../src/fit/bootstrap.js";
import { type FleetProblem, fleetProblem } from "../../src/fleet/fleet-question.js";
import { isLeastForMost, notesOn, settledPlan, timesOf } from "../../src/fleet/plan-fleet.js";
import type { PlanClass } from "../../src/plan/answer/plan-document.js";
import type { PlanOutcome } from "../../src/plan/answer/plan-outcome.js";
import { limitsOf, type UserLimit } from "../../src/plan/explore/binding-limits.js";
import type { PlanProblem } from "../../src/plan/question/plan-problem.js";
import { startClock } from "../../src/plan/solve/clock.js";
import { DEFAULT_GAP } from "../../src/plan/solve/solve-limits.js";
import { parsePositive, parseTimeMs } from "../arguments.js";
import { EXIT_INFEASIBLE } from "../exit-codes.js";
import { askedExtras, POINTS, requireExtras } from "../plan/asked-extras.js";
import { readFleet } from "../plan/plan-devices.js";
import { exportPlan } from "../plan/plan-export.js";
import { bindingExtras, NO_EXTRAS, planExtras } from "../plan/plan-extras.js";
import { planLines } from "../plan/plan-lines.js";
import { askedQuestion, type PlanFlags } from "../plan/plan-question.js";
import type { ServingFlags } from "../plan/served-model.js";
import { printable } from "../terminal/printable.js";
import { printResult } from "../terminal/terminal.js";

interface OutputFlags extends PlanFlags, ServingFlags {
  readonly timeLimit: string;
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
  asking(
    plan.command("relaxed"),
    "relaxed",
    "relaxed: most images that the devices classify in a time; --objective cost or energy: the least for that many",
  ).option("--budget <time>", "the time, e.g. 5s");
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
    .option("--deadline <time>", "the time they have, e.g. 5s, up to 1e12 ms");
}

function asking(command: Command, planClass: PlanClass, description: string): Command {
  return command
    .description(description)
    .argument("[dir]", "the dataset's folder, for devices that are given as a number")
    .option("--devices <number|file>", "a number of alike ones, up to 1000000, or a device file", "1")
    .option("--size <px>", "input size of datasets that are named without one; default: 224")
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
    .option(
      "--confidence <share>",
      "that all devices of the plan stay within their times, e.g. 0.95: upper prediction bounds in place of typical or worst times",
    )
    .option(
      "--latency <statistic>",
      "what stands for steady inferences: mean (what adds up) or median (the study's); default: mean",
    )
    .option("--max-latency <time>", "cap on a steady mini-batch: 50ms, or p99=50ms on its upper prediction bound")
    .option("--max-cost <amount>", "cap on the cost, up to 1e15")
    .option("--max-energy-j <joules>", "cap on the energy, up to 1e15")
    .option("--max-power-w <watts>", "cap on the power of the used devices together, up to 1e15")
    .option("--max-sizes <number>", "most different mini-batch sizes in the plan")
    .option("--mini-batch-size <number>", "the one mini-batch size for all devices, up to 65536")
    .option("--shorter-last", "allow a smaller and shorter last mini-batch (outside the study's models)")
    .option("--sensitivity", "say which constraint binds and what relaxing it buys")
    .option(
      "--uncertainty <resamples>",
      `solve again with so many functions that the measurements allow, up to ${REPLICATES}`,
    )
    .option("--pareto <points>", `also the least cost at so many deadlines up to the given one, at most ${POINTS.most}`)
    .option("--time-limit <seconds>", "how long solvers and searches may take together, up to 86400", "10")
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
  const extras = askedExtras(flags);
  const options = { limitMs: parseLimitMs(flags.timeLimit), gap: parseGap(flags.gap) };
  const clock = startClock(options.limitMs);
  const { workloads, question } = askedQuestion(planClass, flags);
  const fleet = readFleet(folder, flags, workloads);
  const first = fleetProblem({ ...question, fleet });
  requireExtras(extras, first.problem, fleet.measured);
  const printNotes = (notes: readonly string[]) =>
    process.stderr.write(notes.map((note) => `note: ${printable(note)}\n`).join(""));
  if (flags.export === "lp" || flags.export === "mps") {
    // It takes a plan to know how many images the program of a relaxed plan with a price is about, and how many devices
    // a confidence is of.
    const needsPlan = isLeastForMost(first) || question.confidence !== undefined;
    const settled = needsPlan ? await settledPlan(first, options) : undefined;
    const program = await exportPlan(flags, settled?.plan.problem ?? first.problem, undefined, fleet.sources);
    printNotes(notesOn(settled?.asked ?? first));
    process.stdout.write(program);
    return;
  }
  const { asked, plan } = await settledPlan(first, options);
  const { problem, outcome, notes } = plan;
  printNotes(notes);
  if (flags.export !== undefined) {
    process.stdout.write(await exportPlan(flags, problem, outcome, fleet.sources));
    return;
  }
  const explained = asked.nothingWithinLatency
    ? NO_EXTRAS
    : await planExtras({ asked: extras, problem, outcome, resampledTypes: asked.resampled, options });
  const figures = flags.figures === undefined ? [] : await drawn(flags.figures, problem, outcome);
  const second = { ...options, limitMs: Math.min(clock.leftMs(), LONGEST_SECOND_LOOK_MS) };
  const binding = await bindingExtras(problem, outcome, limitsOn(asked, problem), second);
  const json = () => ({
    ...plan.toJSON(),
    ...explained.json,
    ...(figures.length > 0 && { figures }),
    ...binding.json,
    ...(notes.length > 0 && { notes }),
  });
  printResult(flags.json, json, () => [
    ...planLines(outcome, problem.objective, timesOf(asked.question)),
    ...explained.lines,
    ...figures,
    ...binding.lines,
  ]);
  if (outcome.status === "infeasible") process.exitCode = EXIT_INFEASIBLE;
}

/** What the user limited: of the problem that was solved, and of the most images where these came first. */
function limitsOn(asked: FleetProblem, solved: PlanProblem): UserLimit[] {
  const { maxLatency } = asked.question;
  const limited = [...(isLeastForMost(asked) ? [{ ...asked.problem, objective: "images" as const }] : []), solved];
  return limited.flatMap((problem) => [
    ...limitsOf(problem),
    ...(maxLatency ? [{ name: maxLatency.name, without: { ...problem, types: asked.typesOfAnyLatency } }] : []),
  ]);
}

/** What draws takes longer to load than most plans take to solve. */
async function drawn(target: string, problem: PlanProblem, outcome: PlanOutcome): Promise<string[]> {
  const { figuresOfPlan } = await import("../../src/figures/figures-of-plan.js");
  const { renderFigure } = await import("../../src/figures/render-figure.js");
  const files: string[] = [];
  for (const figure of figuresOfPlan({ problem, outcome })) files.push(...(await renderFigure(figure, target)));
  return files;
}

/** For what there would be without the limits: nobody asked for that to be proven. */
const LONGEST_SECOND_LOOK_MS = 2000;

const LONGEST_SEARCH_S = 86_400;

/** A time to search, in seconds or with a unit. */
function parseLimitMs(text: string): number {
  const seconds = parseNumber(text) ?? parseTimeMs("--time-limit", text) / 1000;
  return 1000 * parsePositive("--time-limit", `${seconds}`, LONGEST_SEARCH_S);
}

function parseGap(text: string): number {
  const gap = parseNumber(text);
  if (gap === undefined || !(gap >= 0 && gap < 1)) {
    throw new UserError(`--gap ${JSON.stringify(text)}: allowed are numbers from 0 to below 1`);
  }
  return gap;
}
