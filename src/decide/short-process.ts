import type { StoppingRule } from "../design/design.js";

/**
 * When the inferences of a process end that helps to decide. Of one cell several short processes tell more in the same
 * time than a long one, because processes differ more than the inferences of one; after ten inferences one has settled.
 */
export const SHORT_PROCESS: StoppingRule = {
  min_inferences: 10,
  max_inferences: 1000,
  max_steady_ms: 300,
  relative_half_width: 1,
};
