import { Command } from "commander";
import { percent } from "../../src/core/text-table.js";
import { importedLines } from "../../src/dataset/imported-lines.js";
import { readTrials } from "../../src/dataset/read-trials.js";
import { deviceName } from "../../src/design/design.js";
import type { DeviceFit } from "../../src/fit/device-fit.js";
import { fitDataset } from "../../src/fit/fit-dataset.js";
import { candidateTable, lackOfFitLines, largestMiniBatchTable, lawTable } from "../../src/fit/fit-tables.js";
import { hostNotes } from "../../src/fit/host-notes.js";
import { largestMiniBatches } from "../../src/fit/largest-mini-batch.js";
import { lawLines } from "../../src/fit/law/law-lines.js";
import { DEFAULT_HALF_WIDTH } from "../../src/fit/measuring-advice.js";
import { adviceLines, machineLines, noiseTable, spellLines } from "../../src/fit/noise-tables.js";
import { knownQuantities } from "../../src/fit/unknown-quantity.js";
import { parsePositive } from "../arguments.js";
import { cautionLines } from "../terminal/caution-lines.js";
import { OUTPUT, withHelp } from "../terminal/command-help.js";
import { fitAsJson } from "../terminal/fit-as-json.js";
import { printResult, tableOf } from "../terminal/terminal.js";
import { trialCautionLines, trialCautionsAsJson } from "../terminal/trial-caution-lines.js";

interface FitFlags {
  readonly memoryMib?: string;
  readonly halfWidth: string;
  readonly json?: boolean;
}

/** `batchwise fit`: the functions that describe a dataset. */
export function fitCommand(): Command {
  const command = new Command("fit")
    .description("fit latency, warm-up and memory, and from memory the largest mini-batch")
    .argument("<dir>", "the dataset's folder")
    .optionsGroup("What the answers are for:")
    .option("--memory-mib <mib>", "memory for the largest mini-batch; default: the design's limit")
    .option(
      "--half-width <share>",
      "of each cell's latency: how much measuring it takes is advised",
      String(DEFAULT_HALF_WIDTH),
    )
    .optionsGroup(OUTPUT)
    .option("--json", "print one JSON object")
    .action((folder: string, { memoryMib, halfWidth: share, json }: FitFlags) => {
      const memory = memoryMib === undefined ? undefined : parsePositive("--memory-mib", memoryMib);
      const halfWidth = parsePositive("--half-width", share, 1);
      const fits = fitDataset(folder);
      printResult(
        json,
        () => ({
          devices: fits.map((fit) => fitAsJson(fit, memory, halfWidth)),
          trial_cautions: trialCautionsAsJson(readTrials(folder)),
        }),
        () => [...fits.flatMap((fit) => fitLines(fit, memory, halfWidth)), ...spacedCautions(folder)],
      );
    });
  return withHelp(command, "docs/analysis.md", [
    "fit data/reference-cpu",
    "fit data/reference-cpu --memory-mib 2048 --half-width 0.02",
  ]);
}

/** Of the trials that the functions rest on, at the end, where it is seen. */
function spacedCautions(folder: string): string[] {
  const lines = trialCautionLines(readTrials(folder));
  return lines.length === 0 ? [] : ["", ...lines];
}

/** A fit as lines for people: the study's law per size, candidates, the chosen functions, the largest mini-batches. */
function fitLines(fit: DeviceFit, memoryMib: number | undefined, halfWidth: number): string[] {
  const memory = memoryMib ?? fit.memoryLimitMib;
  const noise = fit.noise();
  return [
    `${deviceName(fit.device)} (mbs: mini-batch size, Mpx: megapixels of an image)`,
    ...hostNotes(fit),
    ...importedLines(fit.imported),
    ...cautionLines([fit]),
    "",
    tableOf(lawTable(fit)),
    "",
    ...knownQuantities(fit).flatMap((quantity) => [
      `${quantity.quantity}: median relative error on cells left out of the fit (noise floor ${percent(quantity.noiseFloor) || "unknown"} %)`,
      tableOf(candidateTable(quantity)),
      quantity.chosen.formula,
      ...lackOfFitLines(quantity),
      ...lawLines(quantity.law()),
      "",
    ]),
    "noise by its levels, relative",
    tableOf(noiseTable(noise)),
    ...machineLines(noise),
    ...spellLines(fit.spells()),
    ...adviceLines(noise, halfWidth),
    ...(memory === undefined
      ? []
      : [
          "",
          `largest mini-batch within ${memory} MiB`,
          tableOf(largestMiniBatchTable(largestMiniBatches(fit, memory))),
        ]),
  ];
}
