import { type Command, InvalidArgumentError } from "commander";
import { parseInteger, type Range } from "../pipeline/arguments.js";
import { reasonOf } from "../src/core/reason-of.js";

export const FROM_ZERO: Range = { least: 0, most: Number.MAX_SAFE_INTEGER };

/** The options that a bench was called with. A mistake ends it with one line and 2, as in the command line. */
export function benchOptions<Options extends object>(command: Command): Options {
  const name = command.name();
  command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));
  command.configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, `${name}: `)) });
  return command.parse().opts<Options>();
}

/** Reads an option's whole number. */
export function whole(range?: Range): (text: string) => number {
  return (text) => {
    try {
      return parseInteger("", text, range);
    } catch (error) {
      throw new InvalidArgumentError(reasonOf(error).replace(/^.*?: /, ""));
    }
  };
}
