import { Command } from "commander";
import { groupBy } from "../../src/core/group-by.js";
import { percent } from "../../src/core/text-table.js";
import { importedLines } from "../../src/dataset/imported-lines.js";
import { readTrials } from "../../src/dataset/read-trials.js";
import { deviceName } from "../../src/design/design.js";
import { type DeviceFit, fitDataset } from "../../src/fit/fit-dataset.js";
import { candidateTable, lackOfFitLines, largestMiniBatchTable, lawTable } from "../../src/fit/fit-tables.js";
import type { FittedFunction } from "../../src/fit/fitted-function.js";
import { hostNotes } from "../../src/fit/host-notes.js";
import { largestMiniBatches } from "../../src/fit/largest-mini-batch.js";
import { lawLines } from "../../src/fit/law/law-lines.js";
import { DEFAULT_HALF_WIDTH } from "../../src/fit/measuring-advice.js";
import { adviceLines, machineLines, noiseTable, spellLines } from "../../src/fit/noise-tables.js";
import { cellOf } from "../../src/fit/observed/observation.js";
import type { QuantityFit } from "../../src/fit/quantity-fit.js";
import { isKnown } from "../../src/fit/unknown-quantity.js";
import { parsePositive } from "../arguments.js";
import { cautionLines, cautionsAsJson } from "../terminal/caution-lines.js";
import { OUTPUT, withHelp } from "../terminal/command-help.js";
import { hostsAsJson } from "../terminal/hosts-as-json.js";
import { noiseAsJson } from "../terminal/noise-as-json.js";
import { sessionsAsJson } from "../terminal/sessions-as-json.js";
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
    ...quantitiesOf(fit).flatMap((quantity) => [
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

/** A quantity's laws by BIC, and what law and deviation say of each measured cell. */
function lawAsJson({ quantity, observations, law }: QuantityFit) {
  const fitted = law();
  if (fitted === undefined) return [];
  const cells = [...groupBy(observations, cellOf).values()].flatMap(([first]) => first ?? []);
  return {
    quantity,
    noise: fitted.noise,
    noise_tail_degrees: fitted.tail?.degrees ?? null,
    laws: fitted.laws,
    cells: cells.flatMap(({ inputSizePx, miniBatchSize }) => {
      const said = fitted.at(inputSizePx, miniBatchSize);
      if (said === undefined) return [];
      const { low, high } = said.ofProcess(0.9);
      return { input_size_px: inputSizePx, mini_batch_size: miniBatchSize, value: said.value, process_90: [low, high] };
    }),
  };
}

function lackOfFitAsJson({ quantity, lackOfFit }: QuantityFit) {
  const test = lackOfFit();
  if (test === undefined) return [];
  const { f, degrees, pValue, beyondNoise, cells } = test;
  return {
    ...{ quantity, f, degrees, p_value: pValue, beyond_noise: beyondNoise },
    cells: cells.map(({ inputSizePx, miniBatchSize, error, interval }) => ({
      input_size_px: inputSizePx,
      mini_batch_size: miniBatchSize,
      error,
      interval: [interval.low, interval.high],
    })),
  };
}

function quantitiesOf({ latency, warmup, memory }: DeviceFit): QuantityFit[] {
  return [latency, warmup, memory].filter(isKnown);
}

/** A fit as `fit --json` prints it. */
export function fitAsJson(fit: DeviceFit, memoryMib = fit.memoryLimitMib, halfWidth?: number) {
  return {
    ...fit.device,
    ...(fit.imported !== undefined && { imported: fit.imported }),
    sessions: sessionsAsJson(fit.sessions),
    hosts: hostsAsJson(fit.hosts),
    cautions: cautionsAsJson(fit),
    noise: noiseAsJson(fit.noise(), fit.spells(), halfWidth),
    functions: quantitiesOf(fit).flatMap(({ bySize, chosen }) => [
      ...[...bySize].map(([size, fitted]) => functionAsJson(size, fitted)),
      functionAsJson("all", chosen),
    ]),
    candidates: quantitiesOf(fit).flatMap(({ quantity, noiseFloor, candidates }) =>
      candidates().map(({ form, coefficients, leftOutError, extrapolation, withinNoise, chosen }) => ({
        quantity,
        form,
        coefficients,
        left_out_error: leftOutError ?? null,
        largest_size_error: extrapolation.largestSize ?? null,
        largest_mini_batch_error: extrapolation.largestMiniBatch ?? null,
        noise_floor: noiseFloor ?? null,
        within_noise: withinNoise,
        chosen,
      })),
    ),
    lack_of_fit: quantitiesOf(fit).flatMap(lackOfFitAsJson),
    laws: quantitiesOf(fit).flatMap(lawAsJson),
    memory_mib: memoryMib ?? null,
    largest_mini_batch: (memoryMib === undefined ? [] : largestMiniBatches(fit, memoryMib)).map((largest) => ({
      input_size_px: largest.inputSizePx,
      mini_batch_size: largest.miniBatchSize,
      rests_on: largest.restsOn.replaceAll(" ", "_"),
      largest_ok: largest.largestOk ?? null,
      smallest_exceeding: largest.smallestExceeding ?? null,
    })),
  };
}

function functionAsJson(inputSize: number | "all", fitted: FittedFunction) {
  const { quantity, form, formula, latex, coefficients, rSquared, leftOutError, noiseFloor, domain } = fitted;
  const intervals = fitted.coefficientIntervals();
  return {
    input_size_px: inputSize,
    quantity,
    form,
    formula,
    latex,
    coefficients,
    coefficient_intervals: Object.fromEntries(
      Object.entries(intervals).map(([name, { low, high }]) => [name, [low, high]]),
    ),
    r_squared: rSquared,
    left_out_error: leftOutError ?? null,
    noise_floor: noiseFloor ?? null,
    domain: {
      input_size_px: [domain.inputSizePx.low, domain.inputSizePx.high],
      mini_batch_size: [domain.miniBatchSize.low, domain.miniBatchSize.high],
    },
  };
}
