import { z } from "zod";
import { UserError } from "../../core/user-error.js";
import type { ImportedRow } from "../imported-row.js";
import type { SourceFile } from "../source-lines.js";

/** How a trace of LoadGen begins. */
export const TRACE_HEAD = '{"traceEvents":[';
const SAMPLE = '{"name":"Sample",';
const MS_PER_NS = 1e-6;
const NS_PER_US = 1000;
/** Times are written to a thousandth of a microsecond. */
const ROUNDING_NS = 2;

const sampleSchema = z.object({
  ph: z.string(),
  ts: z.number(),
  args: z.object({ query_seq: z.number(), complete_ns: z.number().positive() }).optional(),
});

/** A query as its samples say it: when it was issued, how long until the last of them was done. */
interface Query {
  readonly startNs: number;
  readonly doneNs: number;
  readonly samples: number;
}

/**
 * The queries in a `mlperf_log_trace.json`, one after the other, each as long as its slowest sample: what summary and
 * detailed log give percentiles of. The scenario does not stand in it, so that queries have to show that only one was
 * under way at a time.
 *
 * @param lines after the first
 * @throws UserError if there are none, or queries that wait in a queue
 */
export async function traceRows(source: SourceFile, lines: AsyncIterable<string>): Promise<ImportedRow[]> {
  const queries = await queriesIn(source, lines);
  const [first, second] = queries;
  if (first === undefined) throw new UserError(`${source.name}: no samples, allowed is a trace of LoadGen`);
  if (second === undefined) throw new UserError(`${source.name}: a single query, as of Offline; allowed are several`);
  const other = queries.find(({ samples }) => samples !== first.samples);
  if (other !== undefined) {
    throw new UserError(
      `${source.name}: queries of ${first.samples} and ${other.samples} samples, allowed are alike ones`,
    );
  }
  if (queries.some(({ startNs }, index) => startNs + ROUNDING_NS < (queries[index - 1]?.doneNs ?? 0))) {
    throw new UserError(
      `${source.name}: queries that begin before the last one is done, whose latency holds the time in the queue; allowed are SingleStream and MultiStream`,
    );
  }
  return queries.map(({ startNs, doneNs, samples }) => ({
    place: source.name,
    miniBatchSize: samples,
    meanMs: (doneNs - startNs) * MS_PER_NS,
  }));
}

async function queriesIn(source: SourceFile, lines: AsyncIterable<string>): Promise<Query[]> {
  const queries = new Map<number, Query>();
  for await (const line of lines) {
    if (!line.startsWith(SAMPLE)) continue;
    const { ph, ts, args } = sampleOf(source, line);
    if (ph !== "b" || args === undefined) continue;
    const { startNs = ts * NS_PER_US, doneNs = 0, samples = 0 } = queries.get(args.query_seq) ?? {};
    queries.set(args.query_seq, {
      startNs,
      doneNs: Math.max(doneNs, startNs + args.complete_ns),
      samples: samples + 1,
    });
  }
  return [...queries].sort(([a], [b]) => a - b).map(([, query]) => query);
}

function sampleOf(source: SourceFile, line: string): z.infer<typeof sampleSchema> {
  try {
    return sampleSchema.parse(JSON.parse(line.trim().replace(/,$/, "")));
  } catch {
    throw new UserError(`${source.name}: a sample that is none, ${line.slice(0, 60)}; allowed is a trace of LoadGen`);
  }
}
