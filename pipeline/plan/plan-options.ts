import type { Command } from "commander";
import { REPLICATES } from "../../src/fit/bootstrap.js";
import type { PlanClass } from "../../src/plan/answer/plan-document.js";
import { POINTS } from "../../src/plan/explore/pareto-front.js";
import { DEFAULT_GAP } from "../../src/plan/solve/solve-limits.js";
import { OUTPUT, REQUIRED, withHelp } from "../terminal/command-help.js";

const IMAGES = ["--images <number>", "images to classify; in their place --workload, for several workloads"] as const;
const DEADLINE = ["--deadline <time>", "the time they have, e.g. 5s or 10h, up to 1e12 ms"] as const;

/** What a class of plans is, what it can't do without, and how it is asked. */
interface ClassHelp {
  readonly description: string;
  readonly required: readonly (readonly [flags: string, description: string])[];
  readonly examples: readonly [string, string];
}

const CLASSES: Readonly<Record<PlanClass, ClassHelp>> = {
  soft: {
    description: "soft real-time: fewest devices that classify N images in a time",
    required: [IMAGES, DEADLINE],
    examples: [
      "plan soft data/reference-cpu --images 10000 --deadline 10s --devices 32",
      "plan soft data/reference-cpu --images 10000 --deadline 1min --devices 32 --confidence 0.95",
    ],
  },
  relaxed: {
    description:
      "relaxed: most images that the devices classify in a time; --objective cost or energy: the least for that many",
    required: [["--budget <time>", "the time, e.g. 5s or 10h"]],
    examples: [
      "plan relaxed data/reference-cpu --budget 10s --devices 4",
      "plan relaxed --budget 10s --devices devices.json --objective cost",
    ],
  },
  hard: {
    description: "hard real-time: soft with the worst observed or an upper bound",
    required: [IMAGES, DEADLINE],
    examples: [
      "plan hard data/reference-cpu --images 10000 --deadline 20s --devices 32",
      "plan hard data/reference-cpu --images 8 --deadline 1s --mini-batch-size 8",
    ],
  },
  "best-effort": {
    description: "best effort: least cost or energy, without a deadline",
    required: [IMAGES],
    examples: [
      "plan best-effort --images 10000 --devices devices.json",
      "plan best-effort --images 10000 --devices devices.json --objective energy",
    ],
  },
};

/** The arguments, options and help of a class of plans. */
export function withPlanOptions(command: Command, planClass: PlanClass): Command {
  const { description, required, examples } = CLASSES[planClass];
  command
    .summary(description)
    .description(`${description}; exits with 3 where there is no plan`)
    .argument("[dir]", "the dataset's folder, for devices that are given as a number")
    .optionsGroup(REQUIRED);
  for (const [flags, about] of required) command.option(flags, about);
  command
    .optionsGroup("Devices:")
    .option("--devices <number|file>", "a number of alike ones, up to 1000000, or a device file", "1")
    .option("--device <name>", "a published device of `devices list`, in place of a dataset")
    .option("--size <px>", "input size of datasets that are named without one; default: 224")
    .option("--max-uses <number>", "most mini-batches of a device after its first; without it there is no limit")
    .option("--provider <name>", "execution provider, where the dataset has several")
    .option("--threads <number>", "threads of a device, where the dataset has several")
    .option("--concurrent <number>", "devices measured side by side, where the dataset has several")
    .option("--host <hash>", "the host, where the dataset has several that are apart (fit says so)")
    .optionsGroup("Goal and limits:")
    .option("--workload <name=images>", "one of several workloads; repeat", (value: string, all: string[] = []) => [
      ...all,
      value,
    ])
    .option("--objective <name>", "devices, images, cost or energy")
    .option("--billing <name>", "what is paid: reserved (until the deadline) or busy (until a device finishes)")
    .option("--max-latency <time>", "cap on a steady mini-batch: 50ms, or p99=50ms on its upper prediction bound")
    .option("--max-cost <amount>", "cap on the cost, up to 1e15")
    .option("--max-energy-j <joules>", "cap on the energy, up to 1e15")
    .option("--max-power-w <watts>", "cap on the power of the used devices together, up to 1e15")
    .option("--max-sizes <number>", "most different mini-batch sizes in the plan")
    .option("--mini-batch-size <number>", "the one mini-batch size for all devices, up to 65536")
    .option("--shorter-last", "allow a smaller and shorter last mini-batch (outside the study's models)")
    .optionsGroup("Times:")
    .option(
      "--start <state>",
      "loaded, cold (the load counts) or warm (no warm-up); default: loaded, or warm where warm-up is not known",
    )
    .option(
      "--warmup-from <ratio|dir>",
      "warm-up where it is not known: a number of times the latency, or as many as in a dataset",
    )
    .option(
      "--confidence <share>",
      "that all devices of the plan stay within their times, e.g. 0.95: upper prediction bounds in place of typical or worst times",
    )
    .option(
      "--latency <statistic>",
      "what stands for steady inferences: mean (what adds up), median (the study's), or p90, p95, p99 where they were recorded; default: mean",
    )
    .optionsGroup("Beside the plan:")
    .option("--sensitivity", "say what limits the plan and what relaxing it buys")
    .option(
      "--uncertainty <resamples>",
      `solve again with so many functions that the measurements allow, up to ${REPLICATES}`,
    )
    .option("--pareto <points>", `also the least cost at so many deadlines up to the given one, at most ${POINTS.most}`)
    .option("--figures <dir>", "draw the plan into a folder")
    .optionsGroup("Search:")
    .option("--time-limit <seconds>", "how long solvers and searches may take together, up to 86400", "10")
    .option("--gap <share>", "how far from its bound a least cost or energy counts as proven", String(DEFAULT_GAP))
    .optionsGroup("Export:")
    .option("--export <format>", "print lp, mps, triton or kserve in place of the plan")
    .option("--formulation <name>", "of an exported program: compact or literal", "compact")
    .option("--model-name <name>", "of an exported serving configuration", "classifier")
    .option("--storage-uri <uri>", "where KServe finds the model", "pvc://models/classifier")
    .option("--input-name <name>", "of the model's input, where a serving configuration should not take the known one")
    .option("--input-type <type>", "of that input: float32, float16, uint8 or another")
    .option("--input-dims <dims>", "of that input without its mini-batch, e.g. 3x224x224")
    .option("--given-devices <kind>", "what devices with given functions are, for a serving configuration: gpu or cpu")
    .optionsGroup(OUTPUT)
    .option("--json", "print one JSON object, its times in ms");
  return withHelp(command, "docs/plans.md", examples);
}
