import { mibFromBytes } from "../../core/units.js";
import { UserError } from "../../core/user-error.js";
import { type ImportedRow, type ImportedRows, knownFigures } from "../imported-row.js";
import { type SourceFile, textOf } from "../source-lines.js";
import { requireMiniBatch, type ToolOptions } from "./trtexec.js";

/** What `onnxruntime_perf_test` prints: of later versions also the creation of the session and the first inference. */
export function readOnnxruntimePerfTest(source: SourceFile, options: ToolOptions = {}): ImportedRows {
  return {
    kind: () => "summaries",
    notes: [],
    rows: async function* () {
      yield rowOf(source, await textOf(source), options);
    },
  };
}

const MS = { s: 1000, ms: 1, us: 1e-3, ns: 1e-6 } as const;

function rowOf(source: SourceFile, text: string, options: ToolOptions): ImportedRow {
  const time = (label: string) => {
    const [, value, unit] =
      new RegExp(`^\\s*${label}:\\s*([\\d.e+-]+)\\s*(ns|us|ms|s|sec)\\s*$`, "im").exec(text) ?? [];
    return value === undefined ? undefined : Number(value) * MS[unit === "sec" ? "s" : (unit as keyof typeof MS)];
  };
  const meanMs = time("Average inference time cost");
  if (meanMs === undefined) {
    throw new UserError(`${source.name}: no average inference time, allowed is what onnxruntime_perf_test prints`);
  }
  const miniBatchSize = requireMiniBatch(source, options);
  const [, bytes] = /^\s*Peak working set size:\s*(\d+)\s*bytes/im.exec(text) ?? [];
  const figures = {
    meanMs,
    p50Ms: time("P50 Latency"),
    p90Ms: time("P90 Latency"),
    p95Ms: time("P95 Latency"),
    p99Ms: time("P99 Latency"),
    warmupMs: time("First inference time cost"),
    loadMs: time("Session creation time cost"),
    peakMemoryMib: bytes === undefined || bytes === "0" ? undefined : mibFromBytes(Number(bytes)),
  };
  return {
    place: source.name,
    miniBatchSize,
    ...knownFigures(figures),
  };
}
