import { onceForEach } from "../core/once-for-each.js";
import type { ImportedProvenance } from "../dataset/data-package.js";
import { withSummaries } from "../dataset/read-trials.js";
import type { DeviceFit } from "../fit/device-fit.js";
import type { LatencyStatistic } from "../fit/device-functions.js";
import { fitDevice } from "../fit/fit-dataset.js";
import { trialsOfSummaries, unknownOf } from "../importing/dataset/imported-trials.js";
import { type PublishedCurve, publishedCurve } from "../importing/published.js";
import type { PublishedFunctions } from "../plan/question/device-entry.js";
import type { BorrowedWarmup } from "./borrowed-warmup.js";
import { fittedWork } from "./measured-work.js";
import type { Work } from "./work.js";

/** Stands for an input size that is not published. */
const UNKNOWN_SIZE_PX = 1;

/** Which published curve is meant, and how it is taken. */
export interface PublishedPlace {
  readonly workload: string;
  readonly source: PublishedFunctions;
  readonly latency: LatencyStatistic | undefined;
  readonly warmupFrom: BorrowedWarmup | undefined;
}

/** A published curve as a fit, as if it had been imported. */
export const fitPublished: (curve: PublishedCurve) => DeviceFit = onceForEach((curve) => {
  const { device, model, source, inputSizePx = UNKNOWN_SIZE_PX, rows } = curve;
  const from = { format: "published", device, model, inputSizePx };
  const { trials, summaries, notes } = trialsOfSummaries(rows, from);
  const imported: ImportedProvenance = {
    format: `data/published, curve ${curve.curve}`,
    files: [],
    device: curve.name,
    measured_by: source.measured_by,
    source: `${source.repository}/${source.path} at ${source.commit.slice(0, 12)}`,
    licence: source.licence,
    unknown: [...unknownOf(trials, {}), ...(curve.inputSizePx === undefined ? ["input size (shown as 1 px)"] : [])],
    notes: notes.map((note) => `${curve.name}: ${note}`),
  };
  return fitDevice({ provider: "unknown", concurrent: 1 }, undefined, withSummaries(trials, summaries), () => [], {
    imported,
    summaries,
  });
});

/**
 * What others published of a device as functions of a plan.
 *
 * @throws UserError if the catalogue has no such curve, or the percentile that is asked for was not published
 */
export function publishedWork(name: string, { workload, source, latency, warmupFrom }: PublishedPlace): Work {
  const curve = publishedCurve(source.functions);
  const fit = fitPublished(curve);
  const { inputSizePx } = curve;
  const type = name || curve.name;
  return {
    source: {
      ...{ type, workload, published: curve.curve, model: curve.model },
      ...(inputSizePx !== undefined && { input_size_px: inputSizePx }),
      ...(latency !== "median" && { latency: latency ?? "mean" }),
    },
    ...fittedWork(fit, { type, inputSizePx: inputSizePx ?? UNKNOWN_SIZE_PX, latency, warmupFrom, given: source }),
  };
}
