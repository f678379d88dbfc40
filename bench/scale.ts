// What a design of many trials in many shards takes: it is planned, written by the writer of sweeps with simulated
// trials, one shard is killed half way and goes on, all are merged and checked. Each step is a process of its own,
// whose peak memory is told.
// Run: npm run bench:scale -- --out DIR [--trials 1000000 --shards 1000 --steps plan,write --json]
import { Command } from "commander";
import { printResult } from "../pipeline/terminal/terminal.js";
import { benchOptions, whole } from "./bench-options.js";
import type { ScaleStep } from "./scale-steps.js";
import { type StepResult, stepProcess, stepTable } from "./step-process.js";

interface Options {
  readonly out: string;
  readonly trials: number;
  readonly shards: number;
  readonly steps?: readonly string[];
  readonly json?: boolean;
}

/** In this order: each one works on what the one before has left. */
const STEPS: readonly { readonly step: ScaleStep; readonly what: string }[] = [
  { step: "plan", what: "all shards planned" },
  { step: "write", what: "all shards written" },
  { step: "resume", what: "the killed shard resumed" },
  { step: "merge", what: "merged" },
  { step: "check", what: "checked" },
];

const { out, trials, shards, steps, json } = benchOptions<Options>(
  new Command("bench:scale")
    .description("plan, write, resume, merge and check simulated trials in shards, each step in its own process")
    .requiredOption("--out <dir>", "the folder to write to, which holds nothing yet")
    .option("--trials <number>", "trials of the design, in thousands", whole(), 1_000_000)
    .option("--shards <number>", "shards", whole(), 1000)
    .option("--steps <names>", `of ${STEPS.map(({ step }) => step).join(", ")}; default: all`, (text) =>
      text.split(","),
    )
    .option("--json", "print one JSON object"),
);
const results: (StepResult & { readonly what: string })[] = [];
for (const { step, what } of STEPS) {
  if (steps !== undefined && !steps.includes(step)) continue;
  const result = await stepProcess("scale-steps.js", step, out, trials, shards);
  results.push({ what, ...result });
  if (json !== true) process.stderr.write(`${what}: ${result.seconds.toFixed(1)} s\n`);
}
printResult(
  json,
  () => ({ trials, shards, results }),
  () => [stepTable(results)],
);
