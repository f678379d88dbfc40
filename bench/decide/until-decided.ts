import { DECIDED, nextProcess } from "../../src/decide/next-process.js";
import { decidedEach, partToMeasure } from "../../src/decide/part-to-measure.js";
import type { ProcessOutcome } from "../../src/decide/process-outcome.js";
import { standingIn } from "../../src/decide/standing-in.js";
import type { Choice, Replay } from "./method.js";

/** What `sweep --until` does; for a plan with a confidence it wants so many repeated processes. */
export function untilDecided(replay: Replay, leastRepeated = 0): Choice {
  const [choice] = untilAllDecided([replay], replay.budgetMs, leastRepeated).choices;
  if (choice === undefined) throw new Error("a question has one part at least");
  return choice;
}

/** The same with a question of several parts: a choice for each, and how long its processes took. */
export function untilAllDecided(
  parts: readonly Pick<Replay, "device" | "question" | "seed">[],
  budgetMs: number,
  leastRepeated = 0,
): { readonly choices: readonly Choice[]; readonly spentMs: number } {
  const decidedFrom = decidedEach(DECIDED, parts.length);
  const measured = parts.map(({ device, question, seed }) => ({
    ...{ question, seed, candidates: device.miniBatchSizes },
    machine: device.start(`until ${seed}`, "short"),
    outcomes: [] as ProcessOutcome[],
  }));
  for (let spentMs = 0; ; ) {
    const steps = measured.map(({ machine: _, ...part }) =>
      nextProcess({ ...part, spentMs, budgetMs, leastRepeated, decidedFrom }),
    );
    const place = partToMeasure(steps);
    const [part, step] = place === undefined ? [] : [measured[place], steps[place]];
    if (part === undefined || step?.kind !== "measure") {
      const choices = measured.map(({ outcomes }, index): Choice => {
        const end = steps[index];
        return { miniBatchSize: (end && standingIn(end)?.leader) ?? 1, decided: end?.kind === "decided", outcomes };
      });
      return { choices, spentMs };
    }
    const outcome = part.machine.run(step.miniBatchSize);
    spentMs += outcome.durationMs;
    part.outcomes.push(outcome);
  }
}
