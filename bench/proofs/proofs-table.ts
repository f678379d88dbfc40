import { percent, type TextTable } from "../../src/core/text-table.js";
import type { Verdict } from "./ask.js";
import { WRONGS } from "./judge.js";

interface Tally {
  questions: number;
  unproven: number;
  notBest: number;
  notEarliest: number;
  timeMissed: number;
  worstMs: number;
  wrongs: Map<string, number>;
}

const TOTAL = "all";

/** What came of questions, by kind. */
export function proofsTally() {
  const tallies = new Map<string, Tally>();
  const addTo = (kind: string, verdict: Verdict) => {
    const { failures, unproven, best, mightFinishEarlier, missesTime, worstMs } = verdict;
    const tally = tallies.get(kind) ?? {
      questions: 0,
      unproven: 0,
      notBest: 0,
      notEarliest: 0,
      timeMissed: 0,
      worstMs: 0,
      wrongs: new Map(),
    };
    tallies.set(kind, tally);
    tally.questions++;
    tally.unproven += unproven ? 1 : 0;
    tally.notBest += unproven && !best ? 1 : 0;
    tally.notEarliest += mightFinishEarlier ? 1 : 0;
    tally.timeMissed += missesTime ? 1 : 0;
    tally.worstMs = Math.max(tally.worstMs, worstMs);
    // A question that is wrong in one way counts once for it, however often it is.
    for (const wrong of new Set(failures.map((failure) => failure.wrong))) {
      tally.wrongs.set(wrong, (tally.wrongs.get(wrong) ?? 0) + 1);
    }
  };
  return {
    add(kind: string, verdict: Verdict): void {
      addTo(kind, verdict);
      addTo(TOTAL, verdict);
    },
    /** A row per kind, the sum last. */
    table(): TextTable {
      const sorted = [...tallies].sort(([a], [b]) => Number(a === TOTAL) - Number(b === TOTAL) || (a < b ? -1 : 1));
      return {
        columns: [
          "kind",
          "questions",
          ...WRONGS,
          "not proven (%)",
          "of them not best",
          "not earliest (%)",
          "time missed",
          "worst (ms)",
        ],
        values: sorted.map(([kind, { questions, wrongs, unproven, notBest, notEarliest, timeMissed, worstMs }]) => [
          kind,
          questions,
          ...WRONGS.map((wrong) => wrongs.get(wrong) ?? 0),
          percent(unproven / questions),
          notBest,
          percent(notEarliest / questions),
          timeMissed,
          worstMs.toFixed(0),
        ]),
      };
    },
  };
}
