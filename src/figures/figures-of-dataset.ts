import { groupBy } from "../core/group-by.js";
import { median, sorted } from "../core/statistics.js";
import { UserError } from "../core/user-error.js";
import { readPart } from "../dataset/part-file.js";
import { type TrialRow, trialsTable } from "../dataset/tables.js";
import { deviceName } from "../design/design.js";
import { fitDataset } from "../fit/fit-dataset.js";
import type { FittedFunction } from "../fit/fitted-function.js";
import { fittedLinesFigure, type LatencyPoint } from "./fitted-lines-figure.js";
import { inferenceTimeFigure } from "./inference-time-figure.js";
import { memoryFigure } from "./memory-figure.js";
import type { Figure } from "./render-figure.js";

/** The size of the study's figure of inference time. */
const STUDY_SIZE_PX = 224;

/** Points of a fitted line, enough to look smooth on a logarithmic axis. */
const LINE_STEPS = 40;

/**
 * All figures of a dataset, drawn for its first device configuration.
 *
 * @throws UserError if the folder holds no dataset or no trial that ended well
 */
export function figuresOfDataset(folder: string): Figure[] {
  const [fit] = fitDataset(folder);
  if (fit === undefined) throw new UserError(`dataset ${folder}: its design has no device`);
  const trials = readPart(folder, trialsTable).filter((trial) => deviceName(trial) === deviceName(fit.device));
  const sizes = [...fit.measuredMiniBatches.keys()];
  const shown = sizes.includes(STUDY_SIZE_PX) ? STUDY_SIZE_PX : (sizes.at(-1) ?? STUDY_SIZE_PX);
  const here = trials.filter(({ inputSizePx }) => inputSizePx === shown);
  const steady = timesOf(trials, "steadyMedianMs").filter(({ inputSizePx }) => fit.latency.bySize.has(inputSizePx));
  return [
    memoryFigure(
      ended(trials).flatMap(({ inputSizePx, miniBatchSize, peakMemoryMib }) =>
        peakMemoryMib === undefined ? [] : [{ inputSizePx, miniBatchSize, peakMemoryMib }],
      ),
    ),
    inferenceTimeFigure({
      inputSizePx: shown,
      withoutWarmUp: timesOf(here, "steadyMedianMs"),
      withWarmUp: timesOf(here, "firstInferenceMs"),
    }),
    ...(fit.latency.bySize.size > 0
      ? [
          fittedLinesFigure(
            steady.map(({ medianMs: latencyMs, ...cell }) => ({ ...cell, latencyMs })),
            [...fit.latency.bySize].flatMap(([inputSizePx, fitted]) => linePoints(inputSizePx, fitted)),
          ),
        ]
      : []),
  ];
}

function ended(trials: readonly TrialRow[]): TrialRow[] {
  return trials.filter(({ status }) => status === "ok");
}

/** The median and the range over the trials of each cell. */
function timesOf(trials: readonly TrialRow[], key: "steadyMedianMs" | "firstInferenceMs") {
  const measured = ended(trials).flatMap(({ inputSizePx, miniBatchSize, [key]: ms }) =>
    ms === undefined ? [] : [{ inputSizePx, miniBatchSize, ms }],
  );
  const cells = groupBy(measured, ({ inputSizePx, miniBatchSize }) => `${inputSizePx} ${miniBatchSize}`);
  return [...cells.values()].flatMap((cell) => {
    const values = sorted(cell.map(({ ms }) => ms));
    return cell.slice(0, 1).map(({ inputSizePx, miniBatchSize, ms }) => ({
      inputSizePx,
      miniBatchSize,
      medianMs: median(values),
      lowMs: values.at(0) ?? ms,
      highMs: values.at(-1) ?? ms,
    }));
  });
}

function linePoints(inputSizePx: number, fitted: FittedFunction): LatencyPoint[] {
  const { low, high } = fitted.domain.miniBatchSize;
  return Array.from({ length: LINE_STEPS + 1 }, (_, step) => {
    const miniBatchSize = low * (high / low) ** (step / LINE_STEPS);
    return { inputSizePx, miniBatchSize, latencyMs: fitted.predict(inputSizePx, miniBatchSize) };
  });
}
