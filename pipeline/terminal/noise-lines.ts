import { cellWords } from "../../src/core/cell-words.js";
import { counted } from "../../src/core/counted.js";
import { percent } from "../../src/core/text-table.js";
import { CAUTION_LIMITS } from "../../src/fit/law-cautions.js";
import type { ProcessNoise } from "../../src/fit/process-noise.js";

/** One line on how far data go, and what would help; none where no trial ended well. */
export function noiseLines({ cells, medianRatio, worst, trials, trialsWithCautions }: ProcessNoise): string[] {
  if (trials === 0) return [];
  const cautions = `cautions in ${trialsWithCautions} of ${counted(trials, "trial")}`;
  if (medianRatio === undefined || worst === undefined) {
    return [`noise between processes: unknown, no cell has two trials that ended well; ${cautions}`];
  }
  const where = `${worst.device}, ${cellWords(worst)}`;
  const noise = `${percent(medianRatio)} % in the median of ${counted(cells, "cell")}, at most ${percent(worst.ratio)} % (${where})`;
  const help =
    medianRatio > CAUTION_LIMITS.noise ? "; a quieter machine or more trials help, more inferences do not" : "";
  return [`noise between processes: ${noise}; ${cautions}${help}`];
}

/** The same for a program. */
export function processNoiseAsJson({ cells, medianRatio, worst, trials, trialsWithCautions }: ProcessNoise) {
  return {
    cells,
    median_ratio: medianRatio ?? null,
    worst: worst === undefined ? null : asJson(worst),
    trials,
    trials_with_cautions: trialsWithCautions,
  };
}

function asJson({ device, inputSizePx, miniBatchSize, ratio }: NonNullable<ProcessNoise["worst"]>) {
  return { device, input_size_px: inputSizePx, mini_batch_size: miniBatchSize, ratio };
}
