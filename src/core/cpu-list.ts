/**
 * The CPUs in a list as the kernel writes it; none in an empty one.
 *
 * @example
 * cpusInList("0-2,8"); // [0, 1, 2, 8]
 */
export function cpusInList(list: string): number[] {
  if (list.trim() === "") return [];
  return list.split(",").flatMap((range) => {
    const [first = 0, last = first] = range.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}
