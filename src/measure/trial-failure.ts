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

/** How V8, C++, ONNX Runtime, CUDA, Vulkan and WebGPU say that memory, or a buffer's limit, does not suffice. */
const OUT_OF_MEMORY =
  /bad_alloc|out[ _]of[ _](\w+_)?memory|failed to allocate|allocation (failed|size too large)|invalid (typed )?array length|exceeds the max buffer size|larger than the maximum (\w+ )*binding size/i;

/**
 * What a process wrote to standard error of memory that did not suffice. WebGPU tells so there alone: what it throws
 * is of a buffer that is invalid or not found.
 */
export function outOfMemoryWords(stderr: string): string | undefined {
  const line = stderr.split("\n").find((words) => OUT_OF_MEMORY.test(words));
  return line === undefined ? undefined : runtimeReason(line);
}

/** Which outcome an error is that ended a process which runs a cell, with its words on one line. */
export function classifyFailure(error: unknown): TrialFailure {
  const detail = runtimeReason(error);
  if (error instanceof MemoryLimitError) return { status: "out_of_memory", detail };
  if (error instanceof UserError) return { status: "unsupported", detail };
  if (OUT_OF_MEMORY.test(detail)) return { status: "out_of_memory", detail };
  if (/not implemented|NOT_IMPLEMENTED|no available backend/i.test(detail)) {
    return { status: "unsupported", detail };
  }
  return { status: "crashed", detail };
}
