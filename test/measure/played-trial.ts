import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { CompanionEvent, TrialEvent, TrialSpec } from "../../src/measure/trial-protocol.js";

/** What a played trial is told; its model is never opened. */
export const SPEC: TrialSpec = {
  modelPath: "none.onnx",
  input: { name: "images", type: "float32", layout: "nchw", channels: 3 },
  provider: "cpu",
  threads: 1,
  inputSizePx: 32,
  miniBatchSize: 2,
  imagePaths: [],
  stopping: { min_inferences: 10, max_inferences: 12, max_steady_ms: 5000, relative_half_width: 0.01 },
  idleMs: 0,
  memoryLimitMib: 1e6,
};

/**
 * Runs something while processes of Batchwise do what a script says in place of their work: Node loads it first.
 *
 * @param scripts JavaScript by the entry point that it stands for; it may call `work()` for the
 *   JSON that it was given, `tell(event)`, `write(text)` to standard error, `die(signal)`, `mark(path)`, which makes a
 *   file, and `stay()`
 */
export async function playing<Result>(
  scripts: Readonly<Partial<Record<"trial-process.js" | "companion-process.js" | "pulse-process.js", string>>>,
  run: () => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "batchwise-played-"));
  const preload = join(folder, "preload.mjs");
  writeFileSync(
    preload,
    `import { readFileSync, unlinkSync, writeFileSync, writeSync } from "node:fs";
     const work = () => readFileSync(4, "utf8");
     const mark = (path) => writeFileSync(path, "");
     const tell = (event) => writeSync(3, JSON.stringify(event) + "\\n");
     const write = (text) => writeSync(2, text);
     const die = (signal) => process.kill(process.pid, signal);
     const stay = () => new Promise(() => setInterval(() => {}, 1000));
     ${Object.entries(scripts)
       .map(([entry, script]) => `if (process.argv[1]?.endsWith("/${entry}")) { ${script}; }`)
       .join("\n")}`,
  );
  const before = process.env.NODE_OPTIONS;
  process.env.NODE_OPTIONS = `--import=${pathToFileURL(preload)}`;
  try {
    return await run();
  } finally {
    if (before === undefined) delete process.env.NODE_OPTIONS;
    else process.env.NODE_OPTIONS = before;
    rmSync(folder, { recursive: true });
  }
}

/** The script that tells some events. */
export function telling(...events: (TrialEvent | CompanionEvent)[]): string {
  return events.map((event) => `tell(${JSON.stringify(event)})`).join(";\n");
}

/** The script of a trial that ends well after a first inference of 8 ms and a steady one of 4 ms. */
export const WELL = telling(
  { event: "prepared", decodeMs: 1, resizeMs: 2, tensorMs: 3 },
  { event: "phase", phase: "idle", atMs: 10 },
  { event: "inferences", inferences: [{ startedAtMs: 11, latencyMs: 8 }] },
  { event: "inferences", inferences: [{ startedAtMs: 19, latencyMs: 4 }] },
  { event: "done", stoppedBy: "interval", relativeHalfWidth: 0, finiteOutputs: true, peakMemoryMib: 1 },
);

/** The script of a trial that has room for mini-batches of up to two images. */
export const UP_TO_TWO = `if (JSON.parse(work()).miniBatchSize <= 2) { ${WELL}; }
  else { tell({ event: "failed", status: "out_of_memory", detail: "no room" }); }
  process.exit(0)`;
