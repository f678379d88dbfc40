/** A chunk that grows beyond this is halved: finding a chunk and inserting into it then cost about the same. */
const MOST_IN_CHUNK = 512;

/**
 * Numbers that are added one by one and looked at in ascending order, at a cost that grows with the square root of their
 * number.
 *
 * @example
 * const values = new OrderedValues();
 * for (const value of [3, 1, 2]) values.add(value);
 * values.at(0); // 1
 */
export class OrderedValues {
  /** Ascending, and so are the values in each; none is empty. */
  private readonly chunks: number[][] = [];
  private count = 0;

  get size(): number {
    return this.count;
  }

  add(value: number): void {
    this.count++;
    const found = this.chunks.findIndex((chunk) => (chunk.at(-1) ?? value) >= value);
    const place = found < 0 ? this.chunks.length - 1 : found;
    const chunk = this.chunks[place];
    if (chunk === undefined) {
      this.chunks.push([value]);
      return;
    }
    chunk.splice(firstFrom(chunk, value), 0, value);
    if (chunk.length > MOST_IN_CHUNK) this.chunks.splice(place + 1, 0, chunk.splice(chunk.length >>> 1));
  }

  /** The value at a place from 0 in ascending order; undefined beyond the last. */
  at(index: number): number | undefined {
    let rest = index;
    for (const chunk of this.chunks) {
      if (rest < chunk.length) return chunk[rest];
      rest -= chunk.length;
    }
    return undefined;
  }
}

/** The place of the first value of an ascending array that is not below another one. */
function firstFrom(ascending: readonly number[], value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
