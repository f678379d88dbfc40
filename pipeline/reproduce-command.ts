import { join } from "node:path";
import { Command } from "commander";
import { writeJsonFile } from "../src/core/json-file.js";
import { PACKAGE_ROOT } from "../src/core/package-root.js";
import { formatDuration } from "../src/core/units.js";
import { readDesign } from "../src/design/design.js";
import { type DeviceFit, fitDataset } from "../src/fit/fit-dataset.js";
import { planRelaxed, planSoft } from "../src/plan/plan.js";
import type { PlanOutcome } from "../src/plan/plan-outcome.js";
import { drawFigures } from "./figures-command.js";
import { fitLines } from "./fit-command.js";
import { deviceTypeFromFit, planAsJson, planLines } from "./plan-command.js";
import { sweepLines, sweepWithProgress } from "./sweep-command.js";
import { printResult } from "./terminal.js";

const EXIT_INTERRUPTED = 130;
/** What the two plans are asked for: an example that any machine can solve, and no more than that. */
const EXAMPLE = { images: 10_000, deadlineMs: 10_000, devices: 32, maxUses: 1_000_000 };

/** `batchwise reproduce`: measure, fit, plan and draw, in this order. */
export function reproduceCommand(): Command {
  return new Command("reproduce")
    .description("measure a design, fit the functions, solve both plans and draw the figures")
    .option("--design <file>", "the design, a JSON file", join(PACKAGE_ROOT, "pipeline", "designs", "quick.json"))
    .option("--out <dir>", "the dataset's folder; default: data/ and the design's name")
    .option("--json", "print one JSON object at the end")
    .action(async ({ design: file, out, json }: { design: string; out?: string; json?: boolean }) => {
      const design = readDesign(file);
      const folder = out ?? join("data", design.name);
      const summary = await sweepWithProgress(design, folder);
      if (!summary.complete) {
        printResult(json, summary, () => sweepLines(summary));
        process.exitCode = EXIT_INTERRUPTED;
        return;
      }
      const fits = fitDataset(folder);
      const [first] = fits;
      const plans = first === undefined ? undefined : examplePlans(first, design.input_sizes_px);
      if (plans !== undefined) {
        writeJsonFile(join(folder, "plan-soft.json"), planAsJson(plans.soft));
        writeJsonFile(join(folder, "plan-relaxed.json"), planAsJson(plans.relaxed));
      }
      const figures = await drawFigures(folder, join(folder, "figures"));
      printResult(json, { sweep: summary, figures }, () => [
        ...sweepLines(summary),
        "",
        ...fits.flatMap(fitLines),
        ...(plans === undefined ? [] : planSummary(plans)),
        `dataset in ${folder}, figures in ${join(folder, "figures")}`,
      ]);
    });
}

interface ExamplePlans {
  readonly inputSizePx: number;
  readonly soft: PlanOutcome;
  readonly relaxed: PlanOutcome;
}

function examplePlans(fit: DeviceFit, sizes: readonly number[]): ExamplePlans {
  const inputSizePx = sizes.includes(224) ? 224 : (sizes[0] ?? 224);
  const type = deviceTypeFromFit(fit, inputSizePx, EXAMPLE.devices, EXAMPLE.maxUses);
  return {
    inputSizePx,
    soft: planSoft([type], EXAMPLE.images, EXAMPLE.deadlineMs),
    relaxed: planRelaxed([{ ...type, count: 1 }], EXAMPLE.deadlineMs),
  };
}

function planSummary({ inputSizePx, soft, relaxed }: ExamplePlans): string[] {
  const time = formatDuration(EXAMPLE.deadlineMs);
  return [
    `soft real-time: fewest of ${EXAMPLE.devices} such devices for ${EXAMPLE.images} images of ${inputSizePx} px in ${time}`,
    planLines(soft).at(-1) ?? "",
    `relaxed: most images of ${inputSizePx} px on one device in ${time}`,
    planLines(relaxed).at(-1) ?? "",
    "",
  ];
}
