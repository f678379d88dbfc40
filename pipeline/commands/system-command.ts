import { Command } from "commander";
import { printable } from "../../src/core/printable.js";
import { formatDuration } from "../../src/core/units.js";
import { checkSystem, type SystemCheck } from "../../src/hardware/system/check-system.js";
import type { SystemFinding } from "../../src/hardware/system/finding.js";
import { systemCheckAsJson } from "../../src/hardware/system/system-document.js";
import { OUTPUT, withHelpOfAll } from "../terminal/command-help.js";
import { printResult } from "../terminal/terminal.js";
import { terminalWidth, wrapped } from "../terminal/wrapped.js";

/** `batchwise system`: is this machine fit for measuring? */
export function systemCommand(): Command {
  const system = new Command("system").description("look at this machine");
  system
    .command("check")
    .description("look for some two seconds: is this machine fit for measuring, and what to do where it is not")
    .optionsGroup(OUTPUT)
    .option("--json", "print one JSON object")
    .action(async ({ json }: { json?: boolean }) => {
      const check = await checkSystem();
      printResult(
        json,
        () => systemCheckAsJson(check),
        () => systemLines(check, terminalWidth()),
      );
    });
  return withHelpOfAll(system, "docs/system.md", {
    check: ["system check", "system check --json"],
  });
}

/** What a check found: a line for each thing that was looked at, below it what to do; at the end what it comes to. */
export function systemLines({ checks, summary, lookedMs, cpuMs }: SystemCheck, width: number): string[] {
  const widest = Math.max(...checks.map(({ name }) => name.length));
  return [
    ...checks.flatMap((check) => findingLines(check, widest, width)),
    "",
    ...wrapped(summary, width),
    ...wrapped(`looked for ${formatDuration(lookedMs)} and used ${formatDuration(cpuMs)} of CPU time for it`, width),
  ];
}

const VERDICT_WIDTH = "caution".length;

function findingLines({ name, verdict, found, remedy }: SystemFinding, widest: number, width: number): string[] {
  const head = `${verdict.padEnd(VERDICT_WIDTH)}  ${name.padEnd(widest)}  `;
  const room = width - head.length;
  const indented = (text: string, first: string) =>
    wrapped(printable(text), room).map((line, index) => `${index === 0 ? first : " ".repeat(head.length)}${line}`);
  return [...indented(found, head), ...(remedy === undefined ? [] : indented(`→ ${remedy}`, " ".repeat(head.length)))];
}
