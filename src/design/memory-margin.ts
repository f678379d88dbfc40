/** How far the peak of a process may be above that of another one of the same cell, as a ratio. */
export const MEMORY_MARGIN = 1.03;
/** So many processes that ran within a memory say that the next one will, however close they came. */
const ENOUGH_PROCESSES = 3;

/**
 * Whether processes of a cell show that it runs within a memory: at least three ran with no more, or 3 % above every
 * peak are within it. One that came within 3 % of its budget may have been lucky.
 *
 * @param hadNoMore whether that memory, or less, was the processes' own budget
 * @example runsWithin([990], 1000, true) // false
 */
export function runsWithin(peaksMib: readonly number[], memoryMib: number, hadNoMore: boolean): boolean {
  if (hadNoMore && peaksMib.length >= ENOUGH_PROCESSES) return true;
  return peaksMib.length > 0 && peaksMib.every((peakMib) => leavesMargin(peakMib, memoryMib));
}

/** Whether a peak and 3 % are within a memory. */
export function leavesMargin(peakMib: number, memoryMib: number): boolean {
  return peakMib * MEMORY_MARGIN <= memoryMib;
}
