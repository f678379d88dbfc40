/** One measured value at one cell. */
export interface Observation {
  readonly inputSizePx: number;
  readonly miniBatchSize: number;
  readonly value: number;
  /**
   * What is known of ln of the value beside its cell: how much longer it took because the machine was slow just then.
   * On average 0. Default: nothing is known.
   */
  readonly knownLog?: number;
}

/** A name of the cell that an observation belongs to. */
export function cellOf({ inputSizePx, miniBatchSize }: Omit<Observation, "value">): string {
  return `${inputSizePx} ${miniBatchSize}`;
}

/** How many different cells there are among observations. */
export function countCells(observations: readonly Observation[]): number {
  return new Set(observations.map(cellOf)).size;
}
