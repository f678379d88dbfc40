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
  "request-rate",
] as const;
/** One of `MEANINGS`. */
export type Meaning = (typeof MEANINGS)[number];

/** A column that is used: where it is, its header, and the unit that the header gives. */
export interface FoundColumn {
  readonly index: number;
  readonly header: string;
  readonly unit: string | undefined;
  /** Of times: of one image of the mini-batch, not of all of it. */
  readonly isPerImage: boolean;
}

/** The columns of a table by what they say. */
export type FoundColumns = Partial<Record<Meaning, FoundColumn>>;

const PERCENT = { p50: "50", p90: "90", p95: "95", p99: "99" } as const;
/** A percentile of any share: `p98`, `99.9%`, `80th percentile`. */
const PERCENTILE = /(^|[^a-z\d])p ?\d{1,3}([.\s]|\b)|\d ?(%|(st|nd|rd|th|perc)\b)|\b(percentile|quantile)\b/;
/** A percentile, or a device of that name. */
const PERCENTILE_OR_DEVICE = /(^|[^a-z\d])p ?(4|40|100)\b(?!\.\d)/;
/** Of a part of an inference or of something else, also where it is a percentile. */
const PARTS =
  /\b(queue\w*|compute|network|send|recv|h2d|d2h|enqueue|wait|request\/response|tokens?|cpu time|gpu time|preproc\w*|postproc\w*|train\w*|build)\b/;
/** Not typical of an inference. */
const OTHERS =
  /\b(std|stdev|stddev|sd|dev|deviation|var|variance|cv|min|max|minimum|maximum|client|server|total|utili[sz]ation|speed-?up|memory|params|flops|gflops|accuracy|top-?[15]|timestamp|date|start\w*|(?<!to[- ])end(?![- ]to[- ]end)\w*)\b/;
/** More than one request at a time where it is above 1. */
const REQUESTS_AT_A_TIME =
  /^(#|no\.?|num(ber)?)?( ?of)? ?((request|client)? ?concurrency|(concurrent |parallel )?(clients|users|(inference )?streams)|(concurrent|parallel|in-?flight|outstanding) requests|queue depth)$/;
const OF_ONE_IMAGE = /[- ]*(\/|\bper[- ])\s*(images?|imgs?|samples?|frames?|pictures?|items?)\b[- ]*/i;
/** The whole of it, which a time is of anyway. */
const OF_ONE_BATCH = /(?<=\b(?:[nuµμ\ufffdm]?s|sec|seconds?))\s*(\/|\bper )\s*(mini-?)?batch\b/i;

/** A header without marks and its unit: `**Latency (ms)**` becomes `latency` and `ms`. */
function partsOf(header: string): {
  readonly words: string;
  readonly unit: string | undefined;
  readonly isPerImage: boolean;
} {
  const marked = header
    .replaceAll(/[*`"]/g, "")
    .replaceAll(/<[^>]*>/g, " ")
    .replace(OF_ONE_BATCH, "")
    .trim();
  const isPerImage = OF_ONE_IMAGE.test(marked);
  const plain = marked.replace(OF_ONE_IMAGE, " ").trim();
  const [, before = plain, bracketed] = /^(.*?)\s*[[(]\s*([^\])]*?)\s*[\])]\s*$/.exec(plain) ?? [];
  const words = (/\d/.test(bracketed ?? "") ? plain : before)
    .toLowerCase()
    .replaceAll(/[_\s]+/g, " ")
    .trim();
  if (bracketed !== undefined && !/\d/.test(bracketed)) return { words, unit: bracketed, isPerImage };
  const last =
    /^(.*?)[\s,]*(?<![a-z\d])(ns|us|[µμ\ufffd]s|ms|msec|usec|s|sec|seconds?|w|watts?|img\/s|images?\/s(?:ec(?:ond)?)?|inferences?\/s(?:ec(?:ond)?)?|samples\/s(?:ec)?|qps|fps|ips|images? per second|inferences? per second)$/i.exec(
      words,
    );
  return last === null
    ? { words, unit: undefined, isPerImage }
    : { words: last[1] || words, unit: last[2], isPerImage };
}

/** What a header says of a column. */
export type ColumnMeaning = Pick<FoundColumn, "unit" | "isPerImage"> & { readonly meaning: Meaning };

/** What a header says; undefined if nothing that is used. */
export function meaningOf(header: string): ColumnMeaning | undefined {
  const { words, unit, isPerImage } = partsOf(header);
  const said = (meaning: Meaning) => ({ meaning, unit, isPerImage });
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
  if (REQUESTS_AT_A_TIME.test(words)) return said("concurrency");
  if (/^request rate$/.test(words)) return said("request-rate");
  const isTime = unit === undefined || msPer(unit) !== undefined;
  if (isTime && /\b(warm-?up|first (inference|run|batch|latency))\b/.test(words)) return said("warm-up");
  if (isTime && /\b((model|session) ?(load|creation)|load)( time)?$/.test(words)) return said("load");
  const counted = unit === undefined ? undefined : countedBy(unit);
  if (
    counted !== undefined ||
    (/\b(throughput|fps|ips|qps)\b|\bimages? ?(\/|per) ?s/.test(words) && unit === undefined)
  ) {
    return OTHERS.test(words) || PARTS.test(words) ? undefined : said("throughput");
  }
  if (/\bpower\b/.test(words) && (unit === undefined || wattsPer(unit) !== undefined)) {
    return said(/\bidle\b/.test(words) ? "idle-power" : "power");
  }
  if (!isTime || PARTS.test(words)) return undefined;
  const isLatency = /\b(latency|time|duration|inference|elapsed|runtime|response)\b/.test(words) || unit !== undefined;
  for (const [meaning, share] of Object.entries(PERCENT) as ["p50" | "p90" | "p95" | "p99", string][]) {
    const named = new RegExp(
      `(^|[^\\d.])(p ?${share}|${share} ?(%|th|percentile|perc\\b)|percentile ?\\(?${share})([^\\d.]|$)`,
    );
    if (named.test(words) || named.test(`${words} ${unit ?? ""}`)) return said(meaning);
  }
  if (isLatency && /\bmedian\b/.test(words)) return said("p50");
  if (!isLatency || OTHERS.test(words)) return undefined;
  return PERCENTILE.test(words) && !PERCENTILE_OR_DEVICE.test(words) ? undefined : said("latency");
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
    const { unit, isPerImage } = partsOf(header);
    found[meaning] = { index, header: plainOf(header), unit, isPerImage };
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
    const { meaning, unit, isPerImage } = said;
    if (meaning === "latency" && PERCENTILE_OR_DEVICE.test(partsOf(header).words)) {
      throw new UserError(
        `column ${plainOf(header)} may be a percentile or a device, allowed is --column "latency=HEADER"`,
      );
    }
    const first = found[meaning];
    if (first !== undefined) {
      throw new UserError(
        `columns ${first.header} and ${plainOf(header)} may both be ${meaning}, allowed is --column "${meaning}=${first.header}"`,
      );
    }
    found[meaning] = { index, header: plainOf(header), unit, isPerImage };
  }
  return found;
}

/** A header without the marks of Markdown. */
export function plainOf(header: string): string {
  return header.replaceAll(/[*`]/g, "").trim();
}
