// The entry point of a trial's process: measures one cell and tells what happens.
import { setTimeout as delay, setImmediate as nextTurn } from "node:timers/promises";
import { monotonicMs } from "../core/clock.js";
import type { Phase } from "../dataset/tables.js";
import { openProbe } from "../hardware/sampling/probe.js";
import { isOrphan, tellParent, workGiven } from "../processes/work-process.js";
import { hasOnlyFiniteValues } from "./finite-values.js";
import { type ImageTensor, prepareMiniBatch } from "./images.js";
import { processMemory, resetPeakMemory } from "./process-memory.js";
import type { InferenceOutputs } from "./runtime.js";
import { openSession, type Session } from "./session.js";
import { StoppingWatch } from "./stopping.js";
import { classifyFailure, MemoryLimitError, preferAsVictim } from "./trial-failure.js";
import type { TimedInference, TrialEvent, TrialSpec } from "./trial-protocol.js";

/** Latencies are passed on at most this often: each message wakes the parent on a core that is being measured. */
const FLUSH_INTERVAL_MS = 250;

const spec = workGiven<TrialSpec>();
const tell: (event: TrialEvent) => void = tellParent;

await measure().catch((error: unknown) => {
  tell({ event: "failed", ...classifyFailure(error) });
  process.exitCode = 1;
});

async function measure(): Promise<void> {
  preferAsVictim();
  const { tensor, times } = await prepareMiniBatch(spec.imagePaths, spec.input, spec.inputSizePx, spec.miniBatchSize);
  tell({ event: "prepared", ...times });

  const probe = openProbe();
  const look = async () => {
    await nextTurn(); // until then the collections of a blocking inference are not counted
    const { monotonicMs: atMs, values } = probe.snapshot();
    tell({ event: "probe", atMs, values: values.map((value) => value ?? null) });
  };

  enter("idle");
  resetPeakMemory();
  await delay(spec.idleMs);
  const idleMemory = processMemory(process.pid);
  await look();

  enter("load");
  const loadStartedMs = monotonicMs();
  const session = await openSession(spec.modelPath, spec);
  tell({ event: "loaded", loadMs: monotonicMs() - loadStartedMs });
  await look();

  enter("first");
  const { outputs, ...first } = await infer(session, tensor); // its time is the warm-up time W
  tell({ event: "inferences", inferences: [first] });
  await look();
  requireWithinLimit();

  enter("steady");
  const { stoppedBy, relativeHalfWidth } = await inferSteadily(session, tensor);
  const peakMemoryMib = requireWithinLimit();
  await look();
  probe.close();
  await session.close();
  tell({
    event: "done",
    stoppedBy,
    relativeHalfWidth,
    finiteOutputs: Object.values(outputs).every(hasOnlyFiniteValues),
    peakMemoryMib,
    ...(idleMemory && { idleMemoryMib: idleMemory.residentMib }),
  });
}

async function infer(session: Session, tensor: ImageTensor): Promise<TimedInference & { outputs: InferenceOutputs }> {
  const startedAtMs = monotonicMs();
  const outputs = await session.run(tensor);
  return { startedAtMs, latencyMs: monotonicMs() - startedAtMs, outputs };
}

async function inferSteadily(session: Session, tensor: ImageTensor) {
  const watch = new StoppingWatch(spec.stopping);
  let pending: TimedInference[] = [];
  let flushedAtMs = monotonicMs();
  for (;;) {
    const { startedAtMs, latencyMs } = await infer(session, tensor);
    pending.push({ startedAtMs, latencyMs });
    const stoppedBy = watch.add(latencyMs);
    const nowMs = startedAtMs + latencyMs;
    if (stoppedBy !== undefined || nowMs - flushedAtMs > FLUSH_INTERVAL_MS) {
      tell({ event: "inferences", inferences: pending });
      pending = [];
      flushedAtMs = nowMs;
    }
    if (stoppedBy !== undefined) return { stoppedBy, relativeHalfWidth: watch.precision().relativeHalfWidth };
    if (isOrphan()) process.exit(1); // the sweep is gone
  }
}

function enter(phase: Phase): void {
  tell({ event: "phase", phase, atMs: monotonicMs() });
}

/** On a GPU the limit is of its memory, which the sweep watches from outside. */
function requireWithinLimit(): number {
  const peakMib = processMemory(process.pid)?.peakMib ?? 0;
  if (spec.provider === "cpu" && peakMib > spec.memoryLimitMib)
    throw new MemoryLimitError(peakMib, spec.memoryLimitMib);
  return peakMib;
}
