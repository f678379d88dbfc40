import { join } from "node:path";
import { Command } from "commander";
import { writeFileDurably } from "../../src/core/json-file.js";
import { requireWritableFile } from "../../src/core/make-folder.js";
import { OUTPUT, withHelp } from "../terminal/command-help.js";
import { showTrees } from "../terminal/progress.js";
import { printResult } from "../terminal/terminal.js";

/** `batchwise report`: everything that a dataset says, as one page. */
export function reportCommand(): Command {
  const command = new Command("report")
    .description("write everything that a dataset says as one page, a file that any browser opens")
    .argument("<dir>", "the dataset's folder")
    .argument("[other]", "a second dataset's folder, which is compared with the first")
    .optionsGroup(OUTPUT)
    .option("--out <file>", "the page; default: report.html in the dataset's folder")
    .option("--json", "print one JSON object")
    .action(async (folder: string, other: string | undefined, { out, json }: { out?: string; json?: boolean }) => {
      const report = await writeReport(folder, { out, other });
      printResult(
        json,
        () => ({ report }),
        () => [`report: ${report}`],
      );
    });
  return withHelp(command, "docs/report.md", [
    "report data/quick",
    "report data/reference-cpu data/other-host --out compared.html",
  ]);
}

/** @returns the path of the page */
export async function writeReport(
  folder: string,
  {
    out = join(folder, "report.html"),
    other,
  }: { readonly out?: string | undefined; readonly other?: string | undefined } = {},
): Promise<string> {
  requireWritableFile(out, "--out");
  const { reportHtml } = await import("../../src/report/report.js");
  const html = await reportHtml(folder, { onProgress: showTrees(), ...(other !== undefined && { other }) });
  writeFileDurably(out, html);
  return out;
}
