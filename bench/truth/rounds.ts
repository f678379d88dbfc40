import { join } from "node:path";
import { distinct } from "../../src/core/distinct.js";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";
import { readTrials } from "../../src/dataset/read-trials.js";
import { deviceName } from "../../src/design/design.js";
import { fitDataset } from "../../src/fit/fit-dataset.js";
import { NOTHING_SHARED } from "../../src/fit/law/law-prediction.js";

const DATASETS = ["reference-cpu", "reference-staggered", "reference-gpu", "other-host"];
const TOGETHER = [1, 4, 16] as const;
const CONFIDENCES = [0.8, 0.9, 0.95] as const;

/** How often so many processes that ran one after the other all stayed within their bounds. */
export interface HeldRounds {
  readonly together: number;
  readonly confidence: number;
  readonly groups: number;
  /** Where each process's noise is taken for its own, and where slow spells are known. */
  readonly alone: number;
  readonly withSpells: number;
}

/**
 * Fits a dataset without one of its rounds, in turn, and holds the bounds of latency against the processes of that
 * round, so many at a time in the order in which they ran.
 */
export function heldRounds(folder: string): HeldRounds[] {
  const trials = readTrials(folder);
  const tally = TOGETHER.flatMap((together) =>
    CONFIDENCES.map((confidence) => ({ together, confidence, groups: 0, alone: 0, withSpells: 0 })),
  );
  for (const round of distinct(trials.map(({ trial }) => trial))) {
    for (const fit of fitDataset(folder, { trials: trials.filter(({ trial }) => trial !== round) })) {
      const law = fit.latency.law();
      const left = trials
        .filter(
          ({ trial, status, ...of }) => trial === round && status === "ok" && deviceName(of) === deviceName(fit.device),
        )
        .sort((a, b) => Date.parse(a.startedAt ?? "") - Date.parse(b.startedAt ?? ""));
      for (const counted of tally) {
        const { together, confidence } = counted;
        for (let first = 0; first + together <= left.length; first += together) {
          const areWithin = (shared: typeof NOTHING_SHARED) =>
            left.slice(first, first + together).every(({ inputSizePx, miniBatchSize, steadyMedianMs = 0 }) => {
              const bound = law?.at(inputSizePx, miniBatchSize)?.slowestOf(together, confidence, shared);
              return bound !== undefined && steadyMedianMs <= bound;
            });
          counted.groups++;
          counted.alone += Number(areWithin(NOTHING_SHARED));
          counted.withSpells += Number(areWithin(fit.sessionEffect().latency));
        }
      }
    }
  }
  return tally.map(({ groups, alone, withSpells, ...asked }) => ({
    ...{ ...asked, groups },
    ...{ alone: alone / groups, withSpells: withSpells / groups },
  }));
}

/** The bounds of the committed datasets on rounds that were left out, as a table in Markdown. */
export function* roundsTable(): Generator<string> {
  yield `| dataset | ${TOGETHER.map((together) => `${together} at ${CONFIDENCES.join(" / ")}`).join(" | ")} |`;
  yield `|---|${"---|".repeat(TOGETHER.length)}`;
  for (const dataset of DATASETS) {
    const held = heldRounds(join(PACKAGE_ROOT, "data", dataset));
    const shares = TOGETHER.map((together) => {
      const of = held.filter((row) => row.together === together);
      const shown = (key: "alone" | "withSpells") => of.map((row) => (100 * row[key]).toFixed(0)).join(" / ");
      return `${shown("alone")} → ${shown("withSpells")} (${of[0]?.groups})`;
    });
    yield `| ${[dataset, ...shares].join(" | ")} |`;
  }
}
