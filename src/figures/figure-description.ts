import { counted } from "../core/counted.js";
import { groupBy } from "../core/group-by.js";
import { median, sorted } from "../core/statistics.js";
import { percent } from "../core/text-table.js";
import type { Figure, Row } from "./figure.js";

type Describe = (rows: readonly Row[]) => string[];

/**
 * What a figure shows, for who does not see it: its title, and what its data say in a sentence or two.
 *
 * @example
 * describeFigure(figure); // "Devices that a deadline needs. 31 devices at 2,020 ms, 1 at 91,600 ms."
 */
export function describeFigure({ name, title, data }: Figure): string {
  const said = data.length === 0 ? [] : (DESCRIPTIONS[name]?.(data) ?? []);
  return [`${title}.`, ...said].join(" ");
}

const importance: Describe = (rows) => [
  `First is ${rows
    .slice(0, 3)
    .map((row) => `${row.label} with ${shown(row.importance)}`)
    .join(", then ")}.`,
];

/** By the name of the figure. */
const DESCRIPTIONS: Readonly<Record<string, Describe>> = {
  memory: (rows) => {
    const failed = new Set(rows.filter(isKind("out of memory")).map(cell)).size;
    return [
      range(rows.filter(isKind("median")), "peak_memory_mib", "MiB", cell),
      failed === 0 ? "No cell ran out of memory." : `${counted(failed, "cell")} ran out of memory.`,
    ];
  },
  "inference-time": (rows) =>
    [...groupBy(rows, ({ panel }) => String(panel))].map(([panel, ofPanel]) =>
      capital(`${panel}: ${change(ofPanel, "mini_batch_size", "median_ms", "ms")}.`),
    ),
  "fitted-lines": (rows) => {
    const column = columnOf(rows, /_(ms|mib)$/);
    return [range(rows.filter(isKind("measured")), column, unitOf(column), cell)];
  },
  "fitted-law": (rows) => {
    const column = columnOf(rows, /^fitted_/);
    const residuals = numbers(rows.filter(isKind("trial")), "residual_percent").map(Math.abs);
    return [
      `The law goes ${change(rows.filter(isKind("band")), "mini_batch_size", column, unitOf(column))}.`,
      ...(residuals.length === 0
        ? []
        : [
            `Trials are off it by ${shown(median(sorted(residuals)))} % in the median, ${shown(Math.max(...residuals))} % at most.`,
          ]),
    ];
  },
  "lack-of-fit": (rows) =>
    [...groupBy(rows, ({ quantity }) => String(quantity))].map(([quantity, ofQuantity]) => {
      const worst = greatest(ofQuantity, (row) => Math.abs(Number(row.error_percent)));
      return `${quantity} is missed most by ${shown(worst?.error_percent)} % at ${worst && cell(worst)}.`;
    }),
  "largest-mini-batch": (rows) =>
    [...groupBy(rows.filter(isKind("largest")), (row) => String(row.memory_mib))].map(
      ([memory, ofMemory]) =>
        `With ${shown(Number(memory))} MiB: ${ofMemory
          .map(
            (row) =>
              `${row.rests_on === "at least" ? "at least " : ""}${row.mini_batch_size} at ${row.input_size_px} px`,
          )
          .join(", ")}.`,
    ),
  hosts: (rows) =>
    rows.map(({ quantity, host, ratio, verdict }) => `${quantity} of ${host}: ${shown(ratio)} times, ${verdict}.`),
  "importance-explain": importance,
  "importance-predict": importance,
  correlation: (rows) => {
    const pairs = rows.filter(({ row, column }) => Number(row) < Number(column));
    const alike = pairs.filter(({ correlation }) => Math.abs(Number(correlation)) > 0.9).length;
    return [`${alike} of ${counted(pairs.length, "pair")} correlate by more than 0.9.`];
  },
  "warmup-prediction": (rows) => {
    const off = rows.map((row) => Math.abs(Number(row.predicted_ms) / Number(row.measured_ms) - 1));
    return [`Half of ${counted(rows.length, "prediction")} are within ${percent(median(sorted(off)))} %.`];
  },
  "plan-gantt": (rows) => {
    const last = Math.max(...numbers(rows, "end_ms"));
    return [
      `${counted(new Set(rows.map(({ device }) => device)).size, "device")}, the last one done at ${shown(last)} ms.`,
    ];
  },
  "deadline-frontier": ([first, ...rest]) => {
    const last = rest.at(-1);
    const corner = (row: Row | undefined) => `${row?.devices} at ${shown(row?.deadline_ms)} ms`;
    return [`Devices: ${corner(first)}${last === undefined ? "" : `, ${corner(last)}`}.`];
  },
  "mini-batch-by-deadline": (rows) => {
    const latest = Math.max(...numbers(rows, "deadline_ms"));
    const there = rows.filter(({ deadline_ms }) => deadline_ms === latest);
    return [
      `At ${shown(latest)} ms is lost: ${there.map((row) => `${shown(row.lost_percent)} % with ${row.mini_batch_size}`).join(", ")}.`,
    ];
  },
  calibration: (rows) => {
    const inside = rows.filter(({ ratio, low, high }) => Number(ratio) >= Number(low) && Number(ratio) <= Number(high));
    const middle = median(sorted(numbers(rows, "ratio")));
    return [
      `Measured over predicted is ${shown(middle)} in the median; ${inside.length} of ${counted(rows.length, "device")} are within their interval.`,
    ];
  },
  comparison: (rows) =>
    [...groupBy(rows, ({ quantity }) => String(quantity))].map(([quantity, ofQuantity]) => {
      const verdicts = [...groupBy(ofQuantity, ({ verdict }) => String(verdict))];
      return `${quantity}: ${verdicts.map(([verdict, { length }]) => `${length} ${verdict}`).join(", ")}.`;
    }),
};

function isKind(kind: string): (row: Row) => boolean {
  return (row) => row.kind === kind;
}

function cell({ input_size_px, mini_batch_size }: Row): string {
  return `${input_size_px} px × ${mini_batch_size}`;
}

/** From the lowest to the highest value, and where these are. */
function range(rows: readonly Row[], column: string, unit: string, where: (row: Row) => string): string {
  const [least, most] = [greatest(rows, (row) => -Number(row[column])), greatest(rows, (row) => Number(row[column]))];
  if (least === undefined || most === undefined) return "";
  return `From ${shown(least[column])} ${unit} at ${where(least)} to ${shown(most[column])} ${unit} at ${where(most)}.`;
}

/** From the value at the least of another column to that at its greatest. */
function change(rows: readonly Row[], along: string, column: string, unit: string): string {
  const [first, last] = [greatest(rows, (row) => -Number(row[along])), greatest(rows, (row) => Number(row[along]))];
  const at = (row: Row | undefined) => `${shown(row?.[column])} ${unit} at mini-batch ${row?.[along]}`;
  return `from ${at(first)} to ${at(last)}`;
}

function greatest(rows: readonly Row[], value: (row: Row) => number): Row | undefined {
  return rows.reduce<Row | undefined>(
    (best, row) => (best === undefined || value(row) > value(best) ? row : best),
    undefined,
  );
}

function numbers(rows: readonly Row[], column: string): number[] {
  return rows.flatMap((row) => (row[column] === undefined ? [] : [Number(row[column])]));
}

function columnOf(rows: readonly Row[], name: RegExp): string {
  return Object.keys(rows[0] ?? {}).find((column) => name.test(column)) ?? "";
}

function unitOf(column: string): string {
  return column.endsWith("_mib") ? "MiB" : "ms";
}

function shown(value: string | number | undefined): string {
  return Number(Number(value).toPrecision(3)).toLocaleString("en");
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
