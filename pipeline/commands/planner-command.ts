import { join } from "node:path";
import { Command } from "commander";
import { writeFileDurably } from "../../src/core/json-file.js";
import { requireWritableFile } from "../../src/core/make-folder.js";
import { UserError } from "../../src/core/user-error.js";
import { OUTPUT, withHelp } from "../terminal/command-help.js";
import { printResult } from "../terminal/terminal.js";

interface PlannerFlags {
  readonly devices?: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** `batchwise planner`: a page that answers what `batchwise plan` answers, while the question is written. */
export function plannerCommand(): Command {
  const command = new Command("planner")
    .description("write a page that plans in the browser, a file that asks nothing of anybody")
    .argument("[dir]", "the folder of the dataset whose devices it plans with")
    .optionsGroup("Devices:")
    .option("--devices <file>", "a device file in place of a dataset")
    .optionsGroup(OUTPUT)
    .option("--out <file>", "the page; default: planner.html in the dataset's folder, or here")
    .option("--json", "print one JSON object")
    .action(async (folder: string | undefined, flags: PlannerFlags) => {
      const planner = await writePlanner(folder, flags);
      printResult(
        flags.json,
        () => ({ planner }),
        () => [`planner: ${planner}`],
      );
    });
  return withHelp(command, "docs/planner.md", [
    "planner data/reference-cpu",
    "planner --devices devices.json --out planner.html",
  ]);
}

/** @returns the path of the page */
async function writePlanner(folder: string | undefined, { devices, out }: PlannerFlags): Promise<string> {
  if (folder !== undefined && devices !== undefined) {
    throw new UserError(`--devices ${devices}: not allowed together with the dataset ${folder}`);
  }
  const source = folder === undefined ? devices && { deviceFile: devices } : { dataset: folder };
  if (!source) throw new UserError("planner: needs a dataset's folder or --devices with a device file");
  const path = out ?? join(folder ?? "", "planner.html");
  requireWritableFile(path, "--out");
  const { plannerHtml } = await import("../../src/report/planner.js");
  writeFileDurably(path, plannerHtml(source));
  return path;
}
