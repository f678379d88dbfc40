import type { Feature } from "../../src/hardware/reading/feature.js";
import { formatUnit, formatValue, liveTable } from "./live-table.js";
import { table } from "./terminal.js";

export interface LiveSample {
  readonly monotonicMs: number;
  readonly values: readonly (number | undefined)[];
}

/** Where the samples go that a user looks at. */
export interface LiveView {
  /** @returns false if the reader is slower than the samples: wait for "drain" before the next */
  show(sample: LiveSample): boolean;
  close(): void;
}

/** JSON lines where asked for; on a terminal a screen that is drawn anew; elsewhere one table per sample. */
export function openView(features: readonly Feature[], json: boolean | undefined): LiveView {
  if (json) return jsonLines(features);
  return process.stdout.isTTY ? screen(features) : tables(features);
}

function jsonLines(features: readonly Feature[]): LiveView {
  return {
    show({ monotonicMs, values }) {
      const named = features.map(({ name }, index) => [name, values[index] ?? null]);
      return process.stdout.write(`${JSON.stringify({ monotonic_ms: monotonicMs, ...Object.fromEntries(named) })}\n`);
    },
    close: () => undefined,
  };
}

function tables(features: readonly Feature[]): LiveView {
  let separator = "";
  return {
    show({ values }) {
      const rows = features.flatMap(({ name, unit }, index) => {
        const value = values[index];
        return value === undefined ? [] : [[name, formatValue(value), formatUnit(unit)]];
      });
      const text = `${separator}${table(["feature", "value", "unit"], rows)}\n`;
      separator = "\n";
      return process.stdout.write(text);
    },
    close: () => undefined,
  };
}

const ESCAPE = "\u001b[";
const ENTER_SCREEN = `${ESCAPE}?1049h${ESCAPE}?25l`;
const LEAVE_SCREEN = `${ESCAPE}?25h${ESCAPE}?1049l`;
const HOME = `${ESCAPE}H`;
const CLEAR_LINE = `${ESCAPE}K`;
const CLEAR_BELOW = `${ESCAPE}J`;

/** Draws on the terminal's second screen, so that what stood there before comes back, with the last sample below it. */
function screen(features: readonly Feature[]): LiveView {
  let last: string[] = [];
  process.stdout.write(ENTER_SCREEN);
  return {
    show({ values }) {
      const { columns, rows } = process.stdout;
      last = liveTable(features, values, { columns, rows });
      return process.stdout.write(`${HOME}${last.map((line) => `${line}${CLEAR_LINE}`).join("\r\n")}${CLEAR_BELOW}`);
    },
    close: () => {
      process.stdout.write(`${LEAVE_SCREEN}${last.map((line) => `${line}\n`).join("")}`);
    },
  };
}
