import { join, relative } from "node:path";
import { Command, Option } from "commander";
import { claimsTable } from "../../src/claims/claims-table.js";
import { judgeClaims } from "../../src/claims/judge-claims.js";
import { writeJsonFile } from "../../src/core/json-file.js";
import { isInstalled, PACKAGE_ROOT } from "../../src/core/package-root.js";
import { formatDuration } from "../../src/core/units.js";
import { readDesign } from "../../src/design/design.js";
import type { LatexTable } from "../../src/figures/latex-table.js";
import { planLatexTable } from "../../src/figures/latex-tables.js";
import { writeTables } from "../../src/figures/write-figures.js";
import { lawTable } from "../../src/fit/fit-tables.js";
import { EXAMPLE, type ExamplePlans, examplePlans } from "../../src/fleet/example-plans.js";
import { planAsJson } from "../../src/plan/answer/plan-document.js";
import { analyseDataset } from "../../src/rank/dataset-analysis.js";
import { EXIT_INTERRUPTED } from "../exit-codes.js";
import { planLines } from "../plan/plan-lines.js";
import { cautionLines, cautionsAsJson } from "../terminal/caution-lines.js";
import { OUTPUT, withHelp } from "../terminal/command-help.js";
import { fitAsJson } from "../terminal/fit-as-json.js";
import { showTrees } from "../terminal/progress.js";
import { sweepAsJson, sweepLines } from "../terminal/sweep-lines.js";
import { printResult, tableOf } from "../terminal/terminal.js";
import { claimAsJson } from "./claims-command.js";
import { drawFigures } from "./figures-command.js";
import { writeReport } from "./report-command.js";
import { sweepWithProgress } from "./sweep-command.js";

/** `batchwise reproduce`: measure, fit, plan, judge the claims and draw, in this order. */
export function reproduceCommand(): Command {
  const command = new Command("reproduce")
    .description(
      "measure a design, fit the functions, solve both plans, judge the claims, draw the figures and write the report",
    )
    .optionsGroup("What is measured:")
    .addOption(
      new Option("--design <file>", "the design, a JSON file").default(
        join(PACKAGE_ROOT, "pipeline", "designs", "quick.json"),
        "the design quick",
      ),
    )
    .optionsGroup(OUTPUT)
    .option("--out <dir>", "the dataset's folder; default: data/ and the design's name")
    .option("--json", "print one JSON object at the end")
    .action(async ({ design: file, out, json }: { design: string; out?: string; json?: boolean }) => {
      const design = readDesign(file);
      const folder = out ?? defaultFolder(design.name);
      const summary = await sweepWithProgress(design, folder);
      if (!summary.complete) {
        printResult(
          json,
          () => sweepAsJson(summary),
          () => sweepLines(summary),
        );
        process.exitCode = EXIT_INTERRUPTED;
        return;
      }
      const analysis = analyseDataset(folder, { onProgress: showTrees() });
      const fits = analysis.fits();
      const [first] = fits;
      const plans = first === undefined ? undefined : examplePlans(first, design.input_sizes_px);
      if (plans !== undefined) {
        writeJsonFile(join(folder, "plan-soft.json"), planAsJson(plans.soft));
        writeJsonFile(join(folder, "plan-relaxed.json"), planAsJson(plans.relaxed));
      }
      writeJsonFile(join(folder, "fit.json"), { devices: fits.map((fit) => fitAsJson(fit)) });
      const claims = await judgeClaims(analysis);
      writeJsonFile(join(folder, "claims.json"), { claims: claims.map(claimAsJson) });
      const { files: drawn } = await drawFigures(analysis, join(folder, "figures"));
      const figures = [...drawn, ...writeTables(planTables(plans), join(folder, "figures", "tables"))];
      const report = await writeReport(folder);
      printResult(
        json,
        () => ({
          sweep: sweepAsJson(summary),
          claims: claims.map(claimAsJson),
          cautions: fits.flatMap(cautionsAsJson),
          figures,
          report,
        }),
        () => [
          ...sweepLines(summary),
          "",
          ...fits.flatMap((fit) => [tableOf(lawTable(fit)), ""]),
          ...spaced(cautionLines(fits)),
          ...(plans === undefined ? [] : planSummary(plans)),
          tableOf(claimsTable(claims)),
          "",
          `dataset, fit.json, plan-soft.json, plan-relaxed.json and claims.json in ${folder}, figures in ${join(folder, "figures")}`,
          `all of it on one page: ${report}`,
        ],
      );
    });
  return withHelp(command, "README.md", [
    "reproduce",
    "reproduce --design pipeline/designs/paper.json --out data/paper",
  ]);
}

/**
 * In `data/` of the project where the user stands in it, wherever that is; else of the folder where the user stands.
 */
function defaultFolder(name: string): string {
  const inProject = !isInstalled() && !relative(PACKAGE_ROOT, "").startsWith("..");
  return inProject ? relative("", join(PACKAGE_ROOT, "data", name)) : join("data", name);
}

/** A block of lines with an empty one after it. */
function spaced(lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [...lines, ""];
}

/** The plans for a paper, each where there is one. */
function planTables(plans: ExamplePlans | undefined): LatexTable[] {
  if (plans === undefined) return [];
  const tables = [planLatexTable(plans.soft, "plan-soft"), planLatexTable(plans.relaxed, "plan-relaxed")];
  return tables.filter((table) => table !== undefined);
}

function planSummary({ inputSizePx, soft, relaxed, cautions }: ExamplePlans): string[] {
  const time = formatDuration(EXAMPLE.deadlineMs);
  return [
    `soft real-time: fewest of ${EXAMPLE.devices} such devices for ${EXAMPLE.images} images of ${inputSizePx} px in ${time}`,
    planLines(soft, "devices", "mean latencies").at(-1) ?? "",
    `relaxed: most images of ${inputSizePx} px on one device in ${time}`,
    planLines(relaxed, "images", "mean latencies").at(-1) ?? "",
    ...cautions.map((caution) => `caution: ${caution}`),
    "",
  ];
}
