// Holds the planner's promise against an oracle that shares no code with it: thousands of random small questions of
// every kind, each answered by trying. Run: npm run bench:proofs [-- --questions 5000 --seed 1 --busy 2
// --limits 1,50,10000 --exports 25 --first 0 --json]
import { Command } from "commander";
import { seededRandom } from "../src/core/seeded-random.js";
import { benchOptions, FROM_ZERO, whole } from "./bench-options.js";
import { ask } from "./proofs/ask.js";
import { keepBusy } from "./proofs/busy.js";
import { bestValue } from "./proofs/exhaustive.js";
import { inUnit } from "./proofs/judge.js";
import { judgeExports } from "./proofs/judge-exports.js";
import { otherSolvers } from "./proofs/other-solvers.js";
import { proofsTally } from "./proofs/proofs-table.js";
import { commandOf, kindOf, problemOf } from "./proofs/question.js";
import { randomQuestion } from "./proofs/random-question.js";

interface Options {
  readonly questions: number;
  readonly first: number;
  readonly seed: number;
  readonly busy: number;
  readonly limits: readonly number[];
  readonly exports: number;
  readonly json?: boolean;
}

const options = benchOptions<Options>(
  new Command("bench:proofs")
    .description("ask random small questions of every kind, and hold the answers against exhaustive search")
    .option("--questions <number>", "how many", whole(), 5000)
    .option("--first <number>", "the number of the first one", whole(FROM_ZERO), 0)
    .option("--seed <number>", "of the questions", whole(FROM_ZERO), 1)
    .option("--busy <threads>", "threads that keep the machine busy beside it", whole(FROM_ZERO), 0)
    .option(
      "--limits <ms,ms>",
      "time limits with which each question is asked",
      (text) => text.split(",").map(whole()),
      [10_000],
    )
    .option("--exports <number>", "about one question in so many is also exported; 0 for none", whole(FROM_ZERO), 25)
    .option("--json", "print one JSON object"),
);
const { questions, first, seed, exports: every, limits: limitsMs } = options;
const solvers = every > 0 ? otherSolvers() : [];
const lots = seededRandom(seed, "exports");
const tally = proofsTally();
const failures: object[] = [];
let [tooLarge, exported] = [0, 0];

const stop = keepBusy(options.busy);
for (let index = first; index < first + questions; index++) {
  const question = randomQuestion(seed, index);
  const problem = problemOf(question);
  let best: bigint | undefined;
  try {
    best = bestValue(problem);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    tooLarge++;
    continue;
  }
  const verdict = await ask(problem, best, limitsMs);
  tally.add(kindOf(question), verdict);
  const isExported = every > 0 && lots.uniform() < 1 / every;
  const wrongs: object[] = [...verdict.failures];
  if (isExported) {
    exported++;
    wrongs.push(...(await judgeExports(problem, best, solvers)).map((failure) => ({ wrong: "export", ...failure })));
  }
  if (wrongs.length === 0) continue;
  const expected = best === undefined ? "no plan" : inUnit(problem, best);
  const [command, { devices }] = [commandOf(question), question];
  failures.push({ seed, index, kind: kindOf(question), expected, wrongs, command, devices: { devices } });
}
await stop();

const table = tally.table();
const names = solvers.map(({ name, format }) => `${name} ${format}`);
if (options.json) console.log(JSON.stringify({ table, tooLarge, exported, solvers: names, failures }, null, 2));
else {
  for (const failure of failures) console.log(JSON.stringify(failure));
  for (const row of [table.columns, ...table.values]) {
    console.log(row.map((cell, place) => (place === 0 ? String(cell).padEnd(52) : String(cell).padStart(17))).join(""));
  }
  console.log(`${exported} exported to ${names.join(", ")}; ${tooLarge} too large to try; ${failures.length} wrong`);
}
if (failures.length > 0) process.exitCode = 1;
