import { UserError } from "../core/user-error.js";

/** One of several disjoint parts of a design: the first of four is `{ index: 1, of: 4 }`. */
export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly of: number;
}

/** More parts than these nobody has machines for. */
export const MOST_SHARDS = 100_000;

/**
 * A shard as it is written, counted from 1.
 *
 * @throws UserError if it is none
 * @example parseShard("--shard", "2/8") // { index: 2, of: 8 }
 */
export function parseShard(option: string, text: string): Shard {
  const [, index = 0, of = 0] = (/^([1-9]\d*)\/([1-9]\d*)$/.exec(text) ?? []).map(Number);
  if (index >= 1 && index <= of && of <= MOST_SHARDS) return { index, of };
  throw new UserError(
    `${option} ${JSON.stringify(text)}: allowed is i/n, as in 2/8, i from 1 to n, n up to ${MOST_SHARDS}`,
  );
}

/** A shard as it is written. */
export function shardName({ index, of }: Shard): string {
  return `${index}/${of}`;
}
