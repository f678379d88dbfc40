/**
 * How far a size is shifted from the one before, in steps between its mini-batches: the golden ratio fills them evenly.
 */
const SHIFT = (Math.sqrt(5) - 1) / 2;

/**
 * Mini-batch sizes that differ from one input size to the next, as many a size as there are powers of two up to the
 * largest. Each has 1 and the largest; those between are spread evenly on a logarithmic scale and shifted from size to
 * size.
 *
 * Powers of two at every size can't tell a device that works in steps, or pads to a power of two, from one whose time
 * is a straight line: they agree at every measured mini-batch size.
 *
 * @param inputSizesPx in ascending order
 * @returns by input size
 * @example
 * staggered([64, 128, 224], 32); // 64: 1, 2, 3, 6, 12, 32; 128: 1, 2, 5, 9, 19, 32; 224: 1, 2, 4, 7, 14, 32
 */
export function staggered(inputSizesPx: readonly number[], largest: number): Record<string, number[]> {
  const octaves = Math.log2(largest);
  const inner = Math.max(0, Math.ceil(octaves) - 1);
  return Object.fromEntries(
    inputSizesPx.map((inputSizePx, index) => {
      const shift = (((index + 1) * SHIFT + 0.5) % 1) - 0.5;
      const between = Array.from({ length: inner }, (_, place) =>
        Math.round(2 ** ((octaves * (place + 1 + shift)) / (inner + 1))),
      );
      return [
        inputSizePx,
        [...new Set([1, ...between, largest])].filter((size) => size <= largest).sort((a, b) => a - b),
      ];
    }),
  );
}
