import { join, relative } from "node:path";
import type { Command } from "commander";
import { isInstalled, PACKAGE_ROOT } from "../../src/core/package-root.js";

/** How a user starts the command line: in a checkout through npm, which builds first; installed, by its name. */
export const CALLED_AS = isInstalled() ? "npx batchwise" : "npm run batchwise --";

/** Options without which a command can't run; they stand first. */
export const REQUIRED = "Required:";
/** What is printed, and how. It stands last. */
export const OUTPUT = "Output:";

/**
 * Ends a command's help with examples and the page that says more. Called when all options are there: the one that
 * shows the help joins the last group.
 *
 * @param page in the project's folder
 * @param examples command lines without what starts them
 */
export function withHelp(command: Command, page: string, examples: readonly [string, string]): Command {
  const path = relative(process.cwd(), join(PACKAGE_ROOT, page));
  const lines = examples.map((example) => `  ${CALLED_AS} ${example}`);
  return command
    .optionsGroup(OUTPUT)
    .helpOption("-h, --help", "show this help")
    .addHelpText("after", `\nExamples:\n${lines.join("\n")}\n\nMore: ${path}`);
}

/** The same for a command and those below it, whose first examples are its own. */
export function withHelpOfAll(
  command: Command,
  page: string,
  examplesOf: Readonly<Record<string, readonly [string, string]>>,
): Command {
  for (const below of command.commands) {
    const examples = examplesOf[below.name()];
    if (examples === undefined) throw new RangeError(`${command.name()} ${below.name()}: no examples`);
    withHelp(below, page, examples);
  }
  const [first = "", second = ""] = Object.values(examplesOf).flatMap(([example]) => example);
  return withHelp(command, page, second === "" ? [first, `${first} --json`] : [first, second]);
}
