import { type Command, CommanderError } from "commander";
import { COMMANDS } from "../../pipeline/commands.js";
import { UserError } from "../../src/core/user-error.js";

/**
 * What a command says of arguments that it refuses, called in this process: the command line prints it on one line and
 * exits with 2, as tests of its own show.
 *
 * @throws Error if it does not refuse them, or fails otherwise than by a user's mistake
 */
export async function refusal(args: readonly string[]): Promise<string> {
  const [name = "", ...rest] = args;
  const command = await COMMANDS[name]?.();
  if (command === undefined) throw new Error(`no command ${name}`);
  throwInPlaceOfExiting(command);
  try {
    await command.parseAsync([...rest], { from: "user" });
  } catch (error) {
    if (error instanceof UserError || (error instanceof CommanderError && error.exitCode !== 0)) return error.message;
    throw error;
  }
  throw new Error(`not refused: ${args.join(" ")}`);
}

function throwInPlaceOfExiting(command: Command): void {
  command.exitOverride().configureOutput({ writeErr: () => {}, outputError: () => {} });
  for (const subcommand of command.commands) throwInPlaceOfExiting(subcommand);
}
