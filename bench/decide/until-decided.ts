import { nextProcess } from "../../src/decide/next-process.js";
import type { ProcessOutcome } from "../../src/decide/process-outcome.js";
import type { Choice, Replay } from "./method.js";

/** What `sweep --until` does. */
export function untilDecided({ device, question, budgetMs, seed }: Replay): Choice {
  const machine = device.start("until", "short");
  const outcomes: ProcessOutcome[] = [];
  for (let spentMs = 0; ; ) {
    const step = nextProcess({ question, candidates: device.miniBatchSizes, outcomes, spentMs, budgetMs, seed });
    if (step.kind === "measure") {
      const outcome = machine.run(step.miniBatchSize);
      spentMs += outcome.durationMs;
      outcomes.push(outcome);
    } else if (step.kind === "nothing ran") return { miniBatchSize: 1, decided: false, outcomes };
    else return { miniBatchSize: step.standing.leader, decided: step.kind === "decided", outcomes };
  }
}
