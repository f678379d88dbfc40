import { writeFileSync } from "node:fs";
import { UserError } from "../core/user-error.js";
import { runtimeReason } from "./runtime-reason.js";
import type { TrialFailure } from "./trial-protocol.js";

/** Where memory runs out, the kernel should end the trial and not the sweep that records it. */
export function preferAsVictim(): void {
  try {
    writeFileSync("/proc/self/oom_score_adj", "1000");
  } catch {
    // Elsewhere than on Linux there is no such preference.
  }
}

/** A trial's process whose memory is more than it may have. */
export class MemoryLimitError extends Error {
  constructor(peakMib: number, limitMib: number) {
    super(`peak memory ${Math.round(peakMib)} MiB exceeds the limit of ${Math.round(limitMib)} MiB`);
  }
}

/** Which outcome an error is that ended a process which runs a cell, with its words on one line. */
export function classifyFailure(error: unknown): TrialFailure {
  const detail = runtimeReason(error);
  if (error instanceof MemoryLimitError) return { status: "out_of_memory", detail };
  if (/bad_alloc|out of memory|failed to allocate|allocation failed|invalid (typed )?array length/i.test(detail)) {
    return { status: "out_of_memory", detail };
  }
  if (error instanceof UserError || /not implemented|NOT_IMPLEMENTED|no available backend/i.test(detail)) {
    return { status: "unsupported", detail };
  }
  return { status: "crashed", detail };
}
