import { type Command, InvalidArgumentError } from "commander";
import { parseInteger, parsePositive, type Range } from "../pipeline/arguments.js";
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
  return asArgument((text) => parseInteger("", text, range));
}

/** Reads an option's number above 0. */
export const positive: (text: string) => number = asArgument((text) => parsePositive("", text));

/** What the command line refuses with an error of its own is refused as Commander's. */
function asArgument<Value>(read: (text: string) => Value): (text: string) => Value {
  return (text) => {
    try {
      return read(text);
    } catch (error) {
      throw new InvalidArgumentError(reasonOf(error).replace(/^.*?: /, ""));
    }
  };
}
