// Holds the commands and options that the command line registers against the calls that the tests made
// (test/record-calls.ts): prints a table of option and test, and fails where no test has called one with success.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Argument, Command, type Option } from "commander";
import { COMMANDS } from "../pipeline/commands.js";
import { table } from "../pipeline/terminal/terminal.js";
import type { RecordedCall } from "../test/record-calls.js";

const [folder = ""] = process.argv.slice(2);
const lines = readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), "utf8").trim().split("\n"));
const tested = new Map<string, RecordedCall>();
for (const line of lines) {
  const call: RecordedCall = JSON.parse(line);
  if (call.exitCode !== 0) continue; // a refusal shows that an option is read, not what it does
  for (const part of await partsCalled(call.args)) if (!tested.has(part)) tested.set(part, call);
}
const registered = [...new Set((await program()).commands.flatMap(partsRegistered))];
const rows = registered.map((part) => {
  const { file, test } = tested.get(part) ?? { file: "", test: "none" };
  return [part, file.replace(/\.js$/, ".ts"), test];
});
process.stdout.write(`${table(["command and option", "test file", "the first test that calls it"], rows)}\n`);
for (const part of registered.filter((own) => !tested.has(own))) {
  process.stderr.write(`no test calls with success: ${part}\n`);
  process.exitCode = 1;
}

async function program(): Promise<Command> {
  const made = new Command("batchwise");
  for (const load of Object.values(COMMANDS)) made.addCommand(await load());
  return made;
}

/** What a user can write of a command and of those below it. */
function partsRegistered(command: Command): string[] {
  const optional = command.registeredArguments.filter(({ required }) => !required);
  return [
    ...(command.commands.length > 0 ? [] : [pathOf(command)]),
    ...optional.map((argument) => nameOf(command, argument)),
    ...command.options.map((option) => nameOf(command, option)),
    ...command.commands.flatMap(partsRegistered),
  ];
}

/** What a command line has of that: parsed by the commands themselves, which stop short of doing anything. */
async function partsCalled(args: readonly string[]): Promise<string[]> {
  const root = await program();
  let parts: string[] = [];
  for (const command of leavesOf(root)) {
    command.exitOverride().action(() => {
      const given = command.registeredArguments.filter(
        ({ required }, index) => !required && index < command.args.length,
      );
      parts = [
        pathOf(command),
        ...given.map((argument) => nameOf(command, argument)),
        ...command.options.filter((option) => isGiven(command, option)).map((option) => nameOf(command, option)),
      ];
    });
  }
  const [first = ""] = args;
  if (Object.hasOwn(COMMANDS, first) && !args.includes("--help")) await root.parseAsync(args, { from: "user" });
  return parts;
}

function leavesOf(command: Command): Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leavesOf);
}

function isGiven(command: Command, option: Option): boolean {
  const name = option.attributeName();
  return command.getOptionValueSource(name) === "cli" && (command.getOptionValue(name) !== false) !== option.negate;
}

/** What sister commands describe in the same words is one thing; but each has a JSON document of its own. */
function nameOf(command: Command, own: Argument | Option): string {
  const [name, isOwn] = "flags" in own ? [own.flags, own.long === "--json"] : [`[${own.name()}]`, false];
  const { parent } = command;
  if (parent?.parent == null || isOwn) return `${pathOf(command)} ${name}`;
  const alike = ({ registeredArguments, options }: Command) =>
    [...registeredArguments, ...options].some(({ description }) => description === own.description);
  return `${pathOf(parent.commands.filter(alike).length > 1 ? parent : command)} ${name}`;
}

function pathOf(command: Command): string {
  const above = command.parent === null || command.parent.parent === null ? "" : `${pathOf(command.parent)} `;
  return `${above}${command.name()}`;
}
