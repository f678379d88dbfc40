#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { reasonOf } from "../src/core/json-file.js";
import { readPackageVersions } from "../src/core/package-root.js";
import { UserError } from "../src/core/user-error.js";
import { claimsCommand } from "./claims-command.js";
import { datasetCommand } from "./dataset-command.js";
import { designCommand } from "./design-command.js";
import { executeCommand } from "./execute-command.js";
import { figuresCommand } from "./figures-command.js";
import { fitCommand } from "./fit-command.js";
import { modelCommand } from "./model-command.js";
import { monitorCommand } from "./monitor-command.js";
import { planCommand } from "./plan-command.js";
import { rankCommand } from "./rank-command.js";
import { reproduceCommand } from "./reproduce-command.js";
import { sweepCommand } from "./sweep-command.js";

const EXIT_FAILED = 1;
const EXIT_USER_ERROR = 2;

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0); // the reader, e.g. head, has seen enough
  throw error;
});

const program = new Command("batchwise")
  .description(
    "measure an image classifier over input sizes and mini-batch sizes, and plan which mini-batch on how many devices meets a deadline",
  )
  .version(readPackageVersions().batchwise)
  .addCommand(designCommand())
  .addCommand(modelCommand())
  .addCommand(sweepCommand())
  .addCommand(datasetCommand())
  .addCommand(fitCommand())
  .addCommand(rankCommand())
  .addCommand(claimsCommand())
  .addCommand(planCommand())
  .addCommand(executeCommand())
  .addCommand(figuresCommand())
  .addCommand(monitorCommand())
  .addCommand(reproduceCommand());
exitWithTwoOnWrongArguments(program);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : EXIT_USER_ERROR;
  else if (error instanceof UserError) fail(EXIT_USER_ERROR, error.message);
  else fail(EXIT_FAILED, process.env.BATCHWISE_DEBUG ? String((error as Error).stack) : reasonOf(error));
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
