import { counterGrowth, type KernelCounter, mostGrowth } from "./counter-growth.js";

/** What a member that was not there at the read before brings with it. */
export type Newcomer =
  /** Nothing: its counters began before it was seen, and what they count is not of this interval. */
  | "is new"
  /** What it counted since it was last seen, if the hardware can have done that: a CPU that was off counts nothing. */
  | "was away"
  /** All that it counted, if the hardware can have done that: a thread began after the read before. */
  | "was born";

/** Counters of members that come and go, such as CPUs or network interfaces, summed so that only their growth shows. */
export interface MemberSums {
  /** Begins a read, `elapsedMs` after the last one (NaN at the first). */
  begin(elapsedMs: number): void;
  /**
   * One member's counters at this read. Adding it again changes nothing.
   *
   * @param counts a value per counter, NaN where it could not be read
   * @param counted whether it belongs to the sums now; a member that does not is followed all the same
   */
  add(member: number | string, counts: ArrayLike<number>, counted?: boolean): void;
  /** By how much the member that was added last has grown, per counter; NaN where nobody can tell. */
  readonly growth: Float64Array;
  /** Ends the read and writes the sums, NaN where they would be of some members only. */
  end(values: Float64Array, at: number): void;
}

interface Member {
  readonly last: Float64Array;
  /** The read at which it was seen last. */
  seenAt: number;
}

/**
 * Opens sums that begin with what the members count at the first read and go on by the growth of each: newcomers from
 * their first sight on, leavers up to their last. Totals taken first and their growth second would bring a newcomer's
 * whole history as the work of one interval, and a leaver's as a fall.
 *
 * @example
 * const sums = memberSums([{ mostPerS: 1e11 }], "is new");
 * sums.begin(Number.NaN); sums.add("eth0", [1000]); sums.end(values, 0); // 1000
 * sums.begin(100); sums.add("eth0", [1500]); sums.add("veth1", [3e8]); sums.end(values, 0); // 1500
 */
export function memberSums(counters: readonly KernelCounter[], newcomer: Newcomer): MemberSums {
  const members = new Map<number | string, Member>();
  const totals = new Float64Array(counters.length);
  const told = new Uint8Array(counters.length);
  const growth = new Float64Array(counters.length);
  let elapsedMs = 0;
  let reads = 0;

  /** What a counter of a member adds to its sum at this read. */
  function grown(counter: KernelCounter, index: number, now: number, member: Member | undefined): number {
    if (reads === 0 || Number.isNaN(now)) return now;
    const before = member?.last[index] ?? (newcomer === "was born" ? 0 : Number.NaN);
    if (member !== undefined && member.seenAt === reads - 1) return counterGrowth(counter, before, now, elapsedMs);
    const since = now - before;
    return since >= 0 && since <= mostGrowth(counter, elapsedMs) ? since : 0;
  }

  return {
    growth,
    begin(sinceMs) {
      elapsedMs += Number.isNaN(sinceMs) ? 0 : sinceMs;
      told.fill(1);
    },
    add(name, counts, counted = true) {
      const member = members.get(name);
      if (member?.seenAt === reads) {
        growth.fill(0);
        return;
      }
      const last = member?.last ?? new Float64Array(counters.length).fill(Number.NaN);
      for (const [index, counter] of counters.entries()) {
        const now = counts[index] ?? Number.NaN;
        const more = grown(counter, index, now, member);
        growth[index] = reads === 0 ? Number.NaN : more;
        if (counted) {
          if (Number.isNaN(more)) told[index] = 0;
          else totals[index] = (totals[index] ?? 0) + more;
        }
        if (!Number.isNaN(now)) last[index] = now;
      }
      if (member === undefined) members.set(name, { last, seenAt: reads });
      else member.seenAt = reads;
    },
    end(values, at) {
      for (let index = 0; index < counters.length; index++) {
        values[at + index] = told[index] === 1 ? (totals[index] ?? 0) : Number.NaN;
      }
      if (newcomer !== "was away") {
        for (const [name, member] of members) if (member.seenAt !== reads) members.delete(name);
      }
      reads++;
      elapsedMs = 0;
    },
  };
}
