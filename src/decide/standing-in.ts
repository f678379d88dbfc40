import type { Step } from "./next-process.js";
import type { Standing } from "./standing.js";

/** How the question of a step stands; undefined where nothing ran. */
export function standingIn(step: Step): Standing | undefined {
  return step.kind === "nothing ran" ? undefined : step.standing;
}

/** The candidates that nobody looked at. */
export function unmeasuredIn(step: Step): readonly number[] {
  return "unmeasured" in step ? step.unmeasured : [];
}
