import { mibFromBytes } from "../../core/units.js";
import { UserError } from "../../core/user-error.js";
import { type ImportedRow, type ImportedRows, knownFigures } from "../imported-row.js";
import { type SourceFile, textOf } from "../source-lines.js";
import { requireMiniBatch, type ToolOptions } from "./trtexec.js";

/**
 * What `onnxruntime_perf_test` prints: of later versions also the creation of the session and the first inference, in
 * whole milliseconds.
 */
export function readOnnxruntimePerfTest(source: SourceFile, options: ToolOptions = {}): ImportedRows {
  return {
    kind: () => "summaries",
    notes: [],
    rows: async function* () {
      yield rowOf(source, await textOf(source), options);
    },
  };
}

const TIME = "([\\d.]+(?:e[+-]?\\d+)?)\\s*(ns|us|ms|s|sec)\\b.*$";
const MS = { s: 1000, ms: 1, us: 1e-3, ns: 1e-6 } as const;

/** Requests of so much more time than has passed ran side by side. */
const SIDE_BY_SIDE = 1.5;

function rowOf(source: SourceFile, text: string, options: ToolOptions): ImportedRow {
  const time = (label: string) => {
    const [first, second] = [...text.matchAll(new RegExp(`^\\s*${label}:?\\s*(?:is )?${TIME}`, "gim"))];
    if (second !== undefined) throw new UserError(`${source.name}: several runs, allowed is a file for each`);
    const [, value, unit = ""] = first ?? [];
    return value === undefined ? undefined : Number(value) * MS[unit === "sec" ? "s" : (unit as keyof typeof MS)];
  };
  const meanMs = time("Average (?:inference )?time cost(?: total)?");
  if (meanMs === undefined) {
    throw new UserError(`${source.name}: no average inference time, allowed is what onnxruntime_perf_test prints`);
  }
  const [requestsMs, passedMs] = [time("Total inference time cost"), time("Total inference run time")];
  if (requestsMs !== undefined && passedMs !== undefined && requestsMs > SIDE_BY_SIDE * passedMs) {
    throw new UserError(
      `${source.name}: ${Number((requestsMs / passedMs).toPrecision(2))} requests at a time, whose latency holds the time in the queue; allowed is one (-c 1)`,
    );
  }
  const miniBatchSize = requireMiniBatch(source, options);
  const [, bytes] = /^\s*Peak working set size:\s*(\d+)\s*bytes/im.exec(text) ?? [];
  const figures = {
    meanMs,
    p50Ms: time("P50 Latency"),
    p90Ms: time("P90 Latency"),
    p95Ms: time("P95 Latency"),
    p99Ms: time("P99 Latency"),
    warmupMs: time("First inference time cost") || undefined, // in whole milliseconds: 0 is less than one
    loadMs: time("Session creation time cost"),
    peakMemoryMib: bytes === undefined || bytes === "0" ? undefined : mibFromBytes(Number(bytes)),
  };
  return {
    place: source.name,
    miniBatchSize,
    ...knownFigures(figures),
  };
}
