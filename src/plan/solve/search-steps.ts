/** Ends a search after so many steps, which are the same on every machine. */
export class SearchSteps {
  constructor(private left: number) {}

  /** @param weight of a step that takes much longer than others */
  take(weight = 1): void {
    this.left -= weight;
    if (this.left < 0) throw new OutOfSteps();
  }
}

export class OutOfSteps extends Error {}

/** So many additions take about as long as a step. */
export const OPERATIONS = 64;
