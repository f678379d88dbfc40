import { groupBy } from "../core/group-by.js";
import { median, sorted } from "../core/statistics.js";
import { UserError } from "../core/user-error.js";
import type { ImportedRow } from "../importing/imported-row.js";
import type { SourceFile } from "../importing/source-lines.js";
import type { Counted } from "../importing/table/measure-units.js";
import { readTable } from "../importing/table/read-table.js";
import { readModelAnalyzer, readPerfAnalyzer } from "../importing/tool/perf-analyzer.js";
import type { GivenFunctions } from "../plan/question/device-entry.js";

/** What a table of one's own does not say itself. */
export interface OwnTableOptions {
  /** In messages. Default: table. */
  readonly name?: string;
  /** Milliseconds of the unit of times that have none. */
  readonly timeMs?: number;
  /** What throughputs without a unit count. */
  readonly counted?: Counted;
  /** The mini-batch size of all rows. */
  readonly miniBatchSize?: number;
}

/** Functions as a table of measurements gives them, and how it was read, one line each. */
export interface OwnFunctions {
  readonly functions: GivenFunctions;
  readonly notes: readonly string[];
}

/**
 * The functions that a table says: CSV, with tabs or of Markdown, with a column for the mini-batch and one for latency
 * or throughput; perf_analyzer's and Model Analyzer's CSV, too. Of several rows of a mini-batch the median counts, of a
 * throughput the time that one mini-batch after the other takes. Without a column for it the warm-up is not known: then
 * only devices that start warm can be planned.
 *
 * @throws UserError of the first thing that is not clear, in one line
 * @example
 * await ownFunctions("batch,latency (ms)\n1,5\n8,20"); // { functions: { latency_ms: { 1: 5, 8: 20 } }, notes: [] }
 */
export async function ownFunctions(text: string, options: OwnTableOptions = {}): Promise<OwnFunctions> {
  const { name = "table", ...told } = options;
  const read = readerOf(text)(sourceOf(name, text), told);
  const rows: ImportedRow[] = [];
  for await (const row of read.rows()) if (row.outOfMemory !== true) rows.push(row);
  const sizes = new Set(rows.map(({ inputSizePx }) => inputSizePx));
  if (sizes.size > 1) {
    throw new UserError(`${name}: rows of input sizes ${[...sizes].join(", ")}, allowed is one`);
  }
  const latency_ms = tableOf(rows, latencyOf);
  const warmup_ms = tableOf(rows, ({ warmupMs }) => warmupMs);
  const loads = sorted(rows.flatMap(({ loadMs }) => loadMs ?? []));
  if (Object.keys(latency_ms).length === 0) throw new UserError(`${name}: no row with a time or a throughput`);
  return {
    functions: {
      latency_ms,
      ...(Object.keys(warmup_ms).length > 0 && { warmup_ms }),
      ...(loads.length > 0 && { load_ms: median(loads) }),
    },
    notes: read.notes,
  };
}

function readerOf(text: string) {
  const [head = ""] = text.replace(/^\ufeff/, "").split("\n", 1);
  if (/^Concurrency,Inferences\/Second,/.test(head)) return readPerfAnalyzer;
  return /^Model,.*\bConcurrency\b/.test(head) ? readModelAnalyzer : readTable;
}

function sourceOf(name: string, text: string): SourceFile {
  return {
    name,
    async *lines() {
      yield* text.split(/\r\n|\n|\r/);
    },
    fingerprint() {
      throw new RangeError(`${name}: a text has none`);
    },
  };
}

/** The mean where it is given, because it is what adds up. */
function latencyOf({ meanMs, p50Ms, imagesPerS, miniBatchSize }: ImportedRow): number | undefined {
  return meanMs ?? p50Ms ?? (imagesPerS === undefined ? undefined : (1000 * miniBatchSize) / imagesPerS);
}

function tableOf(rows: readonly ImportedRow[], value: (row: ImportedRow) => number | undefined) {
  const known = rows.flatMap((row) => {
    const ms = value(row);
    return ms === undefined ? [] : [{ size: row.miniBatchSize, ms }];
  });
  return Object.fromEntries(
    [...groupBy(known, ({ size }) => size)].map(([size, alike]) => [size, median(sorted(alike.map(({ ms }) => ms)))]),
  );
}
