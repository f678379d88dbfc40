import { seededRandom } from "../core/seeded-random.js";
import { UserError } from "../core/user-error.js";
import { type ModelInput, misfit } from "../model/model-input.js";
import { type Design, type DeviceConfiguration, deviceName, miniBatchSizesAt, type RecordedDevice } from "./design.js";

/** One combination that is measured: input size, mini-batch size and device configuration. */
export interface Cell {
  readonly inputSizePx: number;
  readonly miniBatchSize: number;
  readonly device: DeviceConfiguration;
}

/** A name of what a cell runs, whatever the device: its input size and mini-batch size. */
export function shapeOf({ inputSizePx, miniBatchSize }: Cell): string {
  return `${inputSizePx} ${miniBatchSize}`;
}

/** A cell as the rows of its trials say it. */
export type RecordedCell = Pick<Cell, "inputSizePx" | "miniBatchSize"> & RecordedDevice;

/** A cell of a design as the rows of its trials say it. */
export function recordedCell({ device, ...cell }: Cell): RecordedCell {
  return { ...cell, ...device };
}

/** The name of the cell that a row is of. */
export function cellName(row: RecordedCell): string {
  return `${deviceName(row)} ${row.inputSizePx} ${row.miniBatchSize}`;
}

/** Images times pixels: what a cell's time and memory grow with. */
export function workOf({ inputSizePx, miniBatchSize }: Pick<Cell, "inputSizePx" | "miniBatchSize">): number {
  return miniBatchSize * inputSizePx ** 2;
}

/** One trial that a design asks for. Its id is unique in the dataset and the same in every run of the design. */
export interface PlannedTrial {
  readonly trialId: string;
  readonly cell: Cell;
  /** 1, 2, … within its cell. */
  readonly trial: number;
}

/** All cells of a design, smallest first. */
export function cellsOf(design: Pick<Design, "devices" | "input_sizes_px" | "mini_batch_sizes">): Cell[] {
  return design.devices.flatMap((device) =>
    ascending(design.input_sizes_px).flatMap((inputSizePx) =>
      miniBatchSizesAt(design, inputSizePx).map((miniBatchSize) => ({ inputSizePx, miniBatchSize, device })),
    ),
  );
}

/**
 * The trials in the order in which they are measured: every cell once in a seeded random order, then every cell again
 * in another, so that neither a drift of the machine nor the size of a cell looks like an effect of the other.
 */
export function plannedTrials(design: Design): PlannedTrial[] {
  const cells = cellsOf(design);
  return Array.from({ length: design.trials }, (_, index) => index + 1).flatMap((trial) =>
    seededRandom(design.seed, `order of trial ${trial}`)
      .shuffle(cells)
      .map((cell) => plannedTrial(cell, trial)),
  );
}

/** A trial of a cell with its id. */
export function plannedTrial(cell: Cell, trial: number): PlannedTrial {
  const { inputSizePx, miniBatchSize, device } = cell;
  return { trialId: `${deviceName(device)}-${inputSizePx}px-${miniBatchSize}mb-${trial}`, cell, trial };
}

/**
 * Holds a design against a model whose axes may be fixed.
 *
 * @throws UserError naming the first cell that the model can't run and why
 */
export function requireFit(design: Design, input: ModelInput): void {
  for (const { inputSizePx, miniBatchSize } of cellsOf(design)) {
    const reason = misfit(input, inputSizePx, miniBatchSize);
    if (reason !== undefined) throw new UserError(`design ${design.name}: ${reason}`);
  }
}

function ascending(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}
