/**
 * The least of what is said whichever of the processes is left out, so that it hangs on none of them alone: one that
 * other work slowed down moves a cell that was measured once by as much, and nothing in the dataset tells it from a
 * cell that is so slow.
 *
 * @param saidBy what the others say by themselves
 */
export function leastWithoutEach<Process>(
  processes: readonly Process[],
  saidBy: (others: readonly Process[]) => number,
): number {
  return Math.min(...processes.map((_, left) => saidBy(processes.filter((__, index) => index !== left))));
}
