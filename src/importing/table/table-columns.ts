import { UserError } from "../../core/user-error.js";
import { countedBy, msPer, wattsPer } from "./measure-units.js";

/** What a column of others' tables may say. */
export const MEANINGS = [
  "mini-batch",
  "input-size",
  "latency",
  "p50",
  "p90",
  "p95",
  "p99",
  "throughput",
  "power",
  "idle-power",
  "warm-up",
  "load",
  "concurrency",
] as const;
/** One of `MEANINGS`. */
export type Meaning = (typeof MEANINGS)[number];

/** A column that is used: where it is, its header, and the unit that the header gives. */
export interface FoundColumn {
  readonly index: number;
  readonly header: string;
  readonly unit: string | undefined;
}

/** The columns of a table by what they say. */
export type FoundColumns = Partial<Record<Meaning, FoundColumn>>;

const PERCENT = { p50: "50", p90: "90", p95: "95", p99: "99" } as const;
/** Of a process or a part of an inference, not of a whole one. */
const OTHERS =
  /\b(std|stdev|stddev|sd|dev|deviation|var|variance|cv|min|max|minimum|maximum|p25|p75|p99\.9|p999|99\.9|queue|compute|network|client|server|send|recv|gpu time|cpu time|preproc\w*|postproc\w*|train\w*|build|total|utili[sz]ation|speed-?up|memory|params|flops|gflops|accuracy|top-?[15]|timestamp|date|start\w*|end\w*)\b/;

/** A header without marks and its unit: `**Latency (ms)**` becomes `latency` and `ms`. */
function partsOf(header: string): { readonly words: string; readonly unit: string | undefined } {
  const plain = header
    .replaceAll(/[*`"]/g, "")
    .replaceAll(/<[^>]*>/g, " ")
    .trim();
  const [, before = plain, bracketed] = /^(.*?)\s*[[(]\s*([^\])]*?)\s*[\])]\s*$/.exec(plain) ?? [];
  const words = (/\d/.test(bracketed ?? "") ? plain : before)
    .toLowerCase()
    .replaceAll(/[_\s]+/g, " ")
    .trim();
  if (bracketed !== undefined && !/\d/.test(bracketed)) return { words, unit: bracketed };
  const last =
    /^(.*?)[\s,]*\b(ns|us|µs|ms|msec|usec|s|sec|seconds?|w|watts?|img\/s|images?\/s(?:ec(?:ond)?)?|inferences?\/s(?:ec(?:ond)?)?|samples\/s(?:ec)?|qps|fps|ips|images? per second|inferences? per second)$/i.exec(
      words,
    );
  return last === null ? { words, unit: undefined } : { words: last[1] || words, unit: last[2] };
}

/** What a header says; undefined if nothing that is used. */
export function meaningOf(
  header: string,
): { readonly meaning: Meaning; readonly unit: string | undefined } | undefined {
  const { words, unit } = partsOf(header);
  const said = (meaning: Meaning) => ({ meaning, unit });
  if (
    /^((mini[- ]?)?batch([- ]?sizes?)?( ?\(?images\)?)?|mbs|bs|batches|images per (mini-?)?(batch|inference))$/.test(
      words,
    )
  ) {
    return said("mini-batch");
  }
  if (/^(input[- ]?(image )?(size|resolution)|resolution|image[- ]?size|input[- ]?px|size px|px)( px)?$/.test(words)) {
    return said("input-size");
  }
  if (/^(request )?concurrency$/.test(words)) return said("concurrency");
  const isTime = unit === undefined || msPer(unit) !== undefined;
  if (isTime && /\b(warm-?up|first (inference|run|batch|latency))\b/.test(words)) return said("warm-up");
  if (isTime && /\b((model|session) ?(load|creation)|load)( time)?$/.test(words)) return said("load");
  const counted = unit === undefined ? undefined : countedBy(unit);
  if (
    counted !== undefined ||
    (/\b(throughput|fps|ips|qps)\b|\bimages? ?(\/|per) ?s/.test(words) && unit === undefined)
  ) {
    return OTHERS.test(words) ? undefined : said("throughput");
  }
  if (/\bpower\b/.test(words) && (unit === undefined || wattsPer(unit) !== undefined)) {
    return said(/\bidle\b/.test(words) ? "idle-power" : "power");
  }
  if (!isTime) return undefined;
  const isLatency = /\b(latency|time|duration|inference|elapsed|runtime|response)\b/.test(words) || unit !== undefined;
  for (const [meaning, share] of Object.entries(PERCENT) as ["p50" | "p90" | "p95" | "p99", string][]) {
    const named = new RegExp(
      `(^|[^\\d.])(p ?${share}|${share} ?(%|th|percentile|perc\\b)|percentile ?\\(?${share})([^\\d.]|$)`,
    );
    if (named.test(words) || named.test(`${words} ${unit ?? ""}`)) return said(meaning);
  }
  if (isLatency && /\bmedian\b/.test(words)) return said("p50");
  return isLatency && !OTHERS.test(words) ? said("latency") : undefined;
}

/**
 * The columns of a table.
 *
 * @param named headers that the user gave a meaning
 * @throws UserError if two columns say the same
 */
export function findColumns(headers: readonly string[], named: ReadonlyMap<Meaning, string> = new Map()): FoundColumns {
  const found: FoundColumns = {};
  for (const [meaning, header] of named) {
    const index = headers.findIndex((candidate) => plainOf(candidate) === plainOf(header));
    if (index < 0) {
      throw new UserError(
        `--column ${meaning}=${header}: no such column, the table has ${headers.map(plainOf).join(", ")}`,
      );
    }
    found[meaning] = { index, header: plainOf(header), unit: partsOf(header).unit };
  }
  for (const [index, header] of headers.entries()) {
    const said = meaningOf(header);
    if (
      said === undefined ||
      named.has(said.meaning) ||
      [...named.values()].some((other) => plainOf(other) === plainOf(header))
    ) {
      continue;
    }
    const { meaning, unit } = said;
    const first = found[meaning];
    if (first !== undefined) {
      throw new UserError(
        `columns ${first.header} and ${plainOf(header)} may both be ${meaning}, allowed is --column "${meaning}=${first.header}"`,
      );
    }
    found[meaning] = { index, header: plainOf(header), unit };
  }
  return found;
}

/** A header without the marks of Markdown. */
export function plainOf(header: string): string {
  return header.replaceAll(/[*`]/g, "").trim();
}
