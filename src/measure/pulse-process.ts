// The entry point of the pulse: a kept process that runs the same small inference whenever it is asked.
import { createInterface } from "node:readline";
import { monotonicMs } from "../core/clock.js";
import { median, sorted } from "../core/statistics.js";
import { touchFreshMemory } from "../hardware/system/touch-memory.js";
import { tensorDims } from "../model/model-input.js";
import { tellParent, workGiven } from "../processes/work-process.js";
import type { ImageTensor } from "./images.js";
import type { PulseEvent, PulseRequest, PulseSpec } from "./pulse-protocol.js";
import { runtimeReason } from "./runtime-reason.js";
import { openSession, type Session } from "./session.js";

/** Small, so that a reading has many inferences; not so small that starting the threads is all of it. */
const INPUT_SIZE_PX = 96;
const READING_MS = 75;
const LEAST_INFERENCES = 5;
const TOUCHED_MIB = 32;

const spec = workGiven<PulseSpec>();
const tell: (event: PulseEvent) => void = tellParent;

await answer().catch((error: unknown) => {
  tell({ event: "failed", detail: runtimeReason(error) });
  process.exitCode = 1;
});

/** Goes on until whoever asks closes the pipe, or is gone. */
async function answer(): Promise<void> {
  const session = await openSession(spec.modelPath, spec);
  const dims = tensorDims(session.input, INPUT_SIZE_PX, 1);
  const data = Float32Array.from({ length: dims.reduce((product, size) => product * size, 1) }, (_, index) =>
    Math.sin(index),
  );
  const tensor: ImageTensor = { type: "float32", data, dims };
  await inferenceMs(session, tensor); // the first one, and those in which memory and caches settle
  tell({ event: "ready" });
  for await (const request of createInterface({ input: process.stdin }) as AsyncIterable<PulseRequest>) {
    const touchUsPerPage = request === "inference" ? 0 : touchFreshMemory(1, TOUCHED_MIB).medianUsPerPage;
    // On a loaded machine the wait for a core may be stated as all of the time: then the price is not known.
    const touched = touchUsPerPage > 0 ? { touchUsPerPage } : {};
    tell({ event: "reading", ...touched, inferenceMs: await inferenceMs(session, tensor) });
  }
  await session.close();
}

async function inferenceMs(session: Session, tensor: ImageTensor): Promise<number> {
  const latenciesMs: number[] = [];
  for (const startedMs = monotonicMs(); ; ) {
    const beganMs = monotonicMs();
    await session.run(tensor);
    const nowMs = monotonicMs();
    latenciesMs.push(nowMs - beganMs);
    if (latenciesMs.length >= LEAST_INFERENCES && nowMs - startedMs >= READING_MS) return median(sorted(latenciesMs));
  }
}
