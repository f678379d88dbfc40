import { nextProcess } from "../../src/decide/next-process.js";
import type { ProcessOutcome } from "../../src/decide/process-outcome.js";
import type { Choice, Replay } from "./method.js";

/** What `sweep --until` does; for a plan with a confidence it wants so many repeated processes. */
export function untilDecided({ device, question, budgetMs, seed }: Replay, leastRepeated = 0): Choice {
  const machine = device.start(`until ${seed}`, "short");
  const outcomes: ProcessOutcome[] = [];
  for (let spentMs = 0; ; ) {
    const spending = { outcomes, spentMs, budgetMs, leastRepeated };
    const step = nextProcess({ question, candidates: device.miniBatchSizes, ...spending, seed });
    if (step.kind === "measure") {
      const outcome = machine.run(step.miniBatchSize);
      spentMs += outcome.durationMs;
      outcomes.push(outcome);
    } else if (step.kind === "nothing ran") return { miniBatchSize: 1, decided: false, outcomes };
    else return { miniBatchSize: step.standing.leader, decided: step.kind === "decided", outcomes };
  }
}
