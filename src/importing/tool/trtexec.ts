import { z } from "zod";
import { UserError } from "../../core/user-error.js";
import { type ImportedRow, type ImportedRows, knownFigures, type RowKind } from "../imported-row.js";
import { type SourceFile, textOf } from "../source-lines.js";
import { miniBatchOfName } from "./mini-batch-of-name.js";

/** What the user says of a file that does not say it. */
export interface ToolOptions {
  readonly miniBatchSize?: number;
}

const timesSchema = z
  .array(
    z.looseObject({
      latencyMs: z.number().positive(),
      startComputeMs: z.number().optional(),
      endComputeMs: z.number().optional(),
    }),
  )
  .min(1);
const profileSchema = z.array(z.looseObject({ averageMs: z.number().min(0).optional() })).min(1);

/**
 * What trtexec leaves: its log (a summary of each run), the JSON of `--exportTimes` (each inference) or of
 * `--exportProfile` (each layer's mean, whose sum is an inference without its transfers).
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
      if (!isJson && !/^\s*\[\s*\{/.test(text)) return yield* logRows(source, text, options);
      const value = jsonOf(source, text);
      const times = timesSchema.safeParse(value);
      const miniBatchSize = requireMiniBatch(source, options);
      if (times.success) {
        kind = "inferences";
        if (isSideBySide(times.data)) throw new UserError(`${source.name}: ${OF_SEVERAL_STREAMS}`);
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

const OF_SEVERAL_STREAMS = "inferences of several streams at a time slow each other down, allowed is one stream";

/** Whether inferences mostly begin before the middle of the one before: of one stream none does. */
function isSideBySide(times: z.infer<typeof timesSchema>): boolean {
  const early = times.filter(({ startComputeMs }, index) => {
    const { startComputeMs: start, endComputeMs: end } = times[index - 1] ?? {};
    return (
      startComputeMs !== undefined && start !== undefined && end !== undefined && startComputeMs < (start + end) / 2
    );
  });
  return early.length > times.length / 2;
}

const NUMBER = "([\\d.]+(?:e[+-]?\\d+)?)";
const RUN = /(?=^.*&&&& RUNNING TensorRT\.trtexec)/m;
const SUMMARY = /^(?:\[.*\] )?Latency: (\w.* = .*)$/gm;

/** A row of each run in a log. */
function logRows(source: SourceFile, text: string, options: ToolOptions): ImportedRow[] {
  const runs = text.split(RUN).flatMap((run) => {
    const [first, second] = [...run.matchAll(SUMMARY)];
    if (second !== undefined) {
      throw new UserError(`${source.name}: several runs without their command lines, allowed is a file for each`);
    }
    return first?.[1] === undefined ? [] : [{ run, summary: first[1] }];
  });
  if (runs.length === 0) throw new UserError(`${source.name}: no line with Latency, allowed is a log of trtexec`);
  return runs.map(({ run, summary }, index) => {
    const place = runs.length === 1 ? source.name : `${source.name} run ${index + 1}`;
    return logRow({ ...source, name: place }, run, summary, options);
  });
}

function logRow(source: SourceFile, text: string, summary: string, options: ToolOptions): ImportedRow {
  const [, streams = "1"] = /(?:--(?:infStreams|streams)=|Inference Streams: )(\d+)/.exec(text) ?? [];
  if (Number(streams) > 1) throw new UserError(`${source.name}: ${OF_SEVERAL_STREAMS}`);
  const figure = (name: string) => {
    const [, value] = new RegExp(`${name} = ${NUMBER} ms`).exec(summary) ?? [];
    return value === undefined ? undefined : Number(value);
  };
  const [, queries] = new RegExp(`Throughput: ${NUMBER} qps`).exec(text) ?? [];
  const { batch, inputSizePx } = shapeIn(text, "shapes") ?? shapeIn(text, "optShapes") ?? {};
  const [, implicit] = /--batch=(\d+)/.exec(text) ?? [];
  const said = batch ?? (implicit === undefined ? undefined : Number(implicit));
  const miniBatchSize = said ?? requireMiniBatch(source, options);
  if (options.miniBatchSize !== undefined && options.miniBatchSize !== miniBatchSize) {
    throw new UserError(`${source.name}: mini-batch size ${miniBatchSize}, where --batch is ${options.miniBatchSize}`);
  }
  const figures = {
    meanMs: figure("mean"),
    p50Ms: figure("median"),
    p90Ms: figure("percentile\\(90%\\)"),
    p95Ms: figure("percentile\\(95%\\)"),
    p99Ms: figure("percentile\\(99%\\)"),
    // A query of a network with an implicit batch is counted as all of its images.
    imagesPerS: queries === undefined ? undefined : Number(queries) * (implicit === undefined ? miniBatchSize : 1),
    inputSizePx,
  };
  return {
    place: source.name,
    miniBatchSize,
    ...knownFigures(figures),
  };
}

/** The mini-batch and the side of the first input with four dimensions, channels first or last. */
function shapeIn(text: string, option: string): { readonly batch: number; readonly inputSizePx?: number } | undefined {
  const [, ...dimensions] = new RegExp(`--${option}=\\S*?:(\\d+)x(\\d+)x(\\d+)x(\\d+)(?![x\\d])`).exec(text) ?? [];
  const [batch, first = 0, second = 0, third = 0] = dimensions.map(Number);
  if (batch === undefined) return undefined;
  const [height, width] = third <= 4 && first > 4 ? [first, second] : [second, third];
  return { batch, ...(height === width && { inputSizePx: height }) };
}

/** @throws UserError if neither the user nor the file's name says the mini-batch size */
export function requireMiniBatch({ name }: SourceFile, { miniBatchSize }: ToolOptions): number {
  const size = miniBatchSize ?? miniBatchOfName(name);
  if (size === undefined)
    throw new UserError(`${name}: does not say its mini-batch size, allowed is --batch, or a name such as b8.json`);
  return size;
}
