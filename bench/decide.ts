// How much of a grid a question needs, by replay. Run: npm run bench:decide -- [--part spells] [--count 416]
import { join } from "node:path";
import { Command, Option } from "commander";
import { PACKAGE_ROOT } from "../src/core/package-root.js";
import { trialsFor } from "../src/fit/confidence.js";
import { benchOptions, FROM_ZERO, whole } from "./bench-options.js";
import { fullGrid } from "./decide/full-grid.js";
import { type JudgedMethod, judgeMethod } from "./decide/judged-method.js";
import { type JudgedParts, judgeParts } from "./decide/judged-parts.js";
import type { Method } from "./decide/method.js";
import { bayesianOptimiser, quickSearch, randomOrder, spaceFilling, topTwoThompson } from "./decide/other-methods.js";
import { CONFIDENCE } from "./decide/promise.js";
import { bankedCases, type ReplayCase, simulatedCases } from "./decide/replayed-questions.js";
import { untilDecided } from "./decide/until-decided.js";

const PROMISING = "sweep --until, with --confidence 0.95";
const METHODS: Readonly<Record<string, Method>> = {
  "the full grid again": (replay) => fullGrid(replay, "the grid again"),
  "sweep --until": (replay) => untilDecided(replay),
  [PROMISING]: (replay) => untilDecided(replay, trialsFor(CONFIDENCE)),
  "random order": randomOrder,
  "space-filling": spaceFilling,
  "quick search (Model Analyzer)": quickSearch,
  "Bayesian optimiser": bayesianOptimiser,
  "top-two Thompson": topTwoThompson,
};
const SPELLS = 0.08;
/** Making a plan with a confidence takes a fit. */
const MOST_PROMISES = 416;

const PARTS: Readonly<Record<string, (count: number, seed: number) => ReplayCase[]>> = {
  quiet: (count, seed) => simulatedCases(count, seed, { spells: 0, withPulse: false }),
  spells: (count, seed) => simulatedCases(count, seed, { spells: SPELLS, withPulse: false }),
  pulse: (count, seed) => simulatedCases(count, seed, { spells: SPELLS, withPulse: true }),
  reference: (count, seed) => bankedCases(count, seed, join(PACKAGE_ROOT, "data", "reference-cpu")),
};

/** So many devices of a question to several. */
const SEVERAL = 3;

interface Options {
  readonly part?: string;
  readonly method?: string;
  readonly count: number;
  readonly seed: number;
}

const options = benchOptions<Options>(
  new Command("bench:decide")
    .description("ask many questions of simulated and of measured trials, and hold each answer against the full grid's")
    .addOption(new Option("--part <name>", "only this one").choices([...Object.keys(PARTS), "several"]))
    .addOption(new Option("--method <name>", "only this one").choices(Object.keys(METHODS)))
    .option("--count <number>", "questions to each machine", whole(), 416)
    .option("--seed <number>", "another set of questions and trials", whole(FROM_ZERO), 1),
);
for (const [name, casesOf] of Object.entries(PARTS)) {
  if (options.part !== undefined && options.part !== name) continue;
  const cases = casesOf(options.count, options.seed);
  console.log(`\n## ${name}: ${cases.length} questions\n`);
  console.log(
    "| method | time, of the full grid (worst) | of the own size's grid | processes | within 2 % of the full grid | capacity lost, mean (worst) | decided | right when decided | promises of 95 % kept |",
  );
  console.log("|---|---|---|---|---|---|---|---|---|");
  for (const [method, run] of Object.entries(METHODS)) {
    if (options.method !== undefined && method !== options.method) continue;
    console.log(lineOf(method, await judgeMethod(cases, run, method === PROMISING ? MOST_PROMISES : 0)));
  }
}

if (options.part === undefined || options.part === "several") {
  console.log(`\n## several: ${options.count} questions to ${SEVERAL} devices each\n`);
  console.log(
    "| machine | time, of the full grids (worst) | processes | capacity lost, mean (worst) | decided | parts decided | right when decided |",
  );
  console.log("|---|---|---|---|---|---|---|");
  for (const [name, casesOf] of Object.entries(PARTS)) {
    const cases = casesOf(SEVERAL * options.count, options.seed);
    console.log(partsLine(name, judgeParts(cases, SEVERAL)));
  }
}

function percent(share: number): string {
  return Number.isNaN(share) ? "–" : `${(100 * share).toFixed(1)} %`;
}

function partsLine(name: string, judged: JudgedParts): string {
  return `| ${[
    name,
    `${percent(judged.timeOfGrid)} (${percent(judged.mostOfGrid)})`,
    judged.processes.toFixed(1),
    `${percent(judged.regret)} (${percent(judged.worstRegret)})`,
    percent(judged.decided),
    percent(judged.partsDecided),
    percent(judged.right),
  ].join(" | ")} |`;
}

function lineOf(method: string, judged: JudgedMethod): string {
  const isDeciding = judged.decided > 0;
  return `| ${[
    method,
    `${percent(judged.timeOfGrid)} (${percent(judged.mostOfGrid)})`,
    percent(judged.timeOfOwnSize),
    judged.processes.toFixed(1),
    percent(judged.within),
    `${percent(judged.regret)} (${percent(judged.worstRegret)})`,
    isDeciding ? percent(judged.decided) : "–",
    isDeciding ? percent(judged.right) : "–",
    percent(judged.kept),
  ].join(" | ")} |`;
}
