import type { ChildProcess } from "node:child_process";
import { deferred } from "../core/deferred.js";
import { formatDuration } from "../core/units.js";
import { outOfMemoryKills } from "../hardware/kernel/own-limits.js";
import { endInWords, startProcess } from "../processes/start-process.js";
import { failureOnEnd } from "./failure-on-end.js";
import { type CompanionEvent, labelOf, type TrialFailure, type TrialSpec } from "./trial-protocol.js";

const ENTRY = new URL("./companion-process.js", import.meta.url);

/** Why a device beside a trial was not steady in time, or did not run all along. */
export type CompanionFailure = TrialFailure | { readonly status: "timeout"; readonly detail: string };

export interface CompanionOptions {
  /** How long all of them may take until they are steady. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/**
 * Runs a measurement while the other devices of its cell run the cell, too, each in a process with cores of its own.
 * They are past their first inference before the measurement starts, and have ended when this returns or throws.
 *
 * @param cores of each companion; undefined for all
 * @returns what was measured, and why it does not count if a companion did not run all along
 */
export async function besideCompanions<Result>(
  spec: TrialSpec,
  cores: readonly (readonly number[] | undefined)[],
  options: CompanionOptions,
  measure: () => Promise<Result>,
): Promise<{ readonly result?: Result; readonly failure?: CompanionFailure }> {
  options.signal?.throwIfAborted();
  const companions = cores.map((coresOfOne) => startCompanion(spec, coresOfOne));
  try {
    const failure = await untilAllSteady(companions, options);
    if (failure !== undefined) return { failure };
    const result = await measure();
    const ended = companions.map((companion) => companion.failure()).find((known) => known !== undefined);
    return ended === undefined ? { result } : { result, failure: ended };
  } finally {
    for (const { child } of companions) child.kill("SIGKILL");
    await Promise.all(companions.map(({ ended }) => ended));
  }
}

interface Companion {
  readonly child: ChildProcess;
  readonly ended: Promise<unknown>;
  /** Settles when it is steady or will never be. */
  readonly steadyOrEnded: Promise<void>;
  /** Why it no longer runs, or undefined while it does. */
  failure(): CompanionFailure | undefined;
}

function startCompanion(spec: TrialSpec, cores: readonly number[] | undefined): Companion {
  const oomKillsBefore = outOfMemoryKills();
  let failure: TrialFailure | undefined;
  let toldFailure: TrialFailure | undefined;
  const steady = deferred<void>();
  const { child, ended } = startProcess<CompanionEvent>(ENTRY, spec, {
    label: labelOf(spec),
    cores,
    onEvent: (event) => {
      if (event.event === "failed") toldFailure = { status: event.status, detail: event.detail };
      else steady.resolve();
    },
  });
  // It ends at once after it told of a failure, and what it wrote to standard error may say more.
  const gone = ended.then((end) => {
    const known = failureOnEnd(end, toldFailure, outOfMemoryKills() > oomKillsBefore);
    failure = known ?? { status: "crashed", detail: endInWords(end) };
  });
  return {
    child,
    ended,
    steadyOrEnded: Promise.race([steady.promise, gone]),
    failure() {
      const known = failure ?? toldFailure;
      return known && { status: known.status, detail: `a device beside it: ${known.detail}` };
    },
  };
}

async function untilAllSteady(
  companions: readonly Companion[],
  { timeoutMs, signal }: CompanionOptions,
): Promise<CompanionFailure | undefined> {
  const given = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<CompanionFailure>((resolve, reject) => {
    const detail = `a device beside it: not steady after ${formatDuration(timeoutMs)}`;
    timer = setTimeout(() => resolve({ status: "timeout", detail }), timeoutMs);
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true, signal: given.signal });
  });
  const all = Promise.all(companions.map(({ steadyOrEnded }) => steadyOrEnded)).then(() =>
    companions.map(({ failure }) => failure()).find((failure) => failure !== undefined),
  );
  try {
    return await Promise.race([all, late]);
  } finally {
    clearTimeout(timer);
    given.abort();
  }
}
