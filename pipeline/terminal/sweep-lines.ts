import { counted } from "../../src/core/counted.js";
import { readTrials } from "../../src/dataset/read-trials.js";
import { processNoise } from "../../src/fit/process-noise.js";
import type { SweepSummary } from "../../src/measure/sweep-targets.js";
import { noiseLines, processNoiseAsJson } from "./noise-lines.js";
import { trialCautionLines, trialCautionsAsJson } from "./trial-caution-lines.js";

/** How a sweep ended, and how far its data go. */
export function sweepLines({ folder, complete, trials, byStatus }: SweepSummary): string[] {
  const rows = readTrials(folder);
  const counts = Object.entries(byStatus).map(([status, count]) => `${count} ${status.replaceAll("_", " ")}`);
  return [
    `${complete ? "measured" : "stopped with"} ${counted(trials, "trial")} in ${folder}: ${counts.join(", ")}`,
    ...noiseLines(processNoise(rows)),
    ...trialCautionLines(rows),
  ];
}

/** The same for a program. */
export function sweepAsJson(summary: SweepSummary) {
  const rows = readTrials(summary.folder);
  return { ...summary, noise: processNoiseAsJson(processNoise(rows)), trial_cautions: trialCautionsAsJson(rows) };
}
