/**
 * A number of things.
 *
 * @example
 * counted(1, "device"); // "1 device"
 * counted(6, "device"); // "6 devices"
 */
export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? "" : "s"}`;
}
