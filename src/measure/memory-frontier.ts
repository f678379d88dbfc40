import type { TrialRow } from "../dataset/tables.js";
import type { PlannedTrial } from "../design/cells.js";
import { deviceName } from "../design/design.js";

/** Per input size and device configuration, the smallest mini-batch that ran out of memory. */
export class MemoryFrontier {
  private readonly smallest = new Map<string, number>();

  constructor(trials: readonly TrialRow[]) {
    for (const trial of trials) this.add(trial);
  }

  add(trial: TrialRow): void {
    const { inputSizePx, miniBatchSize, status } = trial;
    if (status !== "out_of_memory") return;
    const key = `${deviceName(trial)} ${inputSizePx}`;
    this.smallest.set(key, Math.min(miniBatchSize, this.smallest.get(key) ?? miniBatchSize));
  }

  reasonToSkip({ cell: { device, inputSizePx, miniBatchSize } }: PlannedTrial): string | undefined {
    const exceeded = this.smallest.get(`${deviceName(device)} ${inputSizePx}`);
    if (exceeded === undefined || miniBatchSize <= exceeded) return undefined;
    return `mini-batch size ${exceeded} ran out of memory at ${inputSizePx} px already`;
  }
}
