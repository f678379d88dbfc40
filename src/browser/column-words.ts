const UNITS: Readonly<Record<string, string>> = {
  ms: "ms",
  us: "µs",
  px: "px",
  mib: "MiB",
  percent: "%",
  j: "J",
  w: "W",
};

/**
 * A column's name in words, its unit in brackets.
 *
 * @example columnWords("input_size_px"); // "input size (px)"
 */
export function columnWords(column: string): string {
  const words = column.split("_");
  const unit = words.length > 1 ? UNITS[words.at(-1) ?? ""] : undefined;
  return unit === undefined ? words.join(" ") : `${words.slice(0, -1).join(" ")} (${unit})`;
}
