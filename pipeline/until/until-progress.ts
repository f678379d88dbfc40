import { cellWords } from "../../src/core/cell-words.js";
import { counted } from "../../src/core/counted.js";
import { printable } from "../../src/core/printable.js";
import { formatDuration } from "../../src/core/units.js";
import type { Cell } from "../../src/design/cells.js";
import { deviceName } from "../../src/design/design.js";
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
export function showUntil(question: string, severalDevices = false): Progress {
  const named = naming(severalDevices);
  return tellingNotes(process.stderr.isTTY ? drawn(question, named) : lines(question, named));
}

type Naming = (cell: Cell) => string;

/** How cells are named: with their device where there are several. */
function naming(severalDevices: boolean): Naming {
  return (cell) => `${severalDevices ? `${deviceName(cell.device)}, ` : ""}${cellWords(cell)}`;
}

/** How things stand, a line each, broken so that they fit. */
export function untilLines(
  question: string,
  done: number,
  chosen: ChosenTrial,
  columns: number,
  named = naming(false),
): string[] {
  return [
    `until: ${question}`,
    `answer: ${chosen.answer ?? "none yet"} (${counted(done, "trial")})`,
    `next: ${nameOf(chosen, named)}: ${chosen.choice.because}`,
    `left: ${leftOf(chosen)}`,
  ].flatMap((line) => squeezed(printable(line), columns));
}

function drawn(question: string, named: Naming): Progress {
  let done = 0;
  let shown = 0;
  return {
    tell(event) {
      if (event.kind === "started") done = event.alreadyDone;
      if (event.kind === "trial_ended") done++;
      if (event.kind !== "chosen") return;
      const texts = untilLines(question, done, event.chosen, terminalWidth(process.stderr) - 1, named);
      process.stderr.write(`${up(shown)}\r${CLEAR_BELOW}${texts.map((text) => `${text}\n`).join("")}`);
      shown = texts.length;
    },
    end() {},
  };
}

function lines(question: string, named: Naming): Progress {
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
        write(`next: ${nameOf(chosen, named)}: ${chosen.choice.because}; left: ${leftOf(chosen)}`);
      }
      if (event.kind === "trial_ended") {
        done++;
        const { cell, trial } = event.planned;
        write(`${done} ${named(cell)}, trial ${trial}: ${event.trial.status}`);
      }
    },
    end() {},
  };
}

function nameOf({ planned: { cell, trial } }: ChosenTrial, named: Naming): string {
  return `${named(cell)}, trial ${trial}`;
}

function leftOf({ leftMs }: ChosenTrial): string {
  return leftMs === undefined ? "not known yet" : `about ${formatDuration(leftMs)}`;
}
