import { Command, CommanderError } from "commander";
import { readPackageVersions } from "../src/core/package-root.js";
import { oneLine } from "../src/core/printable.js";
import { failureOf, reasonOf } from "../src/core/reason-of.js";
import { UserError } from "../src/core/user-error.js";
import { COMMANDS } from "./commands.js";
import { EXIT_FAILED, EXIT_INFEASIBLE, EXIT_USER_ERROR } from "./exit-codes.js";
import { NoPlanError } from "./plan/no-plan-error.js";
import { withHelp } from "./terminal/command-help.js";

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0); // the reader, e.g. head, has seen enough
  process.stderr.write(`batchwise: output: ${reasonOf(error)}\n`);
  process.exit(EXIT_FAILED);
});

// What a message can't be written to has no say in how a command ends.
process.stderr.on("error", () => {});

const program = new Command("batchwise")
  .description(
    "measure an image classifier over input sizes and mini-batch sizes, and plan which mini-batch on how many devices meets a deadline",
  )
  .version(readPackageVersions().batchwise, "-V, --version", "show the version");
const asked = process.argv[2] ?? "";
for (const [name, load] of Object.entries(COMMANDS)) {
  if (name === asked || !Object.hasOwn(COMMANDS, asked)) program.addCommand(await load());
}
withHelp(program, "README.md", [
  "plan soft data/reference-cpu --images 10000 --deadline 10s --devices 32",
  "reproduce --out data/quick",
]);
exitWithTwoOnWrongArguments(program);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : EXIT_USER_ERROR;
  else if (error instanceof UserError) fail(EXIT_USER_ERROR, oneLine(error.message));
  else if (error instanceof NoPlanError) fail(EXIT_INFEASIBLE, oneLine(error.message));
  else fail(EXIT_FAILED, process.env.BATCHWISE_DEBUG ? String((error as Error).stack) : oneLine(failureOf(error)));
}

function fail(exitCode: number, message: string): void {
  process.stderr.write(`batchwise: ${message}\n`);
  process.exitCode = exitCode;
}

/** Commander exits with 1 on wrong arguments; here that means the job failed. */
function exitWithTwoOnWrongArguments(command: Command): void {
  command.exitOverride().configureOutput({
    outputError: (text, write) => write(text.replace(/^error: /, "batchwise: ")),
  });
  for (const subcommand of command.commands) exitWithTwoOnWrongArguments(subcommand);
}
