import { z } from "zod";
import { UserError } from "../../core/user-error.js";
import { type ImportedRow, type ImportedRows, knownFigures, type RowKind } from "../imported-row.js";
import { type SourceFile, textOf } from "../source-lines.js";
import { miniBatchOfName } from "./mini-batch-of-name.js";

/** What the user says of a file that does not say it. */
export interface ToolOptions {
  readonly miniBatchSize?: number;
}

const timesSchema = z.array(z.looseObject({ latencyMs: z.number().positive() })).min(1);
const profileSchema = z.array(z.looseObject({ averageMs: z.number().min(0).optional() })).min(1);

/**
 * What trtexec leaves: its log (a summary), the JSON of `--exportTimes` (each inference) or of `--exportProfile` (each
 * layer's mean, whose sum is an inference without its transfers).
 */
export function readTrtexec(source: SourceFile, options: ToolOptions = {}): ImportedRows {
  const isJson = source.name.endsWith(".json");
  const notes: string[] = [];
  let kind: RowKind = "summaries";
  return {
    kind: () => kind,
    notes,
    rows: async function* () {
      const text = await textOf(source);
      if (!isJson && !/^\s*\[\s*\{/.test(text)) return yield logRow(source, text, options);
      const value = jsonOf(source, text);
      const times = timesSchema.safeParse(value);
      const miniBatchSize = requireMiniBatch(source, options);
      if (times.success) {
        kind = "inferences";
        for (const { latencyMs } of times.data) yield { place: source.name, miniBatchSize, meanMs: latencyMs };
        return;
      }
      notes.push(`${source.name}: the sum of the layers' means, without transfers and slowed down by the profiler`);
      yield { place: source.name, miniBatchSize, meanMs: profiledMs(source, value) };
    },
  };
}

/** The mean of an inference from the means of its layers. */
function profiledMs(source: SourceFile, value: unknown): number {
  const profile = profileSchema.safeParse(value);
  const meanMs = profile.success ? profile.data.reduce((sum, { averageMs = 0 }) => sum + averageMs, 0) : 0;
  if (meanMs === 0)
    throw new UserError(`${source.name}: no latencyMs and no averageMs, allowed is what trtexec exports`);
  return meanMs;
}

function jsonOf(source: SourceFile, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UserError(`${source.name}: no JSON, allowed is what trtexec exports`);
  }
}

const NUMBER = "([\\d.]+(?:e[+-]?\\d+)?)";

function logRow(source: SourceFile, text: string, options: ToolOptions): ImportedRow {
  const [, summary] = /\bLatency: ([^\n]*)/.exec(text) ?? [];
  if (summary === undefined) throw new UserError(`${source.name}: no line with Latency, allowed is a log of trtexec`);
  const figure = (name: string) => {
    const [, value] = new RegExp(`${name} = ${NUMBER} ms`).exec(summary) ?? [];
    return value === undefined ? undefined : Number(value);
  };
  const [, queries] = new RegExp(`Throughput: ${NUMBER} qps`).exec(text) ?? [];
  const [, batch, height, width] = /--(?:shapes|optShapes)=\S*?:(\d+)x\d+x(\d+)x(\d+)/.exec(text) ?? [];
  const [, implicit] = /--batch=(\d+)/.exec(text) ?? [];
  const said = batch ?? implicit;
  const miniBatchSize =
    options.miniBatchSize ?? (said === undefined ? requireMiniBatch(source, options) : Number(said));
  const figures = {
    meanMs: figure("mean"),
    p50Ms: figure("median"),
    p90Ms: figure("percentile\\(90%\\)"),
    p95Ms: figure("percentile\\(95%\\)"),
    p99Ms: figure("percentile\\(99%\\)"),
    imagesPerS: queries === undefined ? undefined : Number(queries) * miniBatchSize,
    inputSizePx: height !== undefined && height === width ? Number(height) : undefined,
  };
  return {
    place: source.name,
    miniBatchSize,
    ...knownFigures(figures),
  };
}

/** @throws UserError if neither the user nor the file's name says the mini-batch size */
export function requireMiniBatch({ name }: SourceFile, { miniBatchSize }: ToolOptions): number {
  const size = miniBatchSize ?? miniBatchOfName(name);
  if (size === undefined)
    throw new UserError(`${name}: does not say its mini-batch size, allowed is --batch, or a name such as b8.json`);
  return size;
}
