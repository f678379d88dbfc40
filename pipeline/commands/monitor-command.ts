import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { Command } from "commander";
import { monotonicMs } from "../../src/core/clock.js";
import { isRunning, type RunningProcess, runningProcess } from "../../src/core/running-process.js";
import { UserError } from "../../src/core/user-error.js";
import { type LiveFeatures, openLiveFeatures } from "../../src/hardware/sampling/live-features.js";
import { parseInteger, parsePositive } from "../arguments.js";
import { EXIT_INTERRUPTED } from "../exit-codes.js";
import { OUTPUT, withHelp } from "../terminal/command-help.js";
import { type LiveView, openView } from "../terminal/live-view.js";

const LEAST_INTERVAL_MS = 5;

interface MonitorFlags {
  pid?: string;
  tree?: boolean;
  interval: string;
  samples?: string;
  groups?: string;
  json?: boolean;
}

/** `batchwise monitor`: the live features of this machine, and of a process on it. */
export function monitorCommand(): Command {
  const command = new Command("monitor")
    .description("show the live hardware features of this machine, and of a process with --pid")
    .optionsGroup("What is shown:")
    .option("--pid <number>", "a process to look at, too, and its control group in place of this one's")
    .option("--tree", "with --pid: the process and all its children and theirs, summed")
    .option("--interval <ms>", "milliseconds between two samples, from 5", "1000")
    .option("--samples <number>", "end after so many samples; default: go on until Ctrl-C")
    .option("--groups <names>", "only these groups of features, separated by commas")
    .optionsGroup(OUTPUT)
    .option("--json", "print one JSON object per sample and line, with the features' names as keys")
    .action(async ({ pid, tree, interval, samples, groups, json }: MonitorFlags) => {
      if (tree && pid === undefined) throw new UserError("--tree: needs --pid, the process whose children count, too");
      const watched = pid === undefined ? undefined : requireRunning(parseInteger("--pid", pid));
      const intervalMs = parseInterval(interval);
      const count = samples === undefined ? Number.POSITIVE_INFINITY : parseInteger("--samples", samples);
      const live = openLiveFeatures({
        ...(watched && { pid: watched.pid }),
        ...(tree && { tree }),
        ...(groups !== undefined && { groups: groups.split(",").map((group) => group.trim()) }),
      });
      const interrupt = new AbortController();
      const stop = () => interrupt.abort();
      process.on("SIGINT", stop).on("SIGTERM", stop);
      const view = openView(live.features, json);
      try {
        await watch(live, view, intervalMs, count, watched, interrupt.signal);
      } finally {
        view.close();
        live.close();
        process.off("SIGINT", stop).off("SIGTERM", stop);
      }
      if (interrupt.signal.aborted) process.exitCode = EXIT_INTERRUPTED;
      else if (watched && !isRunning(watched)) process.stderr.write(`process ${watched.pid} has ended\n`);
    });
  return withHelp(command, "docs/monitor.md", [
    "monitor --samples 10 --interval 500",
    "monitor --pid 4711 --groups process,gpu0 --json",
  ]);
}

/** Samples on a fixed grid until there are enough of them, the process ends or the user stops it. */
async function watch(
  live: LiveFeatures,
  view: LiveView,
  intervalMs: number,
  samples: number,
  watched: RunningProcess | undefined,
  signal: AbortSignal,
): Promise<void> {
  live.read(); // rates need a sample before the first that is shown
  let nextMs = monotonicMs() + intervalMs;
  for (let shown = 0; shown < samples; shown++) {
    await delay(Math.max(0, nextMs - monotonicMs()), undefined, { signal }).catch(() => undefined);
    if (signal.aborted || (watched && !isRunning(watched))) return;
    if (!view.show(live.read())) await once(process.stdout, "drain", { signal }).catch(() => undefined);
    nextMs += intervalMs * Math.max(1, Math.ceil((monotonicMs() - nextMs) / intervalMs));
  }
}

function requireRunning(pid: number): RunningProcess {
  const found = runningProcess(pid);
  if (found === undefined) throw new UserError(`--pid ${pid}: no such process, allowed are those that run here`);
  return found;
}

function parseInterval(text: string): number {
  const intervalMs = parsePositive("--interval", text);
  if (intervalMs < LEAST_INTERVAL_MS || intervalMs > 0x7fff_ffff) {
    throw new UserError(`--interval ${text}: allowed are milliseconds from ${LEAST_INTERVAL_MS} to 2147483647`);
  }
  return intervalMs;
}
