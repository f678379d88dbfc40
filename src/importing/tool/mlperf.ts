import { UserError } from "../../core/user-error.js";
import { type ImportedRow, type ImportedRows, knownFigures } from "../imported-row.js";
import { type SourceFile, textOf } from "../source-lines.js";
import type { ToolOptions } from "./trtexec.js";

const MS_PER_NS = 1e-6;

/**
 * A summary or a detailed log of MLPerf's LoadGen. A query of SingleStream is one image, one of MultiStream so many at
 * once; of Offline and Server queries the time in the queue is part of the latency.
 */
export function readMlperf(source: SourceFile, options: ToolOptions = {}): ImportedRows {
  return {
    kind: () => "summaries",
    notes: [],
    rows: async function* () {
      yield rowOf(source, await textOf(source), options);
    },
  };
}

function rowOf(source: SourceFile, text: string, options: ToolOptions): ImportedRow {
  const values = text.includes(":::MLLOG") ? detailOf(text) : summaryOf(text);
  const scenario = values
    .get("scenario")
    ?.replaceAll(/[^a-z]/gi, "")
    .toLowerCase();
  if (scenario === undefined) throw new UserError(`${source.name}: no scenario, allowed is a log of LoadGen`);
  if (scenario !== "singlestream" && scenario !== "multistream") {
    throw new UserError(
      `${source.name}: scenario ${values.get("scenario")}, whose latency holds the time in the queue; allowed are SingleStream and MultiStream`,
    );
  }
  const ms = (key: string) => {
    const ns = Number(values.get(key));
    return ns > 0 ? ns * MS_PER_NS : undefined;
  };
  const meanMs = ms("mean");
  if (meanMs === undefined)
    throw new UserError(`${source.name}: no mean latency, allowed is a performance log of LoadGen`);
  const samples = Number(values.get("samples per query"));
  const miniBatchSize = options.miniBatchSize ?? (samples >= 1 ? samples : scenario === "singlestream" ? 1 : undefined);
  if (miniBatchSize === undefined)
    throw new UserError(`${source.name}: does not say the samples of a query, allowed is --batch`);
  const figures = { meanMs, p50Ms: ms("50"), p90Ms: ms("90"), p95Ms: ms("95"), p99Ms: ms("99") };
  return {
    place: source.name,
    miniBatchSize,
    ...knownFigures(figures),
  };
}

/** `Mean latency (ns) : 123` and the like, by what is read of them. */
function summaryOf(text: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [, label = "", value = ""] = /^\s*(.*?)\s*:\s*(.*?)\s*$/.exec(line) ?? [];
    const plain = label.toLowerCase();
    const [, share] = /^(50|90|95|99)\.00 percentile latency \(ns\)$/.exec(plain) ?? [];
    if (plain === "scenario") values.set("scenario", value);
    if (plain === "samples_per_query") values.set("samples per query", value);
    if (plain === "mean latency (ns)") values.set("mean", value);
    if (share !== undefined) values.set(share, value);
  }
  return values;
}

/** The same of `:::MLLOG {"key": …, "value": …}`. */
function detailOf(text: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const [, key = "", value = ""] of text.matchAll(/"key":\s*"([^"]*)",\s*"value":\s*"?([^",}]*)"?/g)) {
    const [, share] = /^result_(50|90|95|99)\.00_percentile_latency_ns$/.exec(key) ?? [];
    if (key === "effective_scenario") values.set("scenario", value);
    if (key === "effective_samples_per_query") values.set("samples per query", value);
    if (key === "result_mean_latency_ns") values.set("mean", value);
    if (share !== undefined) values.set(share, value);
  }
  return values;
}
