import { Command } from "commander";
import { COMMANDS } from "../../pipeline/commands.js";

/** What a call of the command line comes down to. */
export interface ParsedCall {
  /** The command's name with those above it, e.g. `plan soft`. */
  readonly command: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Every command without commands below it. */
export function leavesOf(command: Command): Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leavesOf);
}

/** Every command, the root aside, as the command line registers them. */
export async function allCommands(): Promise<Command[]> {
  const withThoseBelow = (command: Command): Command[] => [command, ...command.commands.flatMap(withThoseBelow)];
  return (await Promise.all(Object.values(COMMANDS).map((load) => load()))).flatMap(withThoseBelow);
}

/**
 * A call as the command line reads it, without doing anything.
 *
 * @throws CommanderError if a command, an argument or an option is missing or is none
 */
export async function parsedCall(args: readonly string[]): Promise<ParsedCall> {
  const root = new Command("batchwise");
  for (const load of Object.values(COMMANDS)) root.addCommand(await load());
  let call: ParsedCall | undefined;
  const prepare = (command: Command): void => {
    command.exitOverride().configureOutput({ writeErr: () => {}, outputError: () => {} });
    command.commands.forEach(prepare);
  };
  prepare(root);
  for (const leaf of leavesOf(root)) {
    leaf.action(() => {
      const above = leaf.parent === root ? [] : [leaf.parent?.name() ?? ""];
      call = { command: [...above, leaf.name()].join(" "), options: leaf.opts() };
    });
  }
  await root.parseAsync([...args], { from: "user" });
  if (call === undefined) throw new Error(`no command is called by ${args.join(" ")}`);
  return call;
}
