// What a dataset of any size takes: generated hardware rows are resumed, closed, checked and aggregated into
// trial_features, from CSV and from Parquet, and many trials are described. Each step is a process of its own, whose
// peak memory is told. Run: npm run bench:dataset -- --out DIR [--rows 1000000 --trials 1000000 --steps resume,close
// --json]; a row takes 1.7 KB.
import { join } from "node:path";
import { Command } from "commander";
import { printResult } from "../pipeline/terminal/terminal.js";
import { benchOptions, whole } from "./bench-options.js";
import type { StepName } from "./dataset-steps.js";
import { type StepResult, stepProcess, stepTable } from "./step-process.js";

interface Options {
  readonly out: string;
  readonly rows: number;
  readonly trials: number;
  readonly steps?: readonly string[];
  readonly json?: boolean;
}

interface Step {
  readonly name: string;
  readonly step: StepName;
  readonly what: string;
  readonly dataset: "rows" | "trials";
}

/** In this order: each one works on what the one before has left. */
const STEPS: readonly Step[] = [
  { name: "generate", step: "generate", what: "generated", dataset: "rows" },
  { name: "resume", step: "resume", what: "resumed after a crash", dataset: "rows" },
  { name: "close", step: "close", what: "closed", dataset: "rows" },
  { name: "check", step: "check", what: "checked", dataset: "rows" },
  { name: "features", step: "features", what: "aggregated into trial_features from CSV", dataset: "rows" },
  { name: "parquet", step: "parquet", what: "hardware kept as Parquet", dataset: "rows" },
  { name: "parquet-check", step: "check", what: "checked, from Parquet", dataset: "rows" },
  { name: "parquet-features", step: "features", what: "aggregated into trial_features from Parquet", dataset: "rows" },
  { name: "trials", step: "many-trials", what: "trials alone generated and closed", dataset: "trials" },
  { name: "describe", step: "describe", what: "trials described", dataset: "trials" },
];

const { out, rows, trials, steps, json } = benchOptions<Options>(
  new Command("bench:dataset")
    .description(
      "generate hardware rows, and resume, close, check, aggregate and describe them, each in its own process",
    )
    .requiredOption("--out <dir>", "the folder to write to")
    .option("--rows <number>", "hardware rows", whole(), 1_000_000)
    .option("--trials <number>", "trials to describe", whole(), 1_000_000)
    .option("--steps <names>", `of ${STEPS.map(({ name }) => name).join(", ")}; default: all`, (text) =>
      text.split(","),
    )
    .option("--json", "print one JSON object"),
);
const results: (StepResult & { readonly what: string })[] = [];
for (const { name, step, what, dataset } of STEPS) {
  if (steps !== undefined && !steps.includes(name)) continue;
  const result = await stepProcess("dataset-steps.js", step, join(out, dataset), dataset === "rows" ? rows : trials);
  results.push({ what, ...result });
  if (json !== true) process.stderr.write(`${what}: ${result.seconds.toFixed(1)} s\n`);
}
printResult(
  json,
  () => ({ rows, trials, results }),
  () => [stepTable(results)],
);
