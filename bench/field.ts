// What becomes of files with mistakes and of killed processes: every kind of file that a command reads is mutated, and
// sweeps, trials, samplers, executions, exports and figures are killed and go on. Run: npm run bench:field --
// --count 2000 [--kills 100 --seed 1 --json]
import { Command } from "commander";
import { printResult, table } from "../pipeline/terminal/terminal.js";
import { benchOptions, FROM_ZERO, whole } from "./bench-options.js";
import { fuzz } from "./field/fuzz.js";
import { kills, VICTIMS } from "./field/kills.js";

interface Options {
  readonly count: number;
  readonly kills: number;
  readonly seed: number;
  readonly limit: number;
  readonly json?: boolean;
}

const {
  count,
  kills: killCount,
  seed,
  limit,
  json,
} = benchOptions<Options>(
  new Command("bench:field")
    .description("give commands files with mistakes, kill them, and look what is left")
    .option("--count <number>", "files with mistakes", whole(FROM_ZERO), 200)
    .option("--kills <number>", "processes killed with SIGKILL at random moments", whole(FROM_ZERO), 0)
    .option("--seed <number>", "another seed makes other mistakes", whole(FROM_ZERO), 1)
    .option("--limit <seconds>", "a command that takes longer hangs", whole(), 120)
    .option("--json", "print one JSON object"),
);
const EVERY = { cases: 100, kills: 10 };
const told = (done: number, of: number, every: number, what: string) => {
  if (!json && done % every === 0) process.stderr.write(`${done}/${of} ${what}\n`);
};
const found =
  count === 0
    ? undefined
    : await fuzz({ seed, count, limitMs: limit * 1000, onCase: (done) => told(done, count, EVERY.cases, "files") });
const ended =
  killCount === 0
    ? []
    : await kills({ seed, count: killCount, onKill: (done) => told(done, killCount, EVERY.kills, "kills") });
const wrongKills = ended.filter(({ wrong }) => wrong.length > 0);
printResult(
  json,
  () => ({
    seed,
    files: found && { ...found, count, endings: Object.fromEntries(found.endings) },
    kills: ended,
  }),
  () => [...(found === undefined ? [] : fileLines(found)), ...(killCount === 0 ? [] : killLines())],
);
if ((found?.faults.length ?? 0) + (found?.leftOver.length ?? 0) + wrongKills.length > 0) process.exitCode = 1;

function fileLines({ endings, faults, leftOver }: NonNullable<typeof found>): string[] {
  return [
    table(
      ["file", "done", "failed", "refused", "no plan"],
      [...endings].map(([kind, counts]) => [kind, ...counts]),
    ),
    "",
    ...faults.map(({ number, kind, args, wrong }) => `${number}, ${kind}: ${args.join(" ")}: ${wrong}`),
    ...leftOver.map((name) => `left behind: ${name}`),
    `${count} files with mistakes: ${faults.length} ended wrongly, ${leftOver.length} left something behind`,
  ];
}

function killLines(): string[] {
  return [
    table(
      ["killed", "times", "while it ran", "wrong"],
      VICTIMS.map((victim) => {
        const of = ended.filter((each) => each.victim === victim);
        return [
          victim,
          of.length,
          of.filter(({ killed }) => killed).length,
          of.filter(({ wrong }) => wrong.length > 0).length,
        ];
      }),
    ),
    "",
    ...wrongKills.map(({ victim, afterMs, wrong }) => `${victim} after ${afterMs} ms: ${wrong.join("; ")}`),
    `${killCount} kills: ${wrongKills.length} went wrong`,
  ];
}
