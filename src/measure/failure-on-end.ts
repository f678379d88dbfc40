import { endInWords, type ProcessEnd } from "../processes/start-process.js";
import { outOfMemoryWords } from "./trial-failure.js";
import type { TrialFailure } from "./trial-protocol.js";

/**
 * Why a process that runs a cell did not end well; undefined where it did.
 *
 * @param told what the process told; where it knew no more than that it crashed, its last words may
 * @param kernelKilled whether the kernel ended a process for want of memory while it ran
 */
export function failureOnEnd(
  end: ProcessEnd,
  told: TrialFailure | undefined,
  kernelKilled: boolean,
): TrialFailure | undefined {
  if (told !== undefined && told.status !== "crashed") return told;
  if (end.exitCode === 0) return undefined;
  if (end.signal === "SIGKILL" && kernelKilled) {
    return { status: "out_of_memory", detail: "ended by the kernel's out-of-memory killer" };
  }
  const outOfMemory = outOfMemoryWords(end.stderr);
  if (outOfMemory !== undefined) return { status: "out_of_memory", detail: outOfMemory };
  return told ?? { status: "crashed", detail: endInWords(end) };
}
