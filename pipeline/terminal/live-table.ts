import type { Feature } from "../../src/hardware/reading/feature.js";

/** How much of a terminal there is. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

const GAP = "  ";
const VALUE_WIDTH = 12;

/**
 * Features with their values in as many columns as the terminal has room for, as many as fit on one screen. Counters
 * give way to their rates, and features without a value are left out.
 *
 * @returns lines no wider than the terminal, at most as many as it has rows
 */
export function liveTable(
  features: readonly Feature[],
  values: readonly (number | undefined)[],
  { columns, rows }: TerminalSize,
): string[] {
  const cells = features.flatMap(({ name, unit, kind }, index) => {
    const value = values[index];
    return kind === "counter" || value === undefined
      ? []
      : [{ name, unit: formatUnit(unit), value: formatValue(value) }];
  });
  const nameWidth = Math.max(0, ...cells.map(({ name }) => name.length));
  const unitWidth = Math.max(0, ...cells.map(({ unit }) => unit.length));
  const cellWidth = nameWidth + 1 + VALUE_WIDTH + 1 + unitWidth;
  const across = Math.max(1, Math.floor((columns + GAP.length) / (cellWidth + GAP.length)));
  const room = Math.max(1, rows - 1);
  const down = Math.min(room, Math.ceil(cells.length / across));
  const shown = cells
    .slice(0, across * down)
    .map(
      ({ name, unit, value }) => `${name.padEnd(nameWidth)} ${value.padStart(VALUE_WIDTH)} ${unit.padEnd(unitWidth)}`,
    );
  const lines = Array.from({ length: down }, (_, row) => shown.filter((_, index) => index % down === row).join(GAP));
  const left = cells.length - shown.length;
  return [...lines, ...(left > 0 ? [`${left} more: a larger terminal or --groups shows them`] : [])].map((line) =>
    fit(line.trimEnd(), columns),
  );
}

/** At most twelve characters: whole numbers in full, others with six significant digits. */
export function formatValue(value: number): string {
  const text = String(Number.isInteger(value) ? value : Number(value.toPrecision(6)));
  return text.length <= VALUE_WIDTH ? text : value.toExponential(3);
}

/** A number without a unit has the unit "1" in the catalogue, which says nothing to a reader. */
export function formatUnit(unit: string): string {
  return unit === "1" ? "" : unit;
}

function fit(line: string, columns: number): string {
  return line.length <= columns ? line : `${line.slice(0, Math.max(0, columns - 1))}…`;
}
