import type { SweepOptions } from "../../src/measure/sweep-targets.js";
import { EXIT_INTERRUPTED } from "../exit-codes.js";
import { type Progress, showProgress } from "./progress.js";
import { tell } from "./terminal.js";

/** Runs a sweep with progress on stderr; Ctrl-C ends it cleanly, a second one at once. */
export async function withProgress<Summary>(
  run: (progress: Required<Pick<SweepOptions, "onEvent" | "signal">>) => Promise<Summary>,
  progress: Progress = showProgress(),
): Promise<Summary> {
  const controller = new AbortController();
  const interrupt = () => {
    if (controller.signal.aborted) process.exit(EXIT_INTERRUPTED);
    process.stderr.write("\n");
    tell("stopping: what is measured stays, run the same command again to go on");
    controller.abort();
  };
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  try {
    return await run({ onEvent: progress.tell, signal: controller.signal });
  } finally {
    progress.end();
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
}
