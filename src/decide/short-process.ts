import type { Design } from "../design/design.js";

/**
 * How a process is measured that helps to decide, in place of what the design says. Of one cell several short processes
 * tell more in the same time than a long one, because processes differ more than the inferences of one; after ten
 * inferences one has settled. Being idle before the model is loaded tells a decision nothing.
 */
export const SHORT_PROCESS: Pick<Design, "idle_ms" | "stopping"> = {
  idle_ms: 0,
  stopping: { min_inferences: 10, max_inferences: 1000, max_steady_ms: 100, relative_half_width: 1 },
};
