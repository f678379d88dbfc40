import { counted } from "../../src/core/counted.js";
import { readTrials } from "../../src/dataset/read-trials.js";
import { shardName } from "../../src/design/shard.js";
import { processNoise } from "../../src/fit/process-noise.js";
import type { SweepSummary } from "../../src/measure/sweep-targets.js";
import { noiseLines, processNoiseAsJson } from "./noise-lines.js";
import { trialCautionLines, trialCautionsAsJson } from "./trial-caution-lines.js";

/** How a sweep ended, and how far its data go. */
export function sweepLines({ folder, shard, complete, trials, byStatus }: SweepSummary): string[] {
  const rows = readTrials(folder, shard?.index);
  const part = shard === undefined ? "" : ` of shard ${shardName(shard)}`;
  const counts = Object.entries(byStatus).map(([status, count]) => `${count} ${status.replaceAll("_", " ")}`);
  return [
    `${complete ? "measured" : "stopped with"} ${counted(trials, "trial")}${part} in ${folder}: ${counts.join(", ")}`,
    ...noiseLines(processNoise(rows)),
    ...trialCautionLines(rows),
  ];
}

/** The same for a program. */
export function sweepAsJson(summary: SweepSummary) {
  const rows = readTrials(summary.folder, summary.shard?.index);
  return { ...summary, noise: processNoiseAsJson(processNoise(rows)), trial_cautions: trialCautionsAsJson(rows) };
}
