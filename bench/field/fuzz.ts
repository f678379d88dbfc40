import { type ChildProcess, fork } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";
import { type SeededRandom, seededRandom } from "../../src/core/seeded-random.js";
import { type BaseInputs, writeBaseInputs } from "./base-inputs.js";
import { KIND_NAMES, makeCase } from "./field-cases.js";
import { type Outcome, wrongWith } from "./outcome.js";

export interface FuzzOptions {
  readonly seed: number;
  readonly count: number;
  /** A command that takes longer hangs. */
  readonly limitMs: number;
  onCase?(done: number): void;
}

/** A case that went wrong. Its seed and number make it again. */
export interface FuzzFault {
  readonly number: number;
  readonly kind: string;
  readonly args: readonly string[];
  readonly wrong: string;
}

export interface FuzzResult {
  /** How many cases of each kind ended with each status. */
  readonly endings: ReadonlyMap<string, readonly number[]>;
  readonly faults: readonly FuzzFault[];
  /** What the commands left in the folder for temporary files. */
  readonly leftOver: readonly string[];
}

/** Gives the commands files with mistakes, and looks how they end. The same seed gives the same files. */
export async function fuzz({ seed, count, limitMs, onCase }: FuzzOptions): Promise<FuzzResult> {
  const folder = mkdtempSync(join(tmpdir(), "batchwise-field-"));
  const temporary = join(folder, "temporary");
  mkdirSync(temporary);
  try {
    const base = await writeBaseInputs(join(folder, "base"));
    const found = await runCases(base, folder, temporary, { seed, count, limitMs, ...(onCase && { onCase }) });
    return { ...found, leftOver: readdirSync(temporary) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runCases(base: BaseInputs, folder: string, temporary: string, options: FuzzOptions) {
  const endings = new Map(KIND_NAMES.map((name) => [name, [0, 0, 0, 0]]));
  const faults: FuzzFault[] = [];
  let worker: Worker | undefined;
  for (let number = 0; number < options.count; number++) {
    const place = join(folder, "case");
    const { kind, args } = makeCase(base, place, number, randomOf(options.seed, number));
    worker ??= startWorker(temporary);
    const outcome = await worker.call(args, options.limitMs);
    const wrong = wrongWith(outcome);
    if (wrong !== undefined) faults.push({ number, kind, args, wrong });
    const counts = endings.get(kind);
    if (counts !== undefined && outcome.ended === undefined) counts[outcome.status] = (counts[outcome.status] ?? 0) + 1;
    if (outcome.ended !== undefined) worker = undefined;
    rmSync(place, { recursive: true, force: true });
    options.onCase?.(number + 1);
  }
  await worker?.close();
  return { endings, faults };
}

/** Seeds that differ little begin alike, so that the first draws go away. */
function randomOf(seed: number, number: number): SeededRandom {
  const random = seededRandom(seed, `${number} of the files`);
  for (let draw = 0; draw < 20; draw++) random.uniform();
  return random;
}

interface Worker {
  call(args: readonly string[], limitMs: number): Promise<Outcome>;
  close(): Promise<void>;
}

function startWorker(temporary: string): Worker {
  const child: ChildProcess = fork(join(PACKAGE_ROOT, "dist", "bench", "field", "command-worker.js"), [], {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    env: { ...process.env, TMPDIR: temporary },
  });
  let beneath = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    beneath += text;
  });
  const closed = new Promise<string>((resolve) => {
    child.once("close", (code, signal) => resolve(`the process ended with ${signal ?? code}: ${beneath.slice(-300)}`));
  });
  return {
    async call(args, limitMs) {
      beneath = "";
      const answered = new Promise<Outcome>((resolve) => child.once("message", (told) => resolve(told as Outcome)));
      child.send(args);
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<Outcome>((resolve) => {
        timer = setTimeout(() => {
          child.kill("SIGKILL");
          resolve(endedSo(`no end after ${limitMs} ms`));
        }, limitMs);
      });
      const outcome = await Promise.race([answered, late, closed.then(endedSo)]);
      clearTimeout(timer);
      // What libraries in C++ write goes past the process's own streams.
      return { ...outcome, stderr: outcome.stderr + beneath };
    },
    async close() {
      child.send([]);
      await closed;
    },
  };
}

function endedSo(ended: string): Outcome {
  return { status: -1, stdout: "", stderr: "", ended };
}
