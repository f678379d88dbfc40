import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { killAllOf, MARK } from "./kill-all-of.js";
import type { ProjectCopy } from "./project-copy.js";
import { removeFolder } from "./remove-folder.js";

export interface TestRun {
  readonly outcome: "passed" | "failed" | "timeout";
  /** The first test that failed. */
  readonly test?: string;
  readonly ms: number;
}

/**
 * Runs one test file until it ends, its first test fails or its time is over. Nothing of it lives on: neither
 * processes, also those that left its process group, nor temporary files.
 *
 * @param options.timeLimitMs none without it
 * @param options.coverage a folder for V8's coverage; then the run goes on after a failure
 */
export async function runTest(
  { root, temporary }: ProjectCopy,
  file: string,
  options: { readonly timeLimitMs?: number; readonly coverage?: string } = {},
): Promise<TestRun> {
  // As the outermost test run, without what a run of this bench inside a test would hand down.
  const { NODE_TEST_CONTEXT: _, NODE_V8_COVERAGE: __, ...inherited } = process.env;
  const env = {
    ...inherited,
    TMPDIR: temporary,
    [MARK]: root,
    ...(options.coverage !== undefined && { NODE_V8_COVERAGE: options.coverage }),
  };
  const start = performance.now();
  const child = spawn(process.execPath, ["--enable-source-maps", "--test-reporter=tap", join(root, file)], {
    cwd: root,
    env,
    detached: true,
    stdio: ["ignore", "pipe", "ignore"],
  });
  let test: string | undefined;
  let isLate = false;
  createInterface({ input: child.stdout }).on("line", (line) => {
    const [, name] = /^\s*not ok \d+ - (?!.* # (?:TODO|SKIP))(.*)$/.exec(line) ?? [];
    if (name === undefined) return;
    test ??= name;
    if (options.coverage === undefined) killAllOf(root, child.pid);
  });
  const timer = setTimeout(
    () => {
      isLate = true;
      killAllOf(root, child.pid);
    },
    options.timeLimitMs ?? 2 ** 31 - 1,
  );
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject).once("exit", resolve);
  });
  clearTimeout(timer);
  killAllOf(root, child.pid);
  removeFolder(temporary);
  mkdirSync(temporary);
  const ms = Math.round(performance.now() - start);
  if (test === undefined && status === 0) return { outcome: "passed", ms };
  return isLate ? { outcome: "timeout", ms } : { outcome: "failed", ...(test !== undefined && { test }), ms };
}
