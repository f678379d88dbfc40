// The statistics in simulated worlds whose truth is known. Run: npm run bench:truth -- [--part stopping] [--count 400]
import { parseArgs } from "node:util";
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

const { values } = parseArgs({
  options: {
    part: { type: "string" },
    count: { type: "string", default: "400" },
    seed: { type: "string", default: "1" },
  },
});
for (const [name, table] of Object.entries(PARTS)) {
  if (values.part !== undefined && values.part !== name) continue;
  console.log(`\n## ${name}\n`);
  for await (const line of table(Number(values.count), Number(values.seed))) console.log(line);
}
