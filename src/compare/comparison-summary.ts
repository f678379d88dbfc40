import { cellWords } from "../core/cell-words.js";
import { counted } from "../core/counted.js";
import { percent } from "../core/text-table.js";
import { deviceName } from "../design/design.js";
import { sessionCount } from "../fit/sessions-of.js";
import { causeSentences } from "./cause-sentences.js";
import type { Comparison } from "./compare-datasets.js";
import type { CellRatio, QuantityRatios } from "./compare-quantity.js";
import type { ComparedSide } from "./compared-side.js";
import { QUANTITY_WORDS } from "./comparison-tables.js";
import type { ComparedQuantity, JudgedRatio } from "./verdict.js";

/** Cells whose ratios differ more than this beyond noise are no single number. */
const NOTABLE = 0.05;

/** What the sides are, one line each. */
export function sideLines({ a, b }: Pick<Comparison, "a" | "b">): string[] {
  return [sideLine("A", a), sideLine("B", b)];
}

/** What a comparison says in words, one sentence each. */
export function comparisonSummary(comparison: Comparison): string[] {
  return [
    ...overallSentence(comparison.quantities),
    ...betweenCellsSentences(comparison.quantities),
    ...causeSentences(comparison),
    sessionSentence(comparison),
  ];
}

function sideLine(name: string, { folder, device, trials, model, runs }: ComparedSide): string {
  const ok = trials.filter(({ status }) => status === "ok");
  const hosts = [...new Set(ok.map(({ host }) => host))];
  const first = runs[0]?.startedAt?.slice(0, 10);
  return (
    `${name}: ${folder}, ${deviceName(device)}, ${model.name}, ${counted(ok.length, "trial")} that ended well, ` +
    `${counted(sessionCount(trials), "session")}${first === undefined ? "" : ` from ${first}`}, host ${hosts.join(", ")}`
  );
}

/** `steady inferences take 1.79 times as long in B as in A, first ones 0.51 times` */
function overallSentence(quantities: readonly QuantityRatios<JudgedRatio>[]): string[] {
  const timesOf = (wanted: ComparedQuantity) =>
    quantities.find(({ quantity }) => quantity === wanted)?.overall.ratio.toFixed(2);
  const [latency, warmup] = [timesOf("latency_ms"), timesOf("warmup_ms")];
  if (latency === undefined) return [];
  const first = warmup === undefined ? "" : `, first ones ${warmup} times`;
  return [
    `steady inferences take ${latency} times as long in B as in A${first} (geometric means over the cells of both)`,
  ];
}

function betweenCellsSentences(quantities: readonly QuantityRatios<JudgedRatio>[]): string[] {
  return quantities.flatMap(({ quantity, cells, betweenCells = 0 }) => {
    const ordered = [...cells].sort((one, other) => one.ratio.ratio - other.ratio.ratio);
    const [lowest, highest] = [ordered.at(0), ordered.at(-1)];
    if (betweenCells < NOTABLE || lowest === undefined || highest === undefined) return [];
    return [
      `${QUANTITY_WORDS[quantity]}: the ratio differs by ${percent(betweenCells)} % from cell to cell beyond noise, from ` +
        `${ratioAt(lowest)} to ${ratioAt(highest)}: one number for all cells is a summary of these`,
    ];
  });
}

function ratioAt(cell: CellRatio<JudgedRatio>): string {
  return `${cell.ratio.ratio.toFixed(2)} at ${cellWords(cell)}`;
}

/** What an interval of processes can't hold. */
function sessionSentence({ a, b, pairs }: Comparison): string {
  if (pairs !== undefined) {
    return `A and B were measured in turns: ${counted(pairs.length, "pair")} of trials in ${counted(sessionCount(a.trials), "session")}, and what both met there cancels`;
  }
  const [sessionsA, sessionsB] = [sessionCount(a.trials), sessionCount(b.trials)];
  return sessionsA === 1 && sessionsB === 1
    ? "A and B are one session each: two sessions of the same machine differ by more than their processes do, and intervals of processes do not hold that"
    : `A has ${counted(sessionsA, "session")} and B ${counted(sessionsB, "session")}, each taken as one pool: intervals of processes do not hold how sessions differ`;
}
