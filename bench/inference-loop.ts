// The process whose latency is looked at: infers without a pause and tells start and latency of every inference.
import { cpus } from "node:os";
import { setImmediate as nextTurn } from "node:timers/promises";
import { monotonicMs } from "../src/core/clock.js";
import { openSession } from "../src/measure/session.js";
import { tensorDims } from "../src/model/model-input.js";

const [modelPath = "", size = "", batch = ""] = process.argv.slice(2);
/** Seldom enough not to matter, often enough for the reader to follow. */
const TELL_EVERY_MS = 500;

process.on("disconnect", () => process.exit());
process.on("SIGINT", () => undefined); // the parent decides when to end
const session = await openSession(modelPath, { provider: "cpu", threads: cpus().length });
const dims = tensorDims(session.input, Number(size), Number(batch));
const data = Float32Array.from(
  { length: dims.reduce((product, extent) => product * extent, 1) },
  (_, index) => ((index * 37) % 255) / 64 - 2,
);

let startsMs: number[] = [];
let latenciesMs: number[] = [];
let toldMs = monotonicMs();
while (process.connected) {
  const startMs = monotonicMs();
  await session.run({ type: "float32", dims, data });
  const endMs = monotonicMs();
  startsMs.push(startMs);
  latenciesMs.push(endMs - startMs);
  if (endMs - toldMs < TELL_EVERY_MS) continue;
  process.send?.({ startsMs: Float64Array.from(startsMs), latenciesMs: Float64Array.from(latenciesMs) });
  startsMs = [];
  latenciesMs = [];
  toldMs = endMs;
  await nextTurn();
}
