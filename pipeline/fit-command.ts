import { Command } from "commander";
import { deviceName } from "../src/design/design.js";
import { type DeviceFit, fitDataset, largestMiniBatch } from "../src/fit/fit-dataset.js";
import type { FittedFunction } from "../src/fit/fitted-function.js";
import { printResult, table } from "./terminal.js";

/** `batchwise fit`: the functions that describe a dataset. */
export function fitCommand(): Command {
  return new Command("fit")
    .description("fit latency, warm-up and memory, and from memory the largest mini-batch")
    .argument("<dir>", "the dataset's folder")
    .option("--json", "print one JSON object")
    .action((folder: string, { json }: { json?: boolean }) => {
      const fits = fitDataset(folder);
      printResult(json, { devices: fits.map(fitAsJson) }, () => fits.flatMap(fitLines));
    });
}

/** A fit as lines for people: the functions, and the largest mini-batch per size. */
export function fitLines(fit: DeviceFit): string[] {
  const { device, memory, memoryLimitMib, measuredMiniBatches } = fit;
  return [
    `${deviceName(device)} (mbs: mini-batch size, Mpx: megapixels of an image)`,
    "",
    table(
      ["size (px)", "fitted function", "R²", "left-out error (%)"],
      functionsOf(fit).map(([size, { formula, rSquared, leftOutError }]) => [
        size,
        formula,
        rSquared.toFixed(4),
        leftOutError === undefined ? "" : (100 * leftOutError).toFixed(1),
      ]),
    ),
    "",
    ...(memoryLimitMib === undefined
      ? []
      : [
          `largest mini-batch within ${memoryLimitMib} MiB`,
          table(
            ["size (px)", "by the function", "measured"],
            [...measuredMiniBatches].map(([size, sizes]) => [
              size,
              largestMiniBatch(memory, size, memoryLimitMib),
              sizes.at(-1) ?? "",
            ]),
          ),
          "",
        ]),
  ];
}

function functionsOf({ latency, warmup, memory }: DeviceFit): [size: number | string, fitted: FittedFunction][] {
  return [
    ...[...latency.bySize].map(([size, fitted]): [number, FittedFunction] => [size, fitted]),
    ...(latency.surface ? [["all", latency.surface] as [string, FittedFunction]] : []),
    ...[...warmup.bySize].map(([size, fitted]): [number, FittedFunction] => [size, fitted]),
    ...(warmup.surface ? [["all", warmup.surface] as [string, FittedFunction]] : []),
    ["all", memory],
  ];
}

function fitAsJson(fit: DeviceFit) {
  const { device, memory, memoryLimitMib, measuredMiniBatches } = fit;
  return {
    ...device,
    functions: functionsOf(fit).map(([size, fitted]) => ({
      input_size_px: size,
      quantity: fitted.quantity,
      form: fitted.form,
      formula: fitted.formula,
      coefficients: fitted.coefficients,
      r_squared: fitted.rSquared,
      left_out_error: fitted.leftOutError ?? null,
      domain: {
        input_size_px: [fitted.domain.inputSizePx.low, fitted.domain.inputSizePx.high],
        mini_batch_size: [fitted.domain.miniBatchSize.low, fitted.domain.miniBatchSize.high],
      },
    })),
    memory_limit_mib: memoryLimitMib ?? null,
    largest_mini_batch: [...measuredMiniBatches].map(([size, sizes]) => ({
      input_size_px: size,
      by_function: memoryLimitMib === undefined ? null : largestMiniBatch(memory, size, memoryLimitMib),
      measured: sizes.at(-1) ?? null,
    })),
  };
}
