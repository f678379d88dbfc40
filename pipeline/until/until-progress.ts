import { counted } from "../../src/core/counted.js";
import { printable } from "../../src/core/printable.js";
import { formatDuration } from "../../src/core/units.js";
import type { SweepEvent } from "../../src/measure/sweep-event.js";
import type { ChosenTrial } from "../../src/measure/trial-chooser.js";
import { type Progress, tellingNotes } from "../terminal/progress.js";
import { squeezed, terminalWidth } from "../terminal/wrapped.js";

const CLEAR_BELOW = "\u001b[J";
const up = (lines: number) => (lines === 0 ? "" : `\u001b[${lines}A`);

/**
 * Shows what a sweep measures until, the present answer and how sure it is, what is measured next and why, and what is
 * left: on a terminal in lines that are drawn anew, elsewhere two plain lines per trial. Both on stderr.
 */
export function showUntil(question: string): Progress {
  return tellingNotes(process.stderr.isTTY ? drawn(question) : lines(question));
}

/** How things stand, a line each, broken so that they fit. */
export function untilLines(question: string, done: number, chosen: ChosenTrial, columns: number): string[] {
  return [
    `until: ${question}`,
    `answer: ${chosen.answer ?? "none yet"} (${counted(done, "trial")})`,
    `next: ${nameOf(chosen)}: ${chosen.choice.because}`,
    `left: ${leftOf(chosen)}`,
  ].flatMap((line) => squeezed(printable(line), columns));
}

function drawn(question: string): Progress {
  let done = 0;
  let shown = 0;
  return {
    tell(event) {
      if (event.kind === "started") done = event.alreadyDone;
      if (event.kind === "trial_ended") done++;
      if (event.kind !== "chosen") return;
      const texts = untilLines(question, done, event.chosen, terminalWidth(process.stderr) - 1);
      process.stderr.write(`${up(shown)}\r${CLEAR_BELOW}${texts.map((text) => `${text}\n`).join("")}`);
      shown = texts.length;
    },
    end() {},
  };
}

function lines(question: string): Progress {
  let done = 0;
  const write = (line: string) => process.stderr.write(`${printable(line)}\n`);
  return {
    tell(event: SweepEvent) {
      if (event.kind === "started") {
        done = event.alreadyDone;
        write(`until: ${question}`);
        if (done > 0) write(`going on from ${counted(done, "trial")}`);
      }
      if (event.kind === "chosen") {
        const { chosen } = event;
        if (chosen.answer !== undefined) write(`answer: ${chosen.answer}`);
        write(`next: ${nameOf(chosen)}: ${chosen.choice.because}; left: ${leftOf(chosen)}`);
      }
      if (event.kind === "trial_ended") {
        done++;
        const { inputSizePx, miniBatchSize } = event.planned.cell;
        write(`${done} ${inputSizePx} px × ${miniBatchSize}, trial ${event.planned.trial}: ${event.trial.status}`);
      }
    },
    end() {},
  };
}

function nameOf({ planned: { cell, trial } }: ChosenTrial): string {
  return `${cell.inputSizePx} px × ${cell.miniBatchSize}, trial ${trial}`;
}

function leftOf({ leftMs }: ChosenTrial): string {
  return leftMs === undefined ? "not known yet" : `about ${formatDuration(leftMs)}`;
}
