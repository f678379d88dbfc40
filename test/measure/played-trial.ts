import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { TrialEvent } from "../../src/measure/trial-protocol.js";

/**
 * Runs something while every process of Batchwise with one entry point does what a script says in place of its work:
 * Node loads the script first.
 *
 * @param entry the file name of the entry point, such as trial-process.js
 * @param script JavaScript that may call `tell(event)`, `write(text)` to standard error, `die(signal)` and `stay()`
 */
export async function playing<Result>(entry: string, script: string, run: () => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "batchwise-played-"));
  const preload = join(folder, "preload.mjs");
  writeFileSync(
    preload,
    `import { writeSync } from "node:fs";
     const tell = (event) => writeSync(3, JSON.stringify(event) + "\\n");
     const write = (text) => writeSync(2, text);
     const die = (signal) => process.kill(process.pid, signal);
     const stay = () => new Promise(() => setInterval(() => {}, 1000));
     if (process.argv[1]?.endsWith(${JSON.stringify(entry)})) {
       ${script};
     }`,
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
export function telling(...events: TrialEvent[]): string {
  return events.map((event) => `tell(${JSON.stringify(event)})`).join(";\n");
}
