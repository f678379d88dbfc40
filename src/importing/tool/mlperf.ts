import { UserError } from "../../core/user-error.js";
import { type ImportedRow, type ImportedRows, knownFigures, type RowKind } from "../imported-row.js";
import { type SourceFile, textOf } from "../source-lines.js";
import { TRACE_HEAD, traceRows } from "./mlperf-trace.js";
import type { ToolOptions } from "./trtexec.js";

const MS_PER_NS = 1e-6;

/**
 * A summary, a detailed log or a trace of MLPerf's LoadGen. A query of SingleStream is one image, one of MultiStream so
 * many at once; of Offline and Server queries the time in the queue is part of the latency.
 */
export function readMlperf(source: SourceFile, options: ToolOptions = {}): ImportedRows {
  let kind: RowKind = "summaries";
  const notes: string[] = [];
  return {
    kind: () => kind,
    notes,
    rows: async function* () {
      const lines = source.lines()[Symbol.asyncIterator]();
      const { value: first = "" } = await lines.next();
      const rest = { [Symbol.asyncIterator]: () => lines };
      if (first.startsWith(TRACE_HEAD)) {
        kind = "inferences";
        for (const row of await traceRows(source, rest)) yield requireAgreement(row, options);
      } else {
        const text = `${first}\n${await textOf({ ...source, lines: () => rest })}`;
        yield requireAgreement(rowOf(source, text, options, notes), options);
      }
    },
  };
}

function requireAgreement(row: ImportedRow, { miniBatchSize = row.miniBatchSize }: ToolOptions): ImportedRow {
  if (row.miniBatchSize === miniBatchSize) return row;
  throw new UserError(`${row.place}: queries of ${row.miniBatchSize} samples, where --batch is ${miniBatchSize}`);
}

function rowOf(source: SourceFile, text: string, options: ToolOptions, notes: string[]): ImportedRow {
  const values = text.includes(":::MLLOG") ? detailOf(text) : summaryOf(text);
  if (values.get("runs") === "several") throw new UserError(`${source.name}: several runs, allowed is a file for each`);
  const scenario = plain(values.get("scenario"));
  if (scenario === undefined) throw new UserError(`${source.name}: no scenario, allowed is a log of LoadGen`);
  if (scenario !== "singlestream" && scenario !== "multistream") {
    throw new UserError(
      `${source.name}: scenario ${values.get("scenario")}, whose latency holds the time in the queue; allowed are SingleStream and MultiStream`,
    );
  }
  if (plain(values.get("mode")) === "accuracyonly") {
    throw new UserError(`${source.name}: a run for accuracy, allowed is one for performance`);
  }
  if (plain(values.get("validity")) === "invalid") notes.push(`${source.name}: LoadGen calls its result invalid`);
  const ms = (key: string) => {
    const ns = Number(values.get(key));
    return ns > 0 ? ns * MS_PER_NS : undefined;
  };
  const meanMs = ms("mean");
  if (meanMs === undefined)
    throw new UserError(`${source.name}: no mean latency, allowed is a performance log of LoadGen`);
  const samples = Number(values.get("samples per query"));
  const miniBatchSize = scenario === "singlestream" ? 1 : samples >= 1 ? samples : options.miniBatchSize;
  if (miniBatchSize === undefined)
    throw new UserError(`${source.name}: does not say the samples of a query, allowed is --batch`);
  const figures = { meanMs, p50Ms: ms("50"), p90Ms: ms("90"), p95Ms: ms("95"), p99Ms: ms("99") };
  return {
    place: source.name,
    miniBatchSize,
    ...knownFigures(figures),
  };
}

function plain(text: string | undefined): string | undefined {
  return text?.replaceAll(/[^a-z]/gi, "").toLowerCase();
}

/** `Mean latency (ns) : 123` and the like, by what is read of them. */
function summaryOf(text: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [, label = "", value = ""] = /^\s*(.*?)\s*:\s*(.*?)\s*$/.exec(line) ?? [];
    const [, share] = /^(50|90|95|99)\.00 percentile latency \(ns\)$/i.exec(label) ?? [];
    const key = share ?? OF_SUMMARY[label.toLowerCase()];
    if (key !== undefined) keep(values, key, value);
  }
  return values;
}

const OF_SUMMARY: Readonly<Record<string, string>> = {
  scenario: "scenario",
  mode: "mode",
  "result is": "validity",
  samples_per_query: "samples per query",
  "mean latency (ns)": "mean",
};

/**
 * The same of `:::MLLOG {"key": …, "value": …}`. Of MultiStream there are latencies of samples and of queries, which
 * last as long as their slowest sample.
 */
function detailOf(text: string): Map<string, string> {
  const values = new Map<string, string>();
  const entries = [...text.matchAll(/"key":\s*"([^"]*)",\s*"value":\s*"?([^",}]*)"?/g)].map(
    ([, key = "", value = ""]) => [key, value] as const,
  );
  const isMulti = entries.some(([key, value]) => key === "effective_scenario" && plain(value) === "multistream");
  const [mean, percentile] = isMulti
    ? ["result_mean_query_latency_ns", /^result_(50|90|95|99)\.00_percentile_per_query_latency_ns$/]
    : ["result_mean_latency_ns", /^result_(50|90|95|99)\.00_percentile_latency_ns$/];
  for (const [key, value] of entries) {
    const [, share] = percentile.exec(key) ?? [];
    const kept = share ?? (key === mean ? "mean" : OF_DETAIL[key]);
    if (kept !== undefined) keep(values, kept, value);
  }
  return values;
}

const OF_DETAIL: Readonly<Record<string, string>> = {
  effective_scenario: "scenario",
  effective_test_mode: "mode",
  result_validity: "validity",
  effective_samples_per_query: "samples per query",
};

/** A second mean is that of another run. */
function keep(values: Map<string, string>, key: string, value: string): void {
  if (key === "mean" && values.has(key)) values.set("runs", "several");
  values.set(key, value);
}
