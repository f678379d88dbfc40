// The statistics in simulated worlds whose truth is known. Run: npm run bench:truth -- [--part stopping] [--count 400]
import { Command, Option } from "commander";
import { benchOptions, FROM_ZERO, whole } from "./bench-options.js";
import { claimsTable } from "./truth/claims.js";
import { coefficientsTable } from "./truth/coefficients.js";
import { driversTable } from "./truth/drivers.js";
import { functionsTable } from "./truth/functions.js";
import { levelsTable } from "./truth/levels.js";
import { memoryTable } from "./truth/memory.js";
import { processesTable } from "./truth/processes.js";
import { promisesTable } from "./truth/promises.js";
import { pulseTable } from "./truth/pulse.js";
import { roundsTable } from "./truth/rounds.js";
import { stoppingTable } from "./truth/stopping.js";

const PARTS = {
  stopping: stoppingTable,
  drivers: driversTable,
  functions: functionsTable,
  coefficients: coefficientsTable,
  levels: levelsTable,
  memory: memoryTable,
  promises: promisesTable,
  processes: processesTable,
  pulse: pulseTable,
  rounds: roundsTable,
  claims: claimsTable,
};

interface Options {
  readonly part?: string;
  readonly count: number;
  readonly seed: number;
}

const options = benchOptions<Options>(
  new Command("bench:truth")
    .description("hold the statistics against simulated worlds whose truth is known")
    .addOption(new Option("--part <name>", "only this one").choices(Object.keys(PARTS)))
    .option("--count <number>", "simulated for each line", whole(), 400)
    .option("--seed <number>", "another set of worlds", whole(FROM_ZERO), 1),
);
for (const [name, table] of Object.entries(PARTS)) {
  if (options.part !== undefined && options.part !== name) continue;
  console.log(`\n## ${name}\n`);
  for await (const line of table(options.count, options.seed)) console.log(line);
}
