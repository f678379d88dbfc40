import type { ImportedProvenance } from "../dataset/data-package.js";
import type { RecordedDevice } from "../design/design.js";
import type { DeviceNoise } from "./device-noise.js";
import type { HostLevel } from "./host-levels.js";
import type { WorstObserved } from "./observed-times.js";
import type { Percentile } from "./percentile.js";
import type { QuantityFit } from "./quantity-fit.js";
import type { SessionEffect } from "./session-effect.js";
import type { SessionLevel } from "./session-levels.js";
import type { DeviceSpells } from "./spells.js";

/** Everything that is fitted to the trials of one device configuration. */
export interface DeviceFit {
  readonly device: RecordedDevice;
  readonly latency: QuantityFit;
  readonly warmup: QuantityFit;
  readonly memory: QuantityFit;
  /** The hosts and runtime versions that they were measured with, the one with most trials first. */
  readonly sessions: readonly SessionLevel[];
  /** The hosts beside each other, on the cells that several of them measured; the one with most trials first. */
  readonly hosts: readonly HostLevel[];
  /**
   * The same at the level of one host, where hosts are apart: their trials are taken by their factors. Without it the
   * level is that of the first host.
   *
   * @throws UserError if no trial of that host ended well
   */
  ofHost(host: string): DeviceFit;
  /** How many sessions, runs of the sweep on one host, measured a cell that another one did, too; 1 of a single one. */
  readonly runs: number;
  /** How long each trial that ended well took to load the model, in ms. */
  readonly loadMs: readonly number[];
  /** The budget that the trials had, or undefined where it was the machine's memory. */
  readonly memoryLimitMib: number | undefined;
  /** Every mini-batch size that ended well at an input size, smallest first. */
  readonly measuredMiniBatches: ReadonlyMap<number, readonly number[]>;
  /** The smallest mini-batch size that ran out of memory at an input size. */
  readonly outOfMemory: ReadonlyMap<number, number>;
  /** By `cellOf`. Read from the dataset when first asked for. */
  worstObserved(): ReadonlyMap<string, WorstObserved>;
  /**
   * The mean of each trial's inferences from the third on, where `latency` is the median of all after the first.
   * Inferences that are now and then interrupted have a mean above their median, and it is the mean that adds up. Read
   * from the dataset when first asked for.
   */
  meanLatency(): QuantityFit;
  /**
   * What that mean leaves for the beginning, where `warmup` is the first inference: that, and by how much the second is
   * longer than those after it. Read from the dataset when first asked for.
   */
  beginning(): QuantityFit;
  /**
   * What so many of a trial's steady inferences take no longer than, as the tool that measured it said; undefined where
   * it is not recorded of every cell.
   */
  percentileLatency(percentile: Percentile): QuantityFit | undefined;
  /** By `cellOf`, the power under load in W, where it was recorded. */
  readonly powerW: ReadonlyMap<string, number>;
  /** Where the measurements come from, if others made them. */
  readonly imported: ImportedProvenance | undefined;
  /**
   * How much host, session, process and inference each add to its noise. Read from the dataset when first asked for.
   */
  noise(): DeviceNoise;
  /** How much of that lasts from one process to the next. Computed when first asked for. */
  spells(): DeviceSpells;
  /** What of that all devices of a plan share. Computed when first asked for. */
  sessionEffect(): SessionEffect;
}
