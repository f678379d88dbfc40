import { fork } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { table } from "../pipeline/terminal/terminal.js";
import { PACKAGE_ROOT } from "../src/core/package-root.js";

/** What a step of a bench took, in a process of its own. */
export interface StepResult {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMib: number;
  readonly says: string;
}

/** Runs a step in a process of its own, which tells what it took with `tellStep`. */
export function stepProcess(script: string, ...args: readonly (string | number)[]): Promise<StepResult> {
  const path = join(PACKAGE_ROOT, "dist", "bench", script);
  const child = fork(path, args.map(String), { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  return new Promise((resolve, reject) => {
    child.on("message", (result) => resolve(result as StepResult));
    child.on("error", reject);
    child.on("exit", (code, signal) =>
      reject(new Error(`${args[0]}: ended with ${signal ?? code} and without a result`)),
    );
  });
}

/** Does a step, and tells the process that started this one what it took. */
export async function tellStep(run: () => Promise<string>): Promise<void> {
  const startedMs = performance.now();
  const says = await run();
  const { user, system } = process.cpuUsage();
  process.send?.({
    seconds: (performance.now() - startedMs) / 1000,
    cpuSeconds: (user + system) / 1e6,
    peakMib: Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? Number.NaN) / 1024,
    says,
  } satisfies StepResult);
  process.disconnect?.();
}

/** The results of steps for people. */
export function stepTable(results: readonly (StepResult & { readonly what: string })[]): string {
  return table(
    ["what", "time (s)", "CPU (s)", "peak memory (MiB)", "outcome"],
    results.map(({ what, seconds, cpuSeconds, peakMib, says }) => [
      what,
      seconds.toFixed(1),
      cpuSeconds.toFixed(1),
      peakMib.toFixed(0),
      says,
    ]),
  );
}
