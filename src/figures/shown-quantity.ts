/** The quantities whose functions can be drawn. */
export const SHOWN_QUANTITIES = ["latency", "warmup", "memory"] as const;
/** A quantity whose functions can be drawn. */
export type ShownQuantityName = (typeof SHOWN_QUANTITIES)[number];

/** How a quantity is called in a figure. */
export interface ShownQuantity {
  /** At the beginning of a line. */
  readonly name: string;
  readonly symbol: string;
  readonly unit: string;
  /** Its unit in the name of a column. */
  readonly suffix: "ms" | "mib";
}

const SHOWN: Readonly<Record<ShownQuantityName, ShownQuantity>> = {
  latency: { name: "Latency", symbol: "L", unit: "ms", suffix: "ms" },
  warmup: { name: "Warm-up", symbol: "W", unit: "ms", suffix: "ms" },
  memory: { name: "Peak memory", symbol: "P", unit: "MiB", suffix: "mib" },
};

/** How a quantity is called in figures. */
export function shownQuantity(name: ShownQuantityName): ShownQuantity {
  return SHOWN[name];
}

/** The title of its axis. */
export function axisNameOf({ name, symbol, unit }: ShownQuantity): string {
  return `${name} ${symbol} (${unit})`;
}
